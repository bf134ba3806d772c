// B batch, T places of a sequence, H hidden size, V vocabulary
import { tf } from "../../backend/mod.ts";
import {
  dropout,
  type ForwardOptions,
  type Model,
  type Parameters,
  sparseCrossEntropy,
} from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import type { BertForwardOptions } from "../bert_model.ts";
import type { BertConfig } from "../config.ts";
import { BertEncoder } from "../encoder.ts";
import { type BertInput, inputTensors } from "../input.ts";
import { ParameterScope, randomSource } from "../parameter_scope.ts";
import { type LanguageModel, type LanguageModelBatch, neighbours } from "./language_model.ts";

/** What comes out of a {@linkcode Gpt}. */
export interface GptOutput {
  /** [B, T, H]: what is known at a place of the pieces up to it. */
  readonly lastHiddenState: tf.Tensor3D;
  /** L times [B, A, T, T], zero above the diagonal; if they are asked for. */
  readonly attentions?: tf.Tensor4D[];
}

/** How text is drawn from a {@linkcode Gpt}. */
export interface GenerateOptions {
  /** Decides every draw. */
  readonly random: Random;
  /** At most so many new pieces. Default 32. */
  readonly maxPieces?: number;
  /** Logits are divided by it: below 1 bolder, above 1 wilder. Default 1. */
  readonly temperature?: number;
  /** Only the k most likely pieces are drawn from. Default: all. */
  readonly topK?: number;
  /** Ends the text when drawn, for example [SEP]; it is not given out. */
  readonly stopId?: number;
}

/**
 * GPT (Radford 2018): the very blocks of BERT, but every place sees only itself and the places before it, and
 * the model is trained to predict the next piece. BERT's own like-for-like baseline "LTR & No NSP"
 * (Devlin 2019, Sect. 5.1) is this model trained on BERT's data.
 *
 * As in GPT there are no segments, no normalisation of the embeddings and no bias at the output, whose matrix
 * is the table of word embeddings. The tokenizer is BERT's (GPT: byte-pair encoding).
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { bertConfig, Gpt } from "../mod.ts";
 *
 * const config = bertConfig({ vocabSize: 20, hiddenSize: 16, layers: 2, heads: 2, hiddenAct: "gelu_new" });
 * const gpt = new Gpt(config, { random: createRandom(1) });
 * const ids: number[] = [];
 * for await (const id of gpt.generate([2], { random: createRandom(2), maxPieces: 5 })) ids.push(id);
 * console.log(ids.length); // 5
 * gpt.dispose();
 * ```
 */
export class Gpt implements Model<BertInput, GptOutput>, LanguageModel {
  /** The sizes. */
  readonly config: BertConfig;
  readonly parameters: Parameters;
  readonly #word: tf.Variable<tf.Rank.R2>; // [V, H]
  readonly #position: tf.Variable<tf.Rank.R2>; // [maxPositions, H]
  readonly #encoder: BertEncoder;

  constructor(config: BertConfig, options: { readonly random: Random }) {
    const scope = new ParameterScope(
      randomSource(options.random.fork("weights"), config.initializerRange),
    );
    const H = config.hiddenSize;
    this.#word = scope.create("word_embeddings.weight", [config.vocabSize, H], "truncatedNormal");
    this.#position = scope.create(
      "position_embeddings.weight",
      [config.maxPositions, H],
      "truncatedNormal",
    );
    this.#encoder = new BertEncoder(scope.at("encoder"), config);
    this.config = config;
    this.parameters = scope.parameters;
  }

  /** @param input segments are ignored */
  forward(input: BertInput, options: Omit<BertForwardOptions, "causal"> = {}): GptOutput {
    return tf.tidy(() => {
      const { inputIds, attentionMask } = inputTensors(input, this.config);
      const [B, T] = inputIds.shape;
      const { hiddenSize: H, hiddenDropout } = this.config;
      const places = tf.tensor1d(Int32Array.from({ length: B * T }, (_, i) => i % T), "int32");
      const words = tf.gather(this.#word, inputIds.reshape([B * T])); // [B * T, H]
      const sum = tf.add<tf.Tensor2D>(words, tf.gather(this.#position, places)); // [B * T, H]
      const x = dropout(sum.reshape<tf.Tensor3D>([B, T, H]), hiddenDropout, options);
      const { hiddenStates, attentions } = this.#encoder.forward(x, {
        mask: attentionMask,
        causal: true,
        probabilities: options.attentions ?? false,
        options,
      });
      return {
        lastHiddenState: hiddenStates.at(-1)!,
        ...(options.attentions ? { attentions } : {}),
      };
    });
  }

  /** Hidden states [N, H] -> logits of the next piece [N, V]. */
  logits(hidden: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(hidden, this.#word as tf.Tensor2D, false, true);
  }

  /** Mean of -log P(piece | all pieces before it) (Radford 2018, Eq. 1). */
  loss(batch: LanguageModelBatch, options: ForwardOptions = {}): tf.Scalar {
    return tf.tidy(() => {
      const { lastHiddenState } = this.forward(batch, options); // [B, T, H]
      const logits = this.logits(lastHiddenState.reshape([-1, this.config.hiddenSize])); // [B * T, V]
      return sparseCrossEntropy(logits, neighbours(batch, 1));
    });
  }

  /**
   * Goes on with a text, piece by piece.
   *
   * @param prefix ids to go on from, at least one, such as [CLS]; the last `maxPositions` of all count
   */
  async *generate(prefix: readonly number[], options: GenerateOptions): AsyncGenerator<number> {
    const { random, maxPieces = 32, temperature = 1, topK = Infinity, stopId } = options;
    if (prefix.length === 0) throw new Error("generate needs a first piece, such as [CLS]");
    if (!(temperature > 0)) throw new RangeError(`a temperature is above 0; got ${temperature}`);
    const ids = [...prefix];
    for (let i = 0; i < maxPieces; i++) {
      const seen = ids.slice(-this.config.maxPositions);
      const next = tf.tidy(() => {
        const input = { batch: 1, length: seen.length, inputIds: Int32Array.from(seen) };
        const { lastHiddenState } = this.forward(input);
        const last = tf.slice(lastHiddenState, [0, seen.length - 1, 0], [1, 1, -1]);
        return this.logits(last.reshape([1, -1])); // [1, V]
      });
      const id = draw(await next.data(), temperature, topK, random);
      next.dispose();
      if (id === stopId) return;
      ids.push(id);
      yield id;
    }
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}

/** Draws from softmax(logits / temperature) among the k largest. */
function draw(
  logits: ArrayLike<number>,
  temperature: number,
  topK: number,
  random: Random,
): number {
  const order = Array.from(logits, (_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
  const candidates = order.slice(0, Math.max(1, Math.min(topK, order.length)));
  const weights = candidates.map((id) => Math.exp((logits[id] - logits[order[0]]) / temperature));
  let rest = random.uniform(0, weights.reduce((a, b) => a + b));
  for (let i = 0; i < candidates.length; i++) {
    rest -= weights[i];
    if (rest < 0) return candidates[i];
  }
  return candidates.at(-1)!;
}
