import { convolution, type tf, upConvolution as fusedUpConvolution } from "../backend/mod.ts";

/** A layer's filter and bias. */
export interface FilterAndBias {
  /** Convolution: [kh, kw, in, out]. Transposed convolution: [kh, kw, out, in]. */
  readonly weight: tf.Tensor4D;
  /** [out] */
  readonly bias: tf.Tensor1D;
}

/**
 * A convolution without padding ("valid"), stride 1, plus bias: a k x k filter shrinks each side by k - 1.
 *
 * @param x [B, h, w, in]
 * @param activation what follows the bias. Default "none".
 * @returns [B, h - kh + 1, w - kw + 1, out]
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { validConvolution } from "./mod.ts";
 *
 * const y = validConvolution(tf.ones([1, 5, 5, 1]), { weight: tf.ones([3, 3, 1, 2]), bias: tf.zeros([2]) });
 * console.log(y.shape); // [1, 3, 3, 2]
 * ```
 */
export function validConvolution(
  x: tf.Tensor4D,
  { weight, bias }: FilterAndBias,
  activation: "none" | "relu" = "none",
): tf.Tensor4D {
  return convolution(x, weight, bias, { activation });
}

/**
 * The up-convolution: a transposed convolution with a 2x2 filter and stride 2, plus bias. Every input
 * pixel writes one 2x2 block of the output, so nothing overlaps.
 *
 * @param x [B, h, w, in]
 * @returns [B, 2h, 2w, out]
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { upConvolution } from "./mod.ts";
 *
 * const y = upConvolution(tf.ones([1, 4, 4, 6]), { weight: tf.ones([2, 2, 3, 6]), bias: tf.zeros([3]) });
 * console.log(y.shape); // [1, 8, 8, 3]
 * ```
 */
export function upConvolution(x: tf.Tensor4D, { weight, bias }: FilterAndBias): tf.Tensor4D {
  return fusedUpConvolution(x, weight, bias);
}
