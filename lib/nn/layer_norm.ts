import { layerNorm as fusedLayerNorm, type tf } from "../backend/mod.ts";

/**
 * Layer normalisation over the last dimension (Ba, Kiros, Hinton 2016, Eq. 4):
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with the biased variance.
 *
 * Its gradient:
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
  return fusedLayerNorm(x, gamma, beta, epsilon);
}
