// B batch, F places that look, T places looked at (here F = T), H hidden size, A heads, D = H / A
import { tf } from "../backend/mod.ts";
import { attentionSoftmax } from "../nn/attention_softmax.ts";
import type { BertConfig } from "./config.ts";
import { Dense, type Dropout, LayerNorm } from "./layers.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/** What a place must not look at gets this added to its score, as in google-research/bert. */
const MASKED = -10_000;

/**
 * What {@linkcode SelfAttention} adds to its scores: 0 where a place may look, -10000 where not.
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
   * @param mask {@linkcode additiveMask}
   * @returns context [B, T, H]; probabilities [B, A, F, T], each row a distribution over T
   */
  forward(x: tf.Tensor3D, mask: tf.Tensor4D, dropout: Dropout) {
    const [B, T, H] = x.shape;
    const A = this.#config.heads;
    const D = H / A;
    const split = (t: tf.Tensor3D) =>
      tf.transpose<tf.Tensor4D>(t.reshape([B, T, A, D]), [0, 2, 1, 3]); // [B, A, T, D]
    const q = split(this.#query.forward(x)); // [B, A, F, D]
    const k = split(this.#key.forward(x)); // [B, A, T, D]
    const v = split(this.#value.forward(x)); // [B, A, T, D]
    const scores = tf.matMul<tf.Tensor4D>(q, k, false, true); // [B, A, F, T]
    const probabilities = attentionSoftmax(scores, 1 / Math.sqrt(D), mask); // [B, A, F, T]
    const weights = dropout(probabilities, this.#config.attentionDropout);
    const context = tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]); // [B, F, A, D]
    return { context: context.reshape<tf.Tensor3D>([B, T, H]), probabilities };
  }
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
  forward(y: tf.Tensor3D, x: tf.Tensor3D, dropout: Dropout): tf.Tensor3D {
    return this.#norm.forward(tf.add<tf.Tensor3D>(x, dropout(this.#dense.forward(y), this.#rate)));
  }
}
