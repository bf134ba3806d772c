import { tf } from "../backend/mod.ts";

/**
 * softmax(scale * scores + mask) over the last dimension: the weights of scaled dot-product attention
 * (Vaswani 2017, Eq. 1).
 *
 * @param scores [B, A, F, T] dot products of queries (F) and keys (T)
 * @param scale 1 / sqrt(size of a head)
 * @param mask added; broadcast to the scores: 0 where a query may look, very negative where not
 * @returns [B, A, F, T]; every row sums to 1
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { attentionSoftmax } from "./mod.ts";
 *
 * const mask = tf.tensor4d([0, 0, -10000], [1, 1, 1, 3]);
 * console.log(attentionSoftmax(tf.zeros([1, 1, 1, 3]), 1, mask).dataSync()); // 0.5, 0.5, 0
 * ```
 */
export function attentionSoftmax(
  scores: tf.Tensor4D,
  scale: number,
  mask?: tf.Tensor,
): tf.Tensor4D {
  const scaled = tf.mul(scores, scale);
  return tf.softmax(mask ? tf.add(scaled, mask) : scaled) as tf.Tensor4D;
}
