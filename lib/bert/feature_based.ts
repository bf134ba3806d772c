// B batch, T places of a sequence, H hidden size, L layers, S layers that are kept, K classes
import { tf } from "../backend/mod.ts";
import { dropout, type ForwardOptions, type Parameters } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { BiLstm } from "./baselines/bilstm.ts";
import { ElmoMixture } from "./baselines/elmo.ts";
import type { BertModel } from "./bert_model.ts";
import type { BertConfig } from "./config.ts";
import type { Encoding, EncodingBatch } from "./encoding.ts";
import { Dense } from "./layers.ts";
import { ParameterScope, randomSource } from "./parameter_scope.ts";
import { taskBatch } from "./task_batch.ts";
import type { TaskModel, TaskOutput } from "./task_model.ts";
import type { Feature } from "./tasks/task.ts";

/**
 * Which of the encoder's hidden states are taken (Devlin 2019, Table 7): the embeddings, one of the last two
 * layers, or the last four put side by side or mixed with learnt weights.
 */
export type FrozenLayers =
  | "embeddings"
  | "second to last"
  | "last"
  | "concatenation of last four"
  | "weighted sum of last four";

/** The rows of Table 7 that this file can do, in its order. */
export const FROZEN_LAYERS: readonly FrozenLayers[] = [
  "embeddings",
  "second to last",
  "last",
  "weighted sum of last four",
  "concatenation of last four",
];

/** The numbers of the hidden states, of which there are L + 1: 0 is the embeddings. */
function layerNumbers(which: FrozenLayers, layers: number): number[] {
  switch (which) {
    case "embeddings":
      return [0];
    case "last":
      return [layers];
    case "second to last":
      return [layers - 1];
    default:
      return [0, 1, 2, 3].map((back) => layers - back).filter((l) => l >= 0).reverse();
  }
}

/**
 * An encoder that is only read, never trained, with what it said about every sequence remembered: the
 * advantage of features is that an expensive encoder runs once and cheap models are trained many times
 * (Devlin 2019, Sect. 5.3).
 */
export class FrozenEncoder {
  /** The sizes. */
  readonly config: BertConfig;
  /** Which layers are kept. */
  readonly layers: FrozenLayers;
  /** S: for one layer 1; at most four. */
  readonly kept: number;
  readonly #bert: BertModel;
  readonly #numbers: readonly number[];
  readonly #remembered = new WeakMap<Encoding, Float32Array>(); // [S, T, H]

  /** @param bert stays the caller's, who disposes of it */
  constructor(bert: BertModel, layers: FrozenLayers) {
    this.#bert = bert;
    this.config = bert.config;
    this.layers = layers;
    this.#numbers = layerNumbers(layers, bert.config.layers);
    this.kept = this.#numbers.length;
  }

