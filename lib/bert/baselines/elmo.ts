// B batch, T places of a sequence, V vocabulary, P projection (the size of one half), C cells
import { tf } from "../../backend/mod.ts";
import {
  dropout,
  type ForwardOptions,
  type Model,
  type Parameters,
  sparseCrossEntropy,
} from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import { type BertInput, inputTensors } from "../input.ts";
import { Dense } from "../layers.ts";
import { ParameterScope, randomSource } from "../parameter_scope.ts";
import { type LanguageModel, type LanguageModelBatch, neighbours } from "./language_model.ts";
import { Lstm } from "./lstm.ts";

/** The sizes of an {@linkcode Elmo}. */
export interface ElmoConfig {
  /** Number of word pieces (V). */
  readonly vocabSize: number;
  /** Size of the token layer and of every half (P); the published model: 512. */
  readonly projection: number;
  /** Cells of each LSTM (C); the published model: 4096. */
  readonly cells: number;
  /** Layers in each direction. Default 2. */
  readonly layers?: number;
  /** Dropout between layers. Default 0.1. */
  readonly dropout?: number;
  /** Longest sequence; only checked. Default 512. */
  readonly maxPositions?: number;
  /** Standard deviation of the first weights. Default 0.05: without normalisation 0.02 fades. */
  readonly initializerRange?: number;
}

/** What comes out of an {@linkcode Elmo}. */
export interface ElmoOutput {
  /**
   * L + 1 times [B, T, 2P], h_k0 to h_kL: the token layer twice, then [forward; backward] of every layer.
   */
  readonly layers: tf.Tensor3D[];
}

/**
 * ELMo (Peters 2018): a language model that reads forward and one that reads backward, two LSTM layers each
 * with a residual connection from the first to the second. Each half is trained on its own
 * prediction, next piece or piece before; they share the token layer and the softmax, and are only put side by
 * side afterwards: no place ever looks both ways at once, which is what BERT changes.
 *
 * Deviation: the token layer is a table of word pieces, not a convolution over characters, so that all
 * rivals read the same input.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { Elmo } from "../mod.ts";
 *
 * const elmo = new Elmo({ vocabSize: 20, projection: 8, cells: 16 }, { random: createRandom(1) });
 * const { layers } = elmo.forward({ batch: 1, length: 3, inputIds: Int32Array.of(5, 6, 7) });
 * console.log(layers.length, layers[0].shape); // 3 [ 1, 3, 16 ]
 * elmo.dispose();
 * ```
 */
export class Elmo implements Model<BertInput, ElmoOutput>, LanguageModel {
  /** The sizes. */
  readonly config: Required<ElmoConfig>;
  readonly parameters: Parameters;
  readonly #tokens: tf.Variable<tf.Rank.R2>; // [V, P]
  readonly #halves: readonly (readonly Lstm[])[]; // forward, backward
  readonly #softmax: Dense; // P -> V

