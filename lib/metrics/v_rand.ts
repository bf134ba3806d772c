import type { Image, Pixels } from "../image/mod.ts";
import {
  type ForegroundRestricted,
  foregroundRestricted,
  type InformationStatistics,
  type RandStatistics,
} from "./foreground_restricted.ts";
import { precisionRecall } from "./precision_recall.ts";
import { CHALLENGE_THRESHOLDS } from "./thresholds.ts";

/** V_rand at one threshold. */
export interface VRandAt {
  readonly threshold: number;
  /** The mean of the slices' F-scores (macro average): what V_rand maximises. */
  readonly f: number;
  /** Precision of the pairs summed over the slices (micro average), as the official tool prints. */
  readonly precision: number;
  /** Recall of the pairs summed over the slices (micro average), as the official tool prints. */
  readonly recall: number;
  /** The F-score of the summed pairs (micro average). */
  readonly microF: number;
  /** The statistics of each slice. */
  readonly slices: readonly RandStatistics[];
}

/** V_info at one threshold. */
export interface VInfoAt {
  readonly threshold: number;
  /** The mean of the slices' F-scores: what V_info maximises. */
  readonly f: number;
  /** The mean of the slices' precisions. */
  readonly precision: number;
  /** The mean of the slices' recalls. */
  readonly recall: number;
  /** The statistics of each slice. */
  readonly slices: readonly InformationStatistics[];
}

/** V_rand with its parts: 1 is perfect. */
export interface VRand {
  /** The largest mean F-score over the thresholds. */
  readonly vRand: number;
  /** The threshold that reaches it (the first, if several do). */
  readonly threshold: number;
  /** One row per threshold. */
  readonly rows: readonly VRandAt[];
}

/** V_info with its parts: 1 is perfect. */
export interface VInfo {
  /** The largest mean F-score over the thresholds. */
  readonly vInfo: number;
  /** The threshold that reaches it (the first, if several do). */
  readonly threshold: number;
  /** One row per threshold. */
  readonly rows: readonly VInfoAt[];
}

/**
 * V_rand and V_info, the EM challenge's official scores since 2016: the foreground-restricted
 * F-scores of pairs and of information, after the proposal's membranes are thinned by a watershed.
 * Both rest on the same regions, so they are computed together.
 *
 * Each slice has its own F-score; their mean (macro average) is maximised over the thresholds,
 * separately for the two.
 *
 * Source: Arganda-Carreras et al. 2015; the challenge's evaluation of January 2016 (maximal V^Rand
 * after thinning with per-slice average, maximal V^Info after thinning, thresholds 0, 0.1 ... 1).
 *
 * @param labels the true slices: 0 = membrane, any one other value = cell
 * @param proposals probabilities of cell in [0, 1], one slice per label slice, same sizes
 * @param options `thresholds`: where to cut, by default {@linkcode CHALLENGE_THRESHOLDS}
 * @throws {RangeError} as {@linkcode checkEmStack} does
 *
 * @example
 * ```ts
 * import { vRandAndVInfo } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(1, 1, 1, 0, 1, 1, 1), width: 7, height: 1 };
 * const thick = { data: Float32Array.of(1, 0, 0, 0, 0, 0, 1), width: 7, height: 1 };
 * const { vRand, vInfo } = vRandAndVInfo([label], [thick]);
 * console.log(vRand.vRand, vInfo.vInfo); // 1 1: a thick membrane is forgiven
 * ```
 */
export function vRandAndVInfo(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds?: readonly number[] } = {},
): { vRand: VRand; vInfo: VInfo } {
  const { thresholds = CHALLENGE_THRESHOLDS } = options;
  const statistics = foregroundRestricted(labels, proposals, { thresholds, thin: true });
  const randRows = statistics.map((slices, t) => vRandAt(thresholds[t], slices));
  const infoRows = statistics.map((slices, t) => vInfoAt(thresholds[t], slices));
  const bestRand = largestF(randRows), bestInfo = largestF(infoRows);
  return {
    vRand: { vRand: bestRand.f, threshold: bestRand.threshold, rows: randRows },
    vInfo: { vInfo: bestInfo.f, threshold: bestInfo.threshold, rows: infoRows },
  };
}

/** V_rand alone: see {@linkcode vRandAndVInfo}. */
export function vRand(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds?: readonly number[] } = {},
): VRand {
  return vRandAndVInfo(labels, proposals, options).vRand;
}

/** V_info alone: see {@linkcode vRandAndVInfo}. */
export function vInfo(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds?: readonly number[] } = {},
): VInfo {
  return vRandAndVInfo(labels, proposals, options).vInfo;
}

function vRandAt(threshold: number, statistics: readonly ForegroundRestricted[]): VRandAt {
  const slices = statistics.map((slice) => slice.rand);
  const sum = (of: (slice: RandStatistics) => number) => slices.reduce((s, x) => s + of(x), 0);
  const micro = precisionRecall(
    sum((slice) => slice.truePositives),
    sum((slice) => slice.falsePositives),
    sum((slice) => slice.falseNegatives),
  );
  return {
    threshold,
    f: sum((slice) => slice.f) / slices.length,
    precision: micro.precision,
    recall: micro.recall,
    microF: micro.f,
    slices,
  };
}

function vInfoAt(threshold: number, statistics: readonly ForegroundRestricted[]): VInfoAt {
  const slices = statistics.map((slice) => slice.information);
  const mean = (of: (slice: InformationStatistics) => number) =>
    slices.reduce((s, x) => s + of(x), 0) / slices.length;
  return {
    threshold,
    f: mean((slice) => slice.f),
    precision: mean((slice) => slice.precision),
    recall: mean((slice) => slice.recall),
    slices,
  };
}

function largestF<Row extends { readonly f: number }>(rows: readonly Row[]): Row {
  return rows.reduce((best, row) => (row.f > best.f ? row : best));
}
