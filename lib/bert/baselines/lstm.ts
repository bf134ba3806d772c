// B batch, T places of a sequence, I input size, C cells, P projection
import { tf } from "../../backend/mod.ts";
import { linear, withGradient } from "../../nn/mod.ts";
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
    const fromInputs = linear(x, this.#inputs as tf.Tensor2D, this.#bias as tf.Tensor1D); // [B, T, 4C]
    const weights = [this.#recurrent, ...(this.#projection ? [this.#projection] : [])];
    return readInOrder(fromInputs as tf.Tensor3D, mask, weights as tf.Tensor2D[], this.#backward);
  }
}

/**
 * What cannot be done for all places at once: each needs the one that was read before it.
 *
 * The gradient is written out (backpropagation through time), since little of it has to go from place to place
 * either: the slopes of the gates, and the gradients of the weights, are computed for all places together.
 *
 * @param fromInputs [B, T, 4C] W_ih x_t + b
 * @param mask [B, T]
 * @param weights W_hh [4C, P], and W_hr [P, C] where there is a projection
 * @returns [B, T, P]
 */
function readInOrder(
  fromInputs: tf.Tensor3D,
  mask: tf.Tensor2D,
  weights: tf.Tensor2D[],
  backward: boolean,
): tf.Tensor3D {
  const [B, T] = mask.shape;
  // t counts in the order of reading: place t of the sequence, or of the sequence turned round.
  const turned = <X>(list: X[]) => backward ? list.toReversed() : list;
  const asRead = (x: tf.Tensor) => turned(tf.unstack(x, 1) as tf.Tensor2D[]); // T x [B, ...]
  const asPlaced = (list: tf.Tensor2D[]) => tf.stack(turned(list), 1) as tf.Tensor3D; // [B, T, ...]

  return withGradient([fromInputs, ...weights], (fromInputs, recurrent, projection?: tf.Tensor) => {
    const [gateCount, P] = recurrent.shape, C = gateCount / 4;
    const kept = asRead(tf.cast(mask, "float32").reshape([B, T, 1])); // T x [B, 1]
    let h = tf.zeros<tf.Rank.R2>([B, P]);
    let c = tf.zeros<tf.Rank.R2>([B, C]);
    const steps = asRead(fromInputs).map((fromInput, t) => {
      const [hBefore, cBefore] = [h, c];
      const gates = tf.add(fromInput, times(h, recurrent, { transposed: true })); // [B, 4C]
      const [toI, toF, toG, toO] = tf.split(gates, 4, 1) as tf.Tensor2D[]; // [B, C]
      const [i, f, g, o] = [tf.sigmoid(toI), tf.sigmoid(toF), tf.tanh(toG), tf.sigmoid(toO)];
      c = tf.mul(tf.add(tf.mul(f, c), tf.mul(i, g)), kept[t]); // [B, C]
      const tanhC = tf.tanh(c);
      const out = tf.mul<tf.Tensor2D>(o, tanhC); // [B, C]
      h = projection ? times(out, projection, { transposed: true }) : out; // [B, P]
      return { i, f, g, o, hBefore, cBefore, tanhC, h, kept: kept[t] };
    });
    type Step = (typeof steps)[number];
    const all = (name: keyof Step) => tf.stack(steps.map((step) => step[name])); // [T, B, ...]
    const names = ["i", "f", "g", "o", "hBefore", "cBefore", "tanhC", "kept"] as const;
    return {
      value: asPlaced(steps.map(({ h }) => h)),
      saved: [...names.map(all), recurrent, ...(projection ? [projection] : [])],
      gradient(dy, [i, f, g, o, hBefore, cBefore, tanhC, kept, recurrent, projection]) {
        const slope = (s: tf.Tensor) => tf.mul(s, tf.sub(1, s)); // of the sigmoid
        const slopeOfTanh = (s: tf.Tensor) => tf.sub(1, tf.square(s));
        const dOutToC = tf.unstack(tf.mul(o, slopeOfTanh(tanhC))); // T x [B, C]
        const toGates = tf.unstack(tf.concat([
          tf.mul(g, slope(i)),
          tf.mul(cBefore, slope(f)),
          tf.mul(i, slopeOfTanh(g)),
          tf.mul(tanhC, slope(o)),
        ], 2)); // T x [B, 4C]
        const forgotten = tf.unstack(f), masks = tf.unstack(kept), dys = asRead(dy);
        const dh: tf.Tensor2D[] = new Array(T), dGates: tf.Tensor2D[] = new Array(T);
        let dhFromLater = tf.zeros<tf.Rank.R2>([B, P]);
        let dcFromLater = tf.zeros<tf.Rank.R2>([B, C]);
        for (let t = T - 1; t >= 0; t--) {
          dh[t] = tf.add(dys[t], dhFromLater); // [B, P]
          const dOut = projection ? times(dh[t], projection) : dh[t]; // [B, C]
          const dc = tf.mul(tf.add(tf.mul(dOut, dOutToC[t]), dcFromLater), masks[t]); // [B, C]
          dGates[t] = tf.mul(tf.concat([dc, dc, dc, dOut], 1), toGates[t]); // [B, 4C]
          dcFromLater = tf.mul(dc, forgotten[t]);
          dhFromLater = times(dGates[t], recurrent);
        }
        const weightGradient = (d: tf.Tensor2D[], x: tf.Tensor) =>
          // the sum over all places
          tf.matMul(tf.concat(d), x.reshape([T * B, x.shape[2]!]), true);
        return [
          asPlaced(dGates), // [B, T, 4C]
          weightGradient(dGates, hBefore), // [4C, P]
          ...(projection ? [weightGradient(dh, tf.mul(o, tanhC))] : []), // [P, C]
        ];
      },
    };
  });
}

/** The product of two matrices. */
function times(a: tf.Tensor, b: tf.Tensor, { transposed = false } = {}): tf.Tensor2D {
  return tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, transposed);
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
