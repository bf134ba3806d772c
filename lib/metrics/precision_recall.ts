/** How well a proposal does in terms of true and false positives. */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  /** The F-score, 2 P R / (P + R). */
  readonly f: number;
}

/**
 * The harmonic mean of precision and recall, 2 P R / (P + R); 0 where both are 0.
 *
 * @example
 * ```ts
 * import { fScore } from "./mod.ts";
 *
 * console.log(fScore(1, 0.5)); // 0.6666666666666666
 * ```
 */
export function fScore(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/**
 * Precision TP / (TP + FP), recall TP / (TP + FN) and their F-score, from counts (or from sums of
 * squares, for the Rand score). Without a false positive the precision is 1, without a false
 * negative the recall is 1, whatever TP is: the convention of the challenge's tools.
 *
 * @example
 * ```ts
 * import { precisionRecall } from "./mod.ts";
 *
 * console.log(precisionRecall(3, 1, 0)); // { precision: 0.75, recall: 1, f: 0.8571428571428571 }
 * ```
 */
export function precisionRecall(
  truePositives: number,
  falsePositives: number,
  falseNegatives: number,
): PrecisionRecall {
  const precision = falsePositives === 0 ? 1 : truePositives / (truePositives + falsePositives);
  const recall = falseNegatives === 0 ? 1 : truePositives / (truePositives + falseNegatives);
  return { precision, recall, f: fScore(precision, recall) };
}
