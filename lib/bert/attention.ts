// B batch, F places that look, T places looked at (here F = T), H hidden size, A heads, D = H / A
import { attention, tf } from "../backend/mod.ts";
import { attentionSoftmax, dropout, type ForwardOptions } from "../nn/mod.ts";
import type { BertConfig } from "./config.ts";
import { Dense, LayerNorm } from "./layers.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/** What a place must not look at gets this added to its score, as in google-research/bert. */
const MASKED = -10_000;

/**
 * What self-attention adds to its scores: 0 where a place may look, -10000 where not.
 *
 * @param attentionMask [B, T] of 1 (a piece) and 0 (padding)
 * @param causal also hide every later place from an earlier one, as GPT does
 * @returns [B, 1, 1, T], or [B, 1, T, T] if causal
 */
export function additiveMask(attentionMask: tf.Tensor2D, causal = false): tf.Tensor4D {
  return tf.tidy(() => {
    const [B, T] = attentionMask.shape;
    const hidden = tf.sub(1, attentionMask.toFloat()).reshape<tf.Tensor4D>([B, 1, 1, T]);
    if (!causal) return tf.mul<tf.Tensor4D>(hidden, MASKED);
    const later = new Float32Array(T * T);
    for (let f = 0; f < T; f++) later.fill(1, f * T + f + 1, (f + 1) * T);
    const either = tf.maximum<tf.Tensor4D>(hidden, tf.tensor4d(later, [1, 1, T, T]));
    return tf.mul<tf.Tensor4D>(either, MASKED); // [B, 1, T, T]
  });
}

/**
 * Multi-head scaled dot-product self-attention (Vaswani 2017, Sect. 3.2):
 * Attention(Q, K, V) = softmax(Q K^T / sqrt(D)) V in each of A heads side by side.
 */
export class SelfAttention {
  readonly #query: Dense;
  readonly #key: Dense;
  readonly #value: Dense;
  readonly #config: BertConfig;

  constructor(scope: ParameterScope, config: BertConfig) {
    const H = config.hiddenSize;
    this.#query = new Dense(scope.at("query"), H, H);
    this.#key = new Dense(scope.at("key"), H, H);
    this.#value = new Dense(scope.at("value"), H, H);
    this.#config = config;
  }

  /**
   * @param x [B, T, H]
   * @returns context [B, T, H]; probabilities [B, A, F, T], each row a distribution over T, if they are asked for
   */
  forward(x: tf.Tensor3D, how: Attending): Attended {
    const q = this.#query.forward(x), k = this.#key.forward(x), v = this.#value.forward(x); // [B, T, H]
    const { heads: A, attentionDropout: rate } = this.#config;
    if (how.probabilities) return this.#inTheOpen(q, k, v, how);
    const { mask, causal, options } = how;
    const dropout = options.training && rate > 0
      ? { dropout: rate, seed: requireRandom(options).int(2 ** 31) }
      : {};
    return { context: attention(q, k, v, { heads: A, mask, causal, ...dropout }) }; // [B, T, H]
  }

  /** The same step by step, which is slower and keeps the probabilities. */
  #inTheOpen(q: tf.Tensor3D, k: tf.Tensor3D, v: tf.Tensor3D, { mask, causal, options }: Attending) {
    const [B, T, H] = q.shape;
    const { heads: A, attentionDropout: rate } = this.#config;
    const D = H / A;
    const split = (t: tf.Tensor3D) =>
      tf.transpose<tf.Tensor4D>(t.reshape([B, T, A, D]), [0, 2, 1, 3]); // [B, A, T, D]
    const scores = tf.matMul<tf.Tensor4D>(split(q), split(k), false, true); // [B, A, F, T]
    const added = additiveMask(mask, causal);
    const probabilities = attentionSoftmax(scores, 1 / Math.sqrt(D), added); // [B, A, F, T]
    const mixed = tf.matMul(dropout(probabilities, rate, options), split(v)); // [B, A, F, D]
    const context = tf.transpose(mixed, [0, 2, 1, 3]).reshape<tf.Tensor3D>([B, T, H]); // [B, T, H]
    return { context, probabilities };
  }
}

/** What {@linkcode SelfAttention} gives. */
export interface Attended {
  /** [B, T, H] the heads' mixtures side by side. */
  readonly context: tf.Tensor3D;
  /** [B, A, F, T]. */
  readonly probabilities?: tf.Tensor4D;
}

/** How a {@linkcode SelfAttention} is to attend. */
export interface Attending {
  /** [B, T] 1 for a piece, 0 for padding. */
  readonly mask: tf.Tensor2D;
  /** Hide every later place from an earlier one. */
  readonly causal: boolean;
  /** Also give the probabilities. */
  readonly probabilities: boolean;
  /** Whether dropout is active, and where it draws. */
  readonly options: ForwardOptions;
}

function requireRandom({ random }: ForwardOptions) {
  if (random) return random;
  throw new Error(
    "dropout while training needs a generator: forward(x, { training: true, random })",
  );
}

/** LayerNorm(x + dropout(dense(y))): how every sub-layer of the post-norm Transformer ends. */
export class ResidualOutput {
  readonly #dense: Dense;
  readonly #norm: LayerNorm;
  readonly #rate: number;

  constructor(scope: ParameterScope, inputs: number, config: BertConfig) {
    this.#dense = new Dense(scope.at("dense"), inputs, config.hiddenSize);
    this.#norm = new LayerNorm(scope.at("LayerNorm"), config.hiddenSize, config.layerNormEps);
    this.#rate = config.hiddenDropout;
  }

  /** y [B, T, inputs], x [B, T, H] -> [B, T, H] */
  forward(y: tf.Tensor3D, x: tf.Tensor3D, options: ForwardOptions): tf.Tensor3D {
    const added = dropout(this.#dense.forward(y), this.#rate, options);
    return this.#norm.forward(tf.add<tf.Tensor3D>(x, added));
  }
}
