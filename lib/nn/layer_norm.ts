import { tf } from "../backend/mod.ts";
import { sumRows } from "./sum_rows.ts";
import { withGradient } from "./with_gradient.ts";

/**
 * Layer normalisation over the last dimension (Ba, Kiros, Hinton 2016, Eq. 4):
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with the biased variance.
 *
 * The gradient is written out, because differentiating mean and variance step by step takes three
 * times as many kernels:
 * dx = (g - mean(g) - x^ mean(g x^)) / sqrt(variance + epsilon), where g = dy gamma and x^ is the
 * normalised x.
 *
 * @param x [..., H]
 * @param gamma [H] scale
 * @param beta [H] shift
 * @param epsilon BERT: 1e-12
 * @returns [..., H]
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { layerNorm } from "./mod.ts";
 *
 * const y = layerNorm(tf.tensor1d([1, 2, 3]), tf.ones([3]), tf.zeros([3]), 1e-12);
 * console.log(y.arraySync()); // about [ -1.22, 0, 1.22 ]
 * ```
 */
export function layerNorm(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): tf.Tensor {
  return withGradient([x, gamma, beta], (x, gamma, beta) => {
    const centred = tf.sub(x, tf.mean(x, -1, true)); // [..., H]
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [..., 1]
    const normalised = tf.mul(centred, rstd); // [..., H]
    return {
      value: tf.add(tf.mul(normalised, gamma), beta),
      saved: [normalised, rstd, gamma],
      gradient(dy, [normalised, rstd, gamma]) {
        const g = tf.mul(dy, gamma); // [..., H]
        const along = tf.mul(normalised, tf.mean(tf.mul(g, normalised), -1, true)); // [..., H]
        const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), rstd); // [..., H]
        return [dx, sumRows(tf.mul(dy, normalised)), sumRows(dy)];
      },
    };
  });
}
