import type { LabelImage } from "../image/mod.ts";
import { contingencyTable, marginal } from "./contingency_table.ts";
import { checkLabelPair } from "./label_pair.ts";

/** The adapted Rand error with its parts, named as scikit-image names them. */
export interface AdaptedRandError {
  /** 1 - the F-score. */
  readonly error: number;
  /** Pairs together in both / pairs together in `truth`: what Fiji's tools call recall. */
  readonly precision: number;
  /** Pairs together in both / pairs together in `result`: what Fiji's tools call precision. */
  readonly recall: number;
}

/**
 * The adapted Rand error of two label images, as scikit-image's `adapted_rand_error` counts it.
 *
 * It differs from the challenge's Rand error ({@linkcode randError}) in four ways: it takes labels,
 * without threshold or connected components; a pixel makes no pair with itself; label 0 of `result`
 * is a segment like any other, not a crowd of single pixels; and what it calls precision and recall
 * are the other way round.
 *
 * @param truth true labels; pixels of label 0 are left out
 * @param result labels to judge, same size
 * @param options `alpha`: weight of the true segments in the F-score, 0.5 by default
 * @throws {RangeError} if the sizes differ, `truth` has only label 0 or `alpha` is not in [0, 1]
 *
 * @example
 * ```ts
 * import { adaptedRandError } from "./mod.ts";
 *
 * const truth = { data: Int32Array.of(2, 1, 1, 2), width: 2, height: 2 };
 * const result = { data: Int32Array.of(1, 2, 3, 1), width: 2, height: 2 };
 * const { error, precision, recall } = adaptedRandError(truth, result);
 * console.log(error.toFixed(4), precision, recall); // 0.3333 0.5 1
 * ```
 */
export function adaptedRandError(
  truth: LabelImage,
  result: LabelImage,
  options: { readonly alpha?: number } = {},
): AdaptedRandError {
  const { alpha = 0.5 } = options;
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`alpha is ${alpha}: give one in [0, 1]`);
  checkLabelPair(truth, result);
  const table = contingencyTable(truth.data, result.data, { ignore: 0 });
  if (table.total === 0) {
    throw new RangeError("the true label image is empty (all 0), so no Rand error is defined");
  }
  const together = pairs(table.counts);
  const inTruth = pairs(marginal(table, "rows").values());
  const inResult = pairs(marginal(table, "columns").values());
  // Where one side has no pair at all, nothing of it can be missed: the ratio counts as 1.
  const share = (of: number) => (of === 0 ? 1 : together / of);
  return {
    error: 1 - share(alpha * inTruth + (1 - alpha) * inResult),
    precision: share(inTruth),
    recall: share(inResult),
  };
}

/** Ordered pairs of different pixels within segments of these sizes. */
function pairs(sizes: Iterable<number>): number {
  let sum = 0;
  for (const size of sizes) sum += size * (size - 1);
  return sum;
}
