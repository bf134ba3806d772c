import { tf } from "../backend/mod.ts";
import { withGradient } from "./with_gradient.ts";

/** How {@linkcode sparseCrossEntropy} averages. */
export interface SparseCrossEntropyOptions {
  /** Rows with this label do not count. Default -100, as in PyTorch. */
  readonly ignore?: number;
  /** Added to the number of rows that count, as BERT does (1e-5). Default 0. */
  readonly epsilon?: number;
}

/**
 * Softmax cross-entropy with whole-number labels: the mean over the rows that count of
 * -log softmax(logits)[label]. The gradient, (softmax - one-hot) / rows, is written out so that
 * the probabilities are computed once.
 *
 * @param logits [N, K]
 * @param labels [N] each in 0..K-1, or `ignore`
 * @returns one number; 0 if no row counts
 * @throws {RangeError} if there are not N labels or one is outside 0..K-1
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { sparseCrossEntropy } from "./mod.ts";
 *
 * const loss = sparseCrossEntropy(tf.zeros([3, 4]), [0, 3, -100]);
 * console.log(Math.abs(loss.dataSync()[0] - Math.log(4)) < 1e-6); // true
 * ```
 */
export function sparseCrossEntropy(
  logits: tf.Tensor2D,
  labels: ArrayLike<number>,
  options: SparseCrossEntropyOptions = {},
): tf.Scalar {
  const { ignore = -100, epsilon = 0 } = options;
  const [N, K] = logits.shape;
  if (labels.length !== N) {
    throw new RangeError(`${labels.length} labels for ${N} rows of logits: one label per row`);
  }
  const safe = new Int32Array(N);
  const weights = new Float32Array(N);
  let count = 0;
  for (let n = 0; n < N; n++) {
    if (labels[n] === ignore) continue;
    if (!(labels[n] >= 0 && labels[n] < K)) {
      throw new RangeError(
        `label ${labels[n]} of row ${n} is not in 0..${K - 1} (or ${ignore}, which does not count)`,
      );
    }
    safe[n] = labels[n];
    weights[n] = 1;
    count++;
  }
  const share = 1 / (Math.max(count, 1) + epsilon);
  for (let n = 0; n < N; n++) weights[n] *= share;

  return withGradient([logits], (logits) => {
    const logSum = tf.logSumExp(logits, -1, true); // [N, 1]
    const places = tf.tensor1d(safe.map((k, n) => n * K + k), "int32"); // [N]
    const chosen = tf.gather(logits.reshape([N * K]), places).reshape([N, 1]); // [N, 1]
    const share = tf.tensor2d(weights, [N, 1]);
    return {
      value: tf.sum<tf.Scalar>(tf.mul(tf.sub(logSum, chosen), share)),
      saved: [logits, logSum, share, tf.tensor1d(safe, "int32")],
      gradient(dy, [logits, logSum, share, label]) {
        const probabilities = tf.exp(tf.sub(logits, logSum)); // [N, K]
        const error = tf.sub(probabilities, tf.oneHot(label as tf.Tensor1D, K)); // [N, K]
        return [tf.mul(error, tf.mul(share, dy))];
      },
    };
  });
}
