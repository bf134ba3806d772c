// B batch, T places of a sequence, I input size, C cells, P projection
import { tf } from "../../backend/mod.ts";
import { linear } from "../../nn/mod.ts";
import type { ParameterScope } from "../parameter_scope.ts";

/**
 * A long short-term memory with projection (Hochreiter and Schmidhuber 1997; projection: Sak 2014), in one
 * direction:
 *
 *     i, f, g, o = W_ih x_t + W_hh h_(t-1) + b
 *     c_t = sigmoid(f) c_(t-1) + sigmoid(i) tanh(g)
 *     h_t = W_hr (sigmoid(o) tanh(c_t))
 *
 * Without `projection` h_t is sigmoid(o) tanh(c_t), the usual LSTM, and P = C.
 *
 * Names and layouts are PyTorch's, but there is one bias: weight_ih [4C, I], weight_hh [4C, P], bias_ih [4C],
 * weight_hr [P, C].
 */
export class Lstm {
  readonly #inputs: tf.Variable<tf.Rank.R2>;
  readonly #recurrent: tf.Variable<tf.Rank.R2>;
  readonly #bias: tf.Variable<tf.Rank.R1>;
  readonly #projection?: tf.Variable<tf.Rank.R2>;
  readonly #cells: number; // C
  readonly #backward: boolean;

  /** @param backward read from the last place to the first */
  constructor(scope: ParameterScope, sizes: LstmSizes, backward = false) {
    const { inputs: I, cells: C, projection } = sizes;
    const P = projection ?? C;
    this.#cells = C;
    this.#inputs = scope.create("weight_ih", [4 * C, I], "truncatedNormal");
    this.#recurrent = scope.create("weight_hh", [4 * C, P], "truncatedNormal");
    this.#bias = scope.create("bias_ih", [4 * C], "zeros");
    if (projection !== undefined) {
      this.#projection = scope.create("weight_hr", [P, C], "truncatedNormal");
    }
    this.#backward = backward;
  }

  /**
   * @param x [B, T, I]
   * @param mask [B, T] 1 for a piece, 0 for padding, where the memory stays empty: padding at the end does
   *   not disturb reading backward
   * @returns [B, T, P] h at every place, in the order of the sequence
   */
  forward(x: tf.Tensor3D, mask: tf.Tensor2D): tf.Tensor3D {
    const [B, T] = x.shape;
    const C = this.#cells, P = this.#recurrent.shape[1];
    // The inputs' share of the gates for all places at once.
    const all = linear(x, this.#inputs as tf.Tensor2D, this.#bias as tf.Tensor1D); // [B, T, 4C]
    const byPlace = tf.unstack(all, 1) as tf.Tensor2D[]; // T x [B, 4C]
    const masks = tf.unstack(tf.cast(mask, "float32").reshape([B, T, 1]), 1) as tf.Tensor2D[]; // T x [B, 1]
    let h = tf.zeros<tf.Rank.R2>([B, P]);
    let c = tf.zeros<tf.Rank.R2>([B, C]);
    const outputs: tf.Tensor2D[] = new Array(T);
    for (let step = 0; step < T; step++) {
      const t = this.#backward ? T - 1 - step : step;
      const fromPast = tf.matMul<tf.Tensor2D>(h, this.#recurrent as tf.Tensor2D, false, true); // [B, 4C]
      const [i, f, g, o] = tf.split(tf.add(byPlace[t], fromPast), 4, 1) as tf.Tensor2D[]; // [B, C]
      const kept = tf.mul<tf.Tensor2D>(tf.sigmoid(f), c);
      c = tf.mul(tf.add(kept, tf.mul(tf.sigmoid(i), tf.tanh(g))), masks[t]); // [B, C]
      const out = tf.mul<tf.Tensor2D>(tf.sigmoid(o), tf.tanh(c)); // [B, C]
      h = this.#projection
        ? tf.matMul(out, this.#projection as tf.Tensor2D, false, true) // [B, P]
        : out;
      outputs[t] = h;
    }
    return tf.stack(outputs, 1) as tf.Tensor3D; // [B, T, P]
  }
}

/** The sizes of an {@linkcode Lstm}. */
export interface LstmSizes {
  /** I. */
  readonly inputs: number;
  /** C. */
  readonly cells: number;
  /** P. Default: no projection. */
  readonly projection?: number;
}
