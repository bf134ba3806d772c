/** How often class i was called class j: `counts[i * classes + j]`, rows = truth. */
export interface ConfusionMatrix {
  readonly classes: number;
  /** Row by row, one row per true class. */
  readonly counts: Float64Array;
}

/** The four scores of the FCN paper; in [0, 1], 1 is perfect. */
export interface SemanticScores {
  /** Pixels called right / all pixels. */
  readonly pixelAccuracy: number;
  /** Mean over the true classes of the share called right. */
  readonly meanAccuracy: number;
  /** Mean over the classes of n_ii / (t_i + sum_j n_ji - n_ii). */
  readonly meanIu: number;
  /** The same, weighted by how frequent each true class is. */
  readonly frequencyWeightedIu: number;
  /** Per class, the share called right; NaN for a class that the truth lacks. */
  readonly accuracy: readonly number[];
  /** Per class, the intersection over union; NaN for a class that truth and result lack. */
  readonly iu: readonly number[];
}

/**
 * The confusion matrix of two lists of class numbers (pixels, or examples).
 *
 * @param truth classes 0 ... `classes` - 1
 * @param predicted classes of the same items
 * @param classes how many there are
 * @param options `ignore`: items of this true class are left out (255 in PASCAL VOC)
 * @throws {RangeError} if the lengths differ or a class is out of range
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "./mod.ts";
 *
 * console.log(confusionMatrix([0, 0, 1, 255], [0, 1, 1, 0], 2, { ignore: 255 }).counts); // [1, 1, 0, 1]
 * ```
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  options: { readonly ignore?: number } = {},
): ConfusionMatrix {
  if (truth.length !== predicted.length) {
    throw new RangeError(
      `${truth.length} true classes but ${predicted.length} predicted ones: both must be of the ` +
        `same items`,
    );
  }
  const counts = new Float64Array(classes * classes);
  const isClass = (c: number) => Number.isInteger(c) && c >= 0 && c < classes;
  for (let k = 0; k < truth.length; k++) {
    const i = truth[k], j = predicted[k];
    if (i === options.ignore) continue;
    if (!isClass(i) || !isClass(j)) {
      throw new RangeError(
        `item ${k} has true class ${i} and predicted class ${j}: classes are whole numbers from ` +
          `0 to ${classes - 1}`,
      );
    }
    counts[i * classes + j]++;
  }
  return { classes, counts };
}

/**
 * Pixel accuracy, mean accuracy, mean IU and frequency-weighted IU of a confusion matrix. Classes
 * for which a ratio is 0 / 0 are left out of its mean.
 *
 * Source: Long, Shelhamer and Darrell, "Fully convolutional networks" (2015), section 5; with the
 * published scoring script's treatment of absent classes.
 *
 * @param matrix what {@linkcode confusionMatrix} returned, or the sum of several
 * @throws {RangeError} if the matrix holds no item
 *
 * @example
 * ```ts
 * import { confusionMatrix, semanticScores } from "./mod.ts";
 *
 * const { pixelAccuracy, meanIu } = semanticScores(confusionMatrix([0, 0, 1, 1], [0, 0, 0, 1], 2));
 * console.log(pixelAccuracy, meanIu); // 0.75 0.5833333333333333
 * ```
 */
export function semanticScores({ classes, counts }: ConfusionMatrix): SemanticScores {
  const each = Array.from({ length: classes }, (_, i) => i);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const t = each.map((i) => sum(each.map((j) => counts[i * classes + j]))); // pixels of class i
  const p = each.map((j) => sum(each.map((i) => counts[i * classes + j]))); // pixels called j
  const n = each.map((i) => counts[i * classes + i]); // n_ii
  const total = sum(t);
  if (total === 0) {
    throw new RangeError("the confusion matrix is empty: no item is left to score");
  }
  const accuracy = each.map((i) => n[i] / t[i]);
  const iu = each.map((i) => n[i] / (t[i] + p[i] - n[i]));
  const mean = (values: number[]) => {
    const defined = values.filter((v) => !Number.isNaN(v));
    return sum(defined) / defined.length;
  };
  return {
    pixelAccuracy: sum(n) / total,
    meanAccuracy: mean(accuracy),
    meanIu: mean(iu),
    frequencyWeightedIu: sum(each.filter((i) => t[i] > 0).map((i) => (t[i] / total) * iu[i])),
    accuracy,
    iu,
  };
}
