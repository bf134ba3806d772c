import type { Box } from "../../image/mod.ts";
import { boxIou } from "../../metrics/mod.ts";

/** A box that a detector proposes. */
export interface Detection {
  readonly box: Box;
  /** Its class, 1, 2, ... */
  readonly kind: number;
  /** How sure the detector is, in [0, 1]. */
  readonly score: number;
}

/**
 * Non-maximum suppression: of boxes that overlap by more than `iou` only the surest stays. Greedy, surest
 * first, regardless of class (two cells cannot be at one place).
 *
 * @param detections in any order
 * @param iou boxes that overlap a surer one by more than this are dropped. Default 0.4.
 * @returns those that stay, surest first
 *
 * @example
 * ```ts
 * import { nonMaximumSuppression } from "./mod.ts";
 *
 * const box = { x: 0, y: 0, width: 10, height: 10 };
 * const kept = nonMaximumSuppression([
 *   { box, kind: 1, score: 0.6 },
 *   { box: { ...box, x: 1 }, kind: 1, score: 0.9 },
 *   { box: { ...box, x: 30 }, kind: 1, score: 0.5 },
 * ]);
 * console.log(kept.map(({ score }) => score)); // [0.9, 0.5]
 * ```
 */
export function nonMaximumSuppression(
  detections: readonly Detection[],
  iou = 0.4,
): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of detections.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => boxIou(box, candidate.box) <= iou)) kept.push(candidate);
  }
  return kept;
}
