// B batch, C choices, T places of a sequence, D size of a reader's vectors, W what the head reads, K outputs
import { tf } from "../../backend/mod.ts";
import { dropout, type ForwardOptions, type Parameters } from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import type { EncodingBatch } from "../encoding.ts";
import { gatherPositions } from "../heads.ts";
import { Dense } from "../layers.ts";
import { ParameterScope, randomSource } from "../parameter_scope.ts";
import type { TaskModel, TaskOutput } from "../task_model.ts";
import type { TaskHead } from "../tasks/task.ts";
import { BiLstm } from "./bilstm.ts";
import { type Elmo, ElmoMixture } from "./elmo.ts";
import type { Gpt } from "./gpt.ts";

/** A pre-trained network that gives every piece a vector. */
export interface Reader {
  /** What a task trains along with its head. */
  readonly parameters: Parameters;
  /** D. */
  readonly size: number;
  /** Pieces of a sequence at most. */
  readonly maxPositions: number;
  /** What stands for a whole text: the vector of its last piece, or the mean over all pieces. */
  readonly summary: "last" | "mean";
  /** @returns [B, T, D] */
  forward(input: EncodingBatch, options?: ForwardOptions): tf.Tensor3D;
}

/** GPT's last layer; all of GPT is trained with the task (Radford 2018, Sect. 3.2). */
export function gptReader(gpt: Gpt): Reader {
  const { parameters, config: { hiddenSize: size, maxPositions } } = gpt;
  const forward: Reader["forward"] = (input, options) =>
    gpt.forward(input, options).lastHiddenState;
  return { parameters, size, maxPositions, summary: "last", forward };
}

/**
 * ELMo's layers, mixed. ELMo itself stays as it was pre-trained; the task trains the mixture (Peters 2018,
 * Eq. 1).
 */
export function elmoReader(elmo: Elmo): Reader {
  const { layers, projection, maxPositions } = elmo.config;
  const mixture = new ElmoMixture(layers + 1);
  const parameters = new Map(
    Array.from(mixture.parameters, ([name, variable]) => [`mixture.${name}`, variable]),
  );
  const forward: Reader["forward"] = (input) => mixture.forward(elmo.forward(input).layers);
  return { parameters, size: 2 * projection, maxPositions, summary: "mean", forward };
}

/** How a {@linkcode RivalForTask} is made. */
export interface RivalOptions {
  /** Draws the first weights of what is new. */
  readonly random: Random;
  /**
   * Puts a bidirectional LSTM of so many layers between reader and head, D wide; none by default. "+ BiLSTM"
   * of Devlin 2019, Table 5.
   */
  readonly bilstmLayers?: number;
  /** On what the head reads. Default 0.1. */
  readonly dropout?: number;
  /** Standard deviation of the new weights. Default 0.05. */
  readonly initializerRange?: number;
}

/**
 * A rival with the head of a task, so that it can be trained and scored on the same tasks as BERT.
 *
 * Where BERT takes the vector of [CLS] for a whole text, a left-to-right reader must take that of the last
 * piece, [SEP], the only one that has read everything (Radford 2018, Sect. 3.2: "the final transformer block's
 * activation"); of ELMo, and with a BiLSTM in between, the mean over all pieces is taken. In all cases a dense
 * layer with tanh follows, as BERT's pooler does (our choice: the heads are to be alike).
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { bertConfig } from "../config.ts";
 * import { Gpt } from "./gpt.ts";
 * import { gptReader, RivalForTask } from "./rival_for_task.ts";
 *
 * const config = bertConfig({ vocabSize: 20, hiddenSize: 16, layers: 2, heads: 2 });
 * const reader = gptReader(new Gpt(config, { random: createRandom(1) }));
 * const labels = ["no", "yes"];
 * const model = new RivalForTask(reader, { kind: "classes", labels }, { random: createRandom(2) });
 * console.log(model.parameters.get("classifier.weight")!.shape); // [ 2, 16 ]
 * ```
 */
