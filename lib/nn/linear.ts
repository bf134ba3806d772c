import { tf } from "../backend/mod.ts";
import { sumRows } from "./sum_rows.ts";
import { withGradient } from "./with_gradient.ts";

/**
 * y = x W^T + b, along the last dimension.
 *
 * @param x [..., I]
 * @param weight [O, I], the layout of PyTorch and of its checkpoints
 * @param bias [O]
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
export function linear(x: tf.Tensor, weight: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor {
  const [outputs, inputs] = weight.shape;
  // Products of matrices only: tfjs does not broadcast a 2-D factor over a batch.
  const rows = x.reshape<tf.Tensor2D>([-1, inputs]); // [N, I]
  const y = bias === undefined
    ? tf.matMul(rows, weight, false, true) // [N, O]
    : withGradient([rows, weight, bias], (x, weight, bias) => ({
      value: tf.add(tf.matMul(x, weight, false, true), bias), // [N, O]
      saved: [x, weight],
      gradient: (dy, [x, weight]) => [
        tf.matMul(dy, weight), // [N, I]
        tf.matMul(dy, x, true, false), // [O, I]
        sumRows(dy), // [O]
      ],
    }));
  return y.reshape([...x.shape.slice(0, -1), outputs]); // [..., O]
}