  constructor(config: ElmoConfig, options: { readonly random: Random }) {
    const full = { layers: 2, dropout: 0.1, maxPositions: 512, initializerRange: 0.05, ...config };
    const scope = new ParameterScope(
      randomSource(options.random.fork("weights"), full.initializerRange),
    );
    const { vocabSize: V, projection: P, cells } = full;
    this.#tokens = scope.create("tokens.weight", [V, P], "truncatedNormal");
    this.#halves = ["forward", "backward"].map((name) =>
      Array.from(
        { length: full.layers },
        (_, i) =>
          new Lstm(
            scope.at(name).at(`${i}`),
            { inputs: P, cells, projection: P },
            name === "backward",
          ),
      )
    );
    this.#softmax = new Dense(scope.at("softmax"), P, V);
    this.config = full;
    this.parameters = scope.parameters;
  }

  forward(input: BertInput, options: ForwardOptions = {}): ElmoOutput {
    return tf.tidy(() => {
      const { tokens, halves } = this.#read(input, options);
      const both = (a: tf.Tensor3D, b: tf.Tensor3D) => tf.concat([a, b], 2); // [B, T, 2P]
      const [forward, backward] = halves;
      return { layers: [both(tokens, tokens), ...forward.map((h, i) => both(h, backward[i]))] };
    });
  }

  /**
   * What the halves predict: [B, T, V] twice. The logits at a place are about the piece after it in the
   * first, about the piece before it in the second.
   */
  logits(input: BertInput, options: ForwardOptions = {}): [tf.Tensor3D, tf.Tensor3D] {
    return tf.tidy(() => {
      const { halves } = this.#read(input, options);
      const [forward, backward] = halves.map((half) => this.#softmax.forward(half.at(-1)!));
      return [forward, backward]; // [B, T, V]
    });
  }

  /**
   * The mean of the two language models' losses (Peters 2018, Sect. 3.1, there as a sum): of
   * -log P(piece | pieces before it) and -log P(piece | pieces after it).
   */
  loss(batch: LanguageModelBatch, options: ForwardOptions = {}): tf.Scalar {
    return tf.tidy(() => {
      const losses = this.logits(batch, options).map((logits, half) =>
        sparseCrossEntropy(
          logits.reshape([-1, this.config.vocabSize]), // [B * T, V]
          neighbours(batch, half === 0 ? 1 : -1),
        )
      );
      return tf.div<tf.Scalar>(tf.add(losses[0], losses[1]), 2);
    });
  }

  /** The token layer [B, T, P], and for each direction every layer's output [B, T, P]. */
  #read(input: BertInput, options: ForwardOptions) {
    const { vocabSize, maxPositions, projection: P, dropout: rate } = this.config;
    const { inputIds, attentionMask } = inputTensors(input, {
      vocabSize,
      maxPositions,
      typeVocabSize: 2,
    });
    const [B, T] = inputIds.shape;
    const tokens = tf.gather(this.#tokens, inputIds.reshape([B * T])).reshape<tf.Tensor3D>([
      B,
      T,
      P,
    ]);
    const halves = this.#halves.map((half) => {
      const outputs: tf.Tensor3D[] = [];
      let x = dropout(tokens, rate, options);
      half.forEach((lstm, i) => {
        const h = lstm.forward(x, attentionMask); // [B, T, P]
        x = i === 0 ? h : tf.add(h, x); // residual from the first layer on
        outputs.push(x);
        x = dropout(x, rate, options);
      });
      return outputs;
    });
    return { tokens, halves };
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}

/**
 * What a task takes from ELMo (Peters 2018, Eq. 1): ELMo_k = gamma sum_j s_j h_kj, where s = softmax(w)
 * and gamma are learnt with the task, while ELMo itself stays as it is.
 */
export class ElmoMixture {
  readonly parameters: Parameters;
  readonly #weights: tf.Variable<tf.Rank.R1>; // [L + 1]
  readonly #gamma: tf.Variable<tf.Rank.R0>;

  /** @param count number of layers, the token layer included */
  constructor(count: number) {
    const scope = new ParameterScope((_, shape, initializer) =>
      initializer === "ones" ? tf.ones(shape as number[]) : tf.zeros(shape as number[])
    );
    this.#weights = scope.create("weights", [count], "zeros");
    this.#gamma = scope.create("gamma", [], "ones");
    this.parameters = scope.parameters;
  }

  /** L + 1 times [B, T, 2P] -> [B, T, 2P] */
  forward(layers: readonly tf.Tensor3D[]): tf.Tensor3D {
    const [count] = this.#weights.shape;
    if (layers.length !== count) {
      throw new RangeError(`the mixture has weights for ${count} layers, got ${layers.length}`);
    }
    return tf.tidy(() => {
      const s = tf.softmax(this.#weights as tf.Tensor1D).reshape([count, 1, 1, 1]); // [L + 1, 1, 1, 1]
      const sum = tf.sum(tf.mul(tf.stack(layers as tf.Tensor3D[]), s), 0); // [B, T, 2P]
      return tf.mul<tf.Tensor3D>(sum, this.#gamma);
    });
  }
}
