/** A class: a name or a number. */
export type ClassLabel = string | number;

/** @throws {RangeError} if there is nothing to compare or the counts differ */
function checkPair(truth: { readonly length: number }, predicted: { readonly length: number }) {
  if (truth.length !== predicted.length || truth.length === 0) {
    throw new RangeError(
      `${truth.length} true values and ${predicted.length} predictions: there must be one prediction ` +
        `for each, and at least one`,
    );
  }
}

/**
 * The share of predictions that are right.
 *
 * @param truth [N]
 * @param predicted [N]
 * @returns in [0, 1]
 * @throws {RangeError} if the lengths differ or are 0
 *
 * @example
 * ```ts
 * import { accuracy } from "./mod.ts";
 *
 * console.log(accuracy(["yes", "no", "no"], ["yes", "no", "yes"])); // 0.6666666666666666
 * ```
 */
export function accuracy(truth: readonly ClassLabel[], predicted: readonly ClassLabel[]): number {
  checkPair(truth, predicted);
  return truth.filter((label, i) => label === predicted[i]).length / truth.length;
}

/**
 * F1 of one class, 2 TP / (2 TP + FP + FN): the harmonic mean of its precision and recall. What GLUE
 * means by the F1 of MRPC and QQP, with "equivalent" and "duplicate" as the class (Wang 2018,
 * Sect. 3); scikit-learn's `f1_score`.
 *
 * @param truth [N]
 * @param predicted [N]
 * @param positive the class that counts
 * @returns in [0, 1]; 0 where the class is neither present nor predicted
 * @throws {RangeError} if the lengths differ or are 0
 *
 * @example
 * ```ts
 * import { binaryF1 } from "./mod.ts";
 *
 * console.log(binaryF1([1, 1, 0, 0], [1, 0, 1, 0], 1)); // 0.5
 * ```
 */
export function binaryF1(
  truth: readonly ClassLabel[],
  predicted: readonly ClassLabel[],
  positive: ClassLabel,
): number {
  checkPair(truth, predicted);
  let truePositives = 0, falsePositives = 0, falseNegatives = 0;
  truth.forEach((label, i) => {
    if (predicted[i] === positive) label === positive ? truePositives++ : falsePositives++;
    else if (label === positive) falseNegatives++;
  });
  if (truePositives === 0) return 0;
  return 2 * truePositives / (2 * truePositives + falsePositives + falseNegatives);
}

/**
 * Matthews's correlation coefficient (Matthews 1975), the score of CoLA: the correlation of two
 * assignments to classes; for two classes
 * (TP TN - FP FN) / sqrt((TP + FP) (TP + FN) (TN + FP) (TN + FN)), for more R_K of Gorodkin (2004).
 *
 * @param truth [N]
 * @param predicted [N]
 * @returns in [-1, 1]; 0 if either consists of one class only, as in scikit-learn
 * @throws {RangeError} if the lengths differ or are 0
 *
 * @example
 * ```ts
 * import { matthewsCorrelation } from "./mod.ts";
 *
 * console.log(matthewsCorrelation([1, 1, 1, 0], [1, 0, 1, 1])); // -0.3333333333333333
 * console.log(matthewsCorrelation([1, 1, 0], [1, 1, 1])); // 0
 * ```
 */
export function matthewsCorrelation(
  truth: readonly ClassLabel[],
  predicted: readonly ClassLabel[],
): number {
  checkPair(truth, predicted);
  const N = truth.length;
  const inTruth = tally(truth), inPredicted = tally(predicted); // t_k, p_k
  const correct = truth.filter((label, i) => label === predicted[i]).length; // c
  const classes = [...new Set([...inTruth.keys(), ...inPredicted.keys()])];
  const sum = (of: (k: ClassLabel) => number) => classes.reduce<number>((s, k) => s + of(k), 0);
  const t = (k: ClassLabel) => inTruth.get(k) ?? 0;
  const p = (k: ClassLabel) => inPredicted.get(k) ?? 0;
  // Whole numbers up to here, so that no digit is lost.
  const covariance = correct * N - sum((k) => t(k) * p(k));
  const ofTruth = N * N - sum((k) => t(k) ** 2);
  const ofPredicted = N * N - sum((k) => p(k) ** 2);
  if (ofTruth === 0 || ofPredicted === 0) return 0;
  return covariance / Math.sqrt(ofTruth * ofPredicted);
}

function tally(labels: readonly ClassLabel[]): Map<ClassLabel, number> {
  const counts = new Map<ClassLabel, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
