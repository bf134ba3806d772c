import type { Image, Pixels } from "../image/mod.ts";
import { foregroundRestricted, type RandStatistics } from "./foreground_restricted.ts";
import { type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
import { CHALLENGE_THRESHOLDS } from "./thresholds.ts";

/** Pairs of pixels summed over the slices at one threshold, and what follows from the sums. */
export interface RandErrorAt extends PrecisionRecall {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** The statistics of each slice. */
  readonly slices: readonly RandStatistics[];
}

/** The challenge's Rand error with its parts. */
export interface RandError {
  /** 1 - the largest F-score over the thresholds. */
  readonly randError: number;
  /** The threshold of the largest F-score (the first, if several reach it). */
  readonly threshold: number;
  /** One row per threshold. */
  readonly rows: readonly RandErrorAt[];
}

/**
 * The EM challenge's Rand error of 2012 to 2015: 1 - max over thresholds of the foreground-restricted
 * F-score of pairs, without thinning.
 *
 * Counts of pairs, not normalised by the slice, are summed over all slices before precision and
 * recall are taken (micro average). Thick membranes cost here: every cell pixel that the proposal
 * calls membrane is a region of its own. {@linkcode vRand} repairs that.
 *
 * Source: the ISBI 2012 challenge's evaluation (maximal foreground-restricted Rand F-score,
 * thresholds 0, 0.1 ... 1); Ronneberger et al. 2015, Table 1, column "Rand error".
 *
 * @param labels the true slices: 0 = membrane, any one other value = cell
 * @param proposals probabilities of cell in [0, 1], one slice per label slice, same sizes
 * @param options `thresholds`: where to cut, by default {@linkcode CHALLENGE_THRESHOLDS}
 * @throws {RangeError} as {@linkcode checkEmStack} does
 *
 * @example
 * ```ts
 * import { randError } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(1, 1, 0, 1, 1), width: 5, height: 1 };
 * const merged = { data: Float32Array.of(1, 1, 1, 1, 1), width: 5, height: 1 };
 * const { rows } = randError([label], [merged], { thresholds: [0.5] });
 * console.log(rows[0].precision, rows[0].recall); // 0.5 1
 * ```
 */
export function randError(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds?: readonly number[] } = {},
): RandError {
  const { thresholds = CHALLENGE_THRESHOLDS } = options;
  const statistics = foregroundRestricted(labels, proposals, { thresholds, thin: false });
  const rows = statistics.map((slices, t) =>
    sumOfSlices(thresholds[t], slices.map((slice) => slice.rand))
  );
  const best = rows.reduce((best, row) => (row.f > best.f ? row : best));
  return { randError: 1 - best.f, threshold: best.threshold, rows };
}

function sumOfSlices(threshold: number, slices: readonly RandStatistics[]): RandErrorAt {
  const sum = (of: (slice: RandStatistics) => number) => slices.reduce((s, x) => s + of(x), 0);
  const truePositives = sum((slice) => slice.truePositives);
  const falsePositives = sum((slice) => slice.falsePositives);
  const falseNegatives = sum((slice) => slice.falseNegatives);
  return {
    threshold,
    ...precisionRecall(truePositives, falsePositives, falseNegatives),
    truePositives,
    falsePositives,
    falseNegatives,
    slices,
  };
}
