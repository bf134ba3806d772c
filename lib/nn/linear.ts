import { type Activation, linear as fusedLinear, tf } from "../backend/mod.ts";

/**
 * y = act(x W^T + b), along the last dimension.
 *
 * @param x [..., I]
 * @param weight [O, I], the layout of PyTorch and of its checkpoints
 * @param bias [O]
 * @param activation what follows the bias: "relu", or "gelu" (exact); needs a bias. Default "none".
 * @returns [..., O]
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { linear } from "./mod.ts";
 *
 * const weight = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // 2 in, 3 out
 * console.log(linear(tf.ones([7, 4, 2]), weight).shape); // [ 7, 4, 3 ]
 * ```
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor2D,
  bias?: tf.Tensor1D,
  activation: Activation = "none",
): tf.Tensor {
  if (bias !== undefined) return fusedLinear(x, weight, bias, activation);
  if (activation !== "none") {
    throw new Error(`linear with the activation "${activation}" wants a bias`);
  }
  const [outputs, inputs] = weight.shape;
  // Products of matrices only: tfjs does not broadcast a 2-D factor over a batch.
  const rows = x.reshape<tf.Tensor2D>([-1, inputs]); // [N, I]
  return tf.matMul(rows, weight, false, true).reshape([...x.shape.slice(0, -1), outputs]); // [..., O]
}
