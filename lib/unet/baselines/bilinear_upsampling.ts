import { tf } from "../../backend/mod.ts";

/**
 * The weights with which a transposed convolution interpolates linearly between the pixels of a coarse
 * map (Long, Shelhamer and Darrell 2015, Sect. 3.3; the formula is the reference code's):
 *
 *     f = floor((s + 1) / 2),  c = f - 1 if s is odd, else f - 1/2
 *     w(y, x) = (1 - |y - c| / f) (1 - |x - c| / f)
 *
 * @param size s, the kernel's side; 2 x stride for an even stride
 * @returns s x s weights, row by row
 * @throws {RangeError} if the size is not a positive whole number
 *
 * @example
 * ```ts
 * import { bilinearKernel } from "./mod.ts";
 *
 * console.log(bilinearKernel(4).subarray(4, 8)); // Float32Array [0.1875, 0.5625, 0.5625, 0.1875]
 * ```
 */
export function bilinearKernel(size: number): Float32Array {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(`a bilinear kernel's side is a whole number, at least 1; got ${size}`);
  }
  const f = Math.floor((size + 1) / 2), c = size % 2 === 1 ? f - 1 : f - 0.5;
  const along = (i: number) => 1 - Math.abs(i - c) / f;
  const w = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) w[y * size + x] = along(y) * along(x);
  }
  return w;
}

/**
 * Upsampling by a fixed factor with a bilinear transposed convolution: no bias, no padding, each class
 * on its own (the filter is zero off the diagonal of classes). The reference code keeps these filters
 * fixed (learning rate 0), and so do we: they are not parameters.
 *
 * The kernel's side is 2 x stride, so the output has (n - 1) stride + 2 stride pixels a side, and the
 * outer half kernel fades to zero: the border that FCN's crop cuts away.
 *
 * @param x [B, h, w, K]
 * @param stride the factor, a whole number >= 2
 * @returns [B, (h + 1) stride, (w + 1) stride, K]
 *
 * @example
 * ```ts
 * import { tf } from "../../backend/mod.ts";
 * import { bilinearUpsampling } from "./mod.ts";
 *
 * const y = bilinearUpsampling(tf.ones([1, 3, 3, 2]), 32);
 * console.log(y.shape, y.dataSync()[(64 * 128 + 64) * 2]); // [1, 128, 128, 2] 1
 * ```
 */
export function bilinearUpsampling(x: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [batch, height, width, classes] = x.shape;
  const size = 2 * stride;
  return tf.tidy(() => {
    const kernel = tf.reshape(tf.tensor(bilinearKernel(size)), [size, size, 1, 1]);
    const filter = tf.mul(kernel, tf.eye(classes)) as tf.Tensor4D; // [s, s, K out, K in]
    const out: [number, number, number, number] = [
      batch,
      (height - 1) * stride + size,
      (width - 1) * stride + size,
      classes,
    ];
    return tf.conv2dTranspose(x, filter, out, stride, "valid");
  });
}
