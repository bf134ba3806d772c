import type { Image, Pixels } from "../image/mod.ts";
import { checkEmStack } from "./em_stack.ts";
import { type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
import { CHALLENGE_THRESHOLDS } from "./thresholds.ts";

/** How many pixels fall into each case at one threshold; cell (white) is the positive class. */
export interface PixelErrorAt extends PrecisionRecall {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** The share of pixels on which label and proposal disagree: the plain pixel error. */
  readonly disagreement: number;
}

/** The challenge's pixel error with its parts. */
export interface PixelError {
  /** 1 - the largest F-score over the thresholds. */
  readonly pixelError: number;
  /** The threshold of the largest F-score (the first, if several reach it). */
  readonly threshold: number;
  /** One row per threshold. */
  readonly rows: readonly PixelErrorAt[];
}

/**
 * The EM challenge's pixel error: 1 - max over thresholds of the pixels' F-score.
 *
 * Pixels above the threshold are called cell; true and false positives are summed over all slices
 * before precision and recall are taken (micro average). The plain share of wrong pixels is another
 * number: it stands in each row as `disagreement`.
 *
 * Source: the ISBI 2012 challenge's evaluation (1 - maximal F-score of the pixels, thresholds 0,
 * 0.1 ... 1); Ronneberger et al. 2015, Table 1, column "pixel error".
 *
 * @param labels the true slices: 0 = membrane, any one other value = cell
 * @param proposals probabilities of cell in [0, 1], one slice per label slice, same sizes
 * @param options `thresholds`: where to cut, by default {@linkcode CHALLENGE_THRESHOLDS}
 * @throws {RangeError} as {@linkcode checkEmStack} does
 *
 * @example
 * ```ts
 * import { pixelError } from "./mod.ts";
 *
 * const label = { data: new Uint8Array([255, 255, 255, 0]), width: 4, height: 1 };
 * const proposal = { data: new Float32Array([0.9, 0.8, 0.3, 0.4]), width: 4, height: 1 };
 * const { pixelError: error, threshold } = pixelError([label], [proposal]);
 * console.log(error.toFixed(4), threshold); // 0.1429 0
 * ```
 */
export function pixelError(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds?: readonly number[] } = {},
): PixelError {
  checkEmStack(labels, proposals);
  const rows = (options.thresholds ?? CHALLENGE_THRESHOLDS).map((threshold) =>
    pixelErrorAt(labels, proposals, threshold)
  );
  const best = rows.reduce((best, row) => (row.f > best.f ? row : best));
  return { pixelError: 1 - best.f, threshold: best.threshold, rows };
}

function pixelErrorAt(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  threshold: number,
): PixelErrorAt {
  const cases = [0, 0, 0, 0]; // [TN, FP, FN, TP]: 2 * (label is cell) + (proposal is cell)
  for (let z = 0; z < labels.length; z++) {
    const label = labels[z].data, proposal = proposals[z].data;
    for (let i = 0; i < label.length; i++) {
      cases[(label[i] > 0 ? 2 : 0) + (proposal[i] > threshold ? 1 : 0)]++;
    }
  }
  const [trueNegatives, falsePositives, falseNegatives, truePositives] = cases;
  return {
    threshold,
    ...precisionRecall(truePositives, falsePositives, falseNegatives),
    truePositives,
    falsePositives,
    falseNegatives,
    trueNegatives,
    disagreement: (falsePositives + falseNegatives) / cases.reduce((a, b) => a + b),
  };
}