  /**
   * Reads sequences once and remembers their vectors, 4 S T H bytes each.
   *
   * @param features of a task
   */
  async read(features: readonly Feature[], { batchSize = 32 } = {}): Promise<void> {
    const length = ({ encodings }: Feature) => encodings[0].inputIds.length;
    const unread = features.filter(({ encodings }) =>
      !encodings.every((e) => this.#remembered.has(e))
    )
      .sort((a, b) => length(a) - length(b));
    for (let from = 0; from < unread.length; from += batchSize) {
      const { input } = taskBatch(unread.slice(from, from + batchSize), this.config);
      const states = tf.tidy(() => this.#statesOf(input)); // [B, S, T, H]
      const values = await states.data() as Float32Array;
      states.dispose();
      input.encodings.forEach((encoding, row) =>
        this.#remembered.set(encoding, this.#cut(values, input, row))
      );
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** [S, T, H] of one row, without its padding. */
  #cut(values: Float32Array, { length, encodings }: EncodingBatch, row: number): Float32Array {
    const S = this.kept, H = this.config.hiddenSize;
    const T = encodings[row].inputIds.length;
    const cut = new Float32Array(S * T * H);
    for (let s = 0; s < S; s++) {
      const from = (row * S + s) * length * H;
      cut.set(values.subarray(from, from + T * H), s * T * H);
    }
    return cut;
  }

  #statesOf(input: EncodingBatch): tf.Tensor4D {
    const { hiddenStates } = this.#bert.forward(input, { hiddenStates: true });
    return tf.stack(this.#numbers.map((l) => hiddenStates![l]), 1) as tf.Tensor4D; // [B, S, T, H]
  }

  /**
   * The vectors of a batch: remembered ones, else the encoder reads it now, without dropout.
   *
   * @returns [B, S, T, H], 0 at padding where they were remembered
   */
  forward(input: EncodingBatch): tf.Tensor4D {
    const { batch: B, length, encodings } = input;
    if (!encodings.every((encoding) => this.#remembered.has(encoding))) {
      return tf.tidy(() => this.#statesOf(input));
    }
    const S = this.kept, H = this.config.hiddenSize;
    const values = new Float32Array(B * S * length * H);
    encodings.forEach((encoding, row) => {
      const one = this.#remembered.get(encoding)!, T = encoding.inputIds.length;
      for (let s = 0; s < S; s++) {
        values.set(one.subarray(s * T * H, (s + 1) * T * H), (row * S + s) * length * H);
      }
    });
    return tf.tensor4d(values, [B, S, length, H]);
  }
}

/** How a classifier on frozen vectors is made. */
export interface FeatureBasedOptions {
  /** K. */
  readonly labels: number;
  /** Draws the first weights. */
  readonly random: Random;
  /** Dropout on what the classifier reads. Default 0.1. */
  readonly dropout?: number;
  /** Standard deviation of the first weights. Default 0.05, as in this project's LSTMs. */
  readonly initializerRange?: number;
}

/** What both classifiers on frozen vectors share: mixing of layers, and that only their own weights move. */
abstract class FeatureBased implements TaskModel {
  readonly parameters: Parameters;
  readonly config: BertConfig;
  /** The encoder that is read. */
  readonly encoder: FrozenEncoder;
  readonly #mixture?: ElmoMixture;
  readonly #dropout: number;
  protected readonly size: number; // of the vectors at one place: H, or S H

  protected constructor(
    encoder: FrozenEncoder,
    options: FeatureBasedOptions,
    scope: ParameterScope,
  ) {
    this.encoder = encoder;
    this.config = encoder.config;
    this.#dropout = options.dropout ?? 0.1;
    const isMixed = encoder.layers === "weighted sum of last four";
    this.size = encoder.config.hiddenSize * (isMixed ? 1 : encoder.kept);
    if (isMixed) {
      this.#mixture = new ElmoMixture(encoder.kept);
      for (const [name, variable] of this.#mixture.parameters) {
        scope.parameters.set(`mixture.${name}`, variable);
      }
    }
    this.parameters = scope.parameters;
  }

  /** [B, T, size]: the layers side by side, or mixed. */
  protected vectors(input: EncodingBatch, options: ForwardOptions): tf.Tensor3D {
    const states = this.encoder.forward(input); // [B, S, T, H]
    const layers = tf.unstack(states, 1) as tf.Tensor3D[]; // S x [B, T, H]
    const x = this.#mixture ? this.#mixture.forward(layers) : tf.concat(layers, 2); // [B, T, S H]
    return dropout(x, this.#dropout, options);
  }

  abstract forward(input: EncodingBatch, options?: ForwardOptions): TaskOutput;

  /** Frees the classifier; the encoder stays. */
  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}

const scopeOf = ({ random, initializerRange = 0.05 }: FeatureBasedOptions) =>
  new ParameterScope(randomSource(random.fork("weights"), initializerRange));

const maskOf = ({ attentionMask, batch, length }: EncodingBatch) =>
  tf.tensor2d(attentionMask, [batch, length], "int32");

/**
 * Tags from frozen features (Devlin 2019, Sect. 5.3 and Table 7): "a randomly initialized two-layer
 * 768-dimensional BiLSTM before the classification layer". 768 is BERT-base's H; we take H, half of it in
 * each direction (the paper does not say whether 768 is one direction or both).
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { BertModel, BertTokenizer, FeatureBasedTagger, fineTune, findPretrained, FrozenEncoder } from "./mod.ts";
 * import { findTask } from "./tasks/mod.ts";
 *
 * const { folder } = await findPretrained();
 * const task = findTask("small_world_names");
 * const examples = (await task.read("", "train")).slice(0, 8);
 * const features = task.features(examples, await BertTokenizer.load(folder));
 * const encoder = new FrozenEncoder(await BertModel.load(folder), "last");
 * await encoder.read(features);
 * const model = new FeatureBasedTagger(encoder, { labels: 9, random: createRandom(1) });
 * for await (const { loss } of fineTune({ task, model, features, steps: 2, learningRate: 1e-3 })) {
 *   console.log(loss < 3); // true
 * }
 * ```
 */
export class FeatureBasedTagger extends FeatureBased {
  readonly #lstm: BiLstm;
  readonly #classifier: Dense;

  constructor(encoder: FrozenEncoder, options: FeatureBasedOptions) {
    const scope = scopeOf(options);
    super(encoder, options, scope);
    const width = encoder.config.hiddenSize;
    const rest = { inputs: this.size, width, layers: 2, dropout: options.dropout ?? 0.1 };
    this.#lstm = new BiLstm(scope.at("lstm"), rest);
    this.#classifier = new Dense(scope.at("classifier"), width, options.labels);
  }

  /** logits [B, T, K] */
  override forward(input: EncodingBatch, options: ForwardOptions = {}): TaskOutput {
    return tf.tidy(() => {
      const x = this.vectors(input, options); // [B, T, size]
      const h = this.#lstm.forward(x, maskOf(input), options); // [B, T, H]
      return { logits: this.#classifier.forward(h) }; // [B, T, K]
    });
  }
}

/** What stands for a whole sequence: the vector of [CLS], or the mean over its pieces. */
export type FrozenSummary = "[CLS]" | "mean";

/**
 * A class, or a number, from one frozen vector of a sequence: a dense layer is all that is trained (logistic
 * regression). The paper has no such row; it is the smallest thing that can be compared with fine-tuning.
 */
export class FeatureBasedClassifier extends FeatureBased {
  readonly #classifier: Dense;
  readonly #summary: FrozenSummary;

  constructor(
    encoder: FrozenEncoder,
    options: FeatureBasedOptions & { readonly summary: FrozenSummary },
  ) {
    const scope = scopeOf(options);
    super(encoder, options, scope);
    this.#summary = options.summary;
    this.#classifier = new Dense(scope.at("classifier"), this.size, options.labels);
  }

  /** logits [B, K] */
  override forward(input: EncodingBatch, options: ForwardOptions = {}): TaskOutput {
    return tf.tidy(() => {
      const x = this.vectors(input, options); // [B, T, size]
      const one = this.#summary === "mean"
        ? meanOver(x, maskOf(input))
        : tf.slice(x, [0, 0, 0], [-1, 1, -1]).reshape<tf.Tensor2D>([x.shape[0], x.shape[2]]); // [B, size]
      return { logits: this.#classifier.forward(one) }; // [B, K]
    });
  }
}

/** [B, T, N] and [B, T] -> [B, N]: the mean over the places that are no padding. */
function meanOver(x: tf.Tensor3D, mask: tf.Tensor2D): tf.Tensor2D {
  const weight = tf.expandDims(tf.cast(mask, "float32"), 2); // [B, T, 1]
  return tf.div(tf.sum(tf.mul(x, weight), 1), tf.sum(weight, 1));
}
