import { crossEntropy, tf } from "../backend/mod.ts";

/** How the weighted pixel losses become one number. */
export type Reduction = "mean" | "sum" | "weighted mean";

/**
 * The U-Net's energy (Sect. 3): a pixel-wise softmax, then a cross-entropy in which every pixel counts
 * with its own weight.
 *
 *     p_k(x) = exp(a_k(x)) / sum_k' exp(a_k'(x))
 *     E = - sum_x w(x) log p_l(x)(x)                                  (Eq. 1)
 *
 * The printed Eq. 1 lacks the minus sign; what is minimised is the negative log-likelihood.
 * Computed as log-sum-exp, with its gradient w (p - onehot(l)) written out, so that large logits
 * overflow neither way.
 *
 * @param logits a, [B, h, w, K]
 * @param labels l, [B, h, w], whole numbers in 0..K-1
 * @param weights w, [B, h, w]; absent means 1 everywhere, 0 leaves a pixel out
 * @param reduction "mean" divides by the number of pixels, "weighted mean" by the sum of the weights,
 * "sum" is Eq. 1. Default "mean": the learning rate then does not depend on the tile size.
 * @returns a scalar
 * @throws {Error} if the shapes do not agree
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { weightedSoftmaxCrossEntropy } from "./mod.ts";
 *
 * const loss = weightedSoftmaxCrossEntropy(tf.zeros([1, 2, 2, 2]), tf.zeros([1, 2, 2], "int32"));
 * console.log(Math.abs(loss.dataSync()[0] - Math.log(2)) < 1e-6); // true
 * ```
 */
export function weightedSoftmaxCrossEntropy(
  logits: tf.Tensor4D,
  labels: tf.Tensor3D,
  weights?: tf.Tensor3D,
  reduction: Reduction = "mean",
): tf.Scalar {
  const [batch, height, width, classes] = logits.shape;
  const pixels = [batch, height, width];
  for (const [name, tensor] of [["labels", labels], ["weights", weights]] as const) {
    if (tensor !== undefined && `${tensor.shape}` !== `${pixels}`) {
      throw new Error(
        `${name} have shape [${tensor.shape}] but the logits [${logits.shape}] need [${pixels}]: ` +
          "crop the labels and weights to the network's output, not to its input",
      );
    }
  }
  return tf.tidy(() => {
    const w = weights ?? tf.ones<tf.Rank.R3>([batch, height, width]);
    const count = reduction === "mean" ? tf.scalar(batch * height * width) : tf.sum(w);
    const rows = tf.reshape(logits, [-1, classes]) as tf.Tensor2D; // [B h w, K]
    const nll = crossEntropy(rows, tf.cast(tf.reshape(labels, [-1]), "int32") as tf.Tensor1D); // -log p_l, [B h w]
    const energy = tf.sum<tf.Scalar>(tf.mul(tf.reshape(w, [-1]), nll));
    if (reduction === "sum") return energy;
    return tf.mul(energy, tf.divNoNan(tf.scalar(1), count)); // all weights 0: a loss of 0
  });
}
