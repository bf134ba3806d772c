import { crossEntropy, tf } from "../backend/mod.ts";

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

  return tf.tidy(() => {
    const losses = crossEntropy(logits, tf.tensor1d(safe, "int32")); // [N]
    return tf.sum<tf.Scalar>(tf.mul(losses, tf.tensor1d(weights)));
  });
}