export class RivalForTask implements TaskModel {
  readonly parameters: Parameters;
  readonly config: TaskModel["config"];
  readonly #reader: Reader;
  readonly #head: TaskHead;
  readonly #dropout: number;
  readonly #lstm?: BiLstm;
  readonly #pooler?: Dense;
  readonly #classifier: Dense;
  readonly #own: Parameters; // what is new

  /**
   * @param reader stays the caller's, who disposes of it
   * @throws {RangeError} if a BiLSTM is asked for and D is odd
   */
  constructor(reader: Reader, head: TaskHead, options: RivalOptions) {
    const { random, bilstmLayers = 0, dropout = 0.1, initializerRange = 0.05 } = options;
    const scope = new ParameterScope(randomSource(random.fork("weights"), initializerRange));
    const D = reader.size;
    this.#reader = reader;
    this.#head = head;
    this.#dropout = dropout;
    this.config = { padTokenId: 0, maxPositions: reader.maxPositions };
    if (bilstmLayers > 0) {
      const sizes = { inputs: D, width: D, layers: bilstmLayers, dropout };
      this.#lstm = new BiLstm(scope.at("lstm"), sizes);
    }
    const everyPiece = head.kind === "tags" || head.kind === "span";
    if (!everyPiece) this.#pooler = new Dense(scope.at("pooler"), D, D);
    this.#classifier = new Dense(scope.at("classifier"), D, outputsOf(head));
    this.#own = scope.parameters;
    this.parameters = new Map([...reader.parameters, ...scope.parameters]);
  }

  forward(input: EncodingBatch, options: ForwardOptions = {}): TaskOutput {
    return tf.tidy(() => {
      const { batch: B, length: T } = input;
      const mask = tf.tensor2d(input.attentionMask, [B, T], "int32");
      const read = this.#reader.forward(input, options); // [B, T, D]
      const x = this.#lstm ? this.#lstm.forward(read, mask, options) : read; // [B, T, D]
      if (this.#pooler) {
        const one = this.#lstm || this.#reader.summary === "mean"
          ? meanOver(x, mask)
          : gatherPositions(x, lastPlaces(input)); // [B, D]
        const pooled = tf.tanh(this.#pooler.forward(one)); // [B, D]
        const logits = this.#classifier.forward(dropout(pooled, this.#dropout, options)); // [B, K]
        const head = this.#head;
        return {
          logits: head.kind === "choice"
            ? logits.reshape([B / head.choices, head.choices])
            : logits,
        };
      }
      const logits = this.#classifier.forward(dropout(x, this.#dropout, options)); // [B, T, K]
      if (this.#head.kind === "tags") return { logits };
      const [startLogits, endLogits] = tf.unstack(logits, 2) as tf.Tensor2D[]; // [B, T]
      return { startLogits, endLogits };
    });
  }

  /** Frees what is new; the reader stays. */
  dispose(): void {
    for (const variable of this.#own.values()) variable.dispose();
  }
}

function outputsOf(head: TaskHead): number {
  switch (head.kind) {
    case "classes":
    case "tags":
      return head.labels.length;
    case "number":
    case "choice":
      return 1;
    case "span":
      return 2;
  }
}

/** Where the last piece of every sequence stands. */
function lastPlaces({ batch, length, attentionMask }: EncodingBatch): Int32Array {
  return Int32Array.from(
    { length: batch },
    (_, row) => attentionMask.subarray(row * length, (row + 1) * length).lastIndexOf(1),
  );
}

/** [B, T, D] and [B, T] -> [B, D]: the mean over the places that are no padding. */
function meanOver(x: tf.Tensor3D, mask: tf.Tensor2D): tf.Tensor2D {
  const weight = tf.expandDims(tf.cast(mask, "float32"), 2); // [B, T, 1]
  return tf.div(tf.sum(tf.mul(x, weight), 1), tf.sum(weight, 1));
}
