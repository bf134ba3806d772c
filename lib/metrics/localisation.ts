import type { Box } from "../image/mod.ts";
import { boxIou } from "./iou.ts";

/** How well one object per picture was located. */
export interface Localisation {
  /** The mean IoU of the true and the predicted boxes. */
  readonly meanIou: number;
  /** The share of pictures with an IoU of at least 0.5 (ILSVRC's criterion). */
  readonly accuracy: number;
  /** Each picture's IoU. */
  readonly ious: readonly number[];
}

/**
 * Localisation: one object per picture, one box each; judged by IoU.
 *
 * Source: Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge" (2015), single-object
 * localisation, without its rule for the class.
 *
 * @param truth the true box of each picture
 * @param predicted the predicted box of each picture
 * @throws {RangeError} if there is no picture or the counts differ
 *
 * @example
 * ```ts
 * import { localisation } from "./mod.ts";
 *
 * const truth = [{ x: 0, y: 0, width: 4, height: 4 }];
 * const { meanIou, accuracy } = localisation(truth, [{ x: 0, y: 0, width: 4, height: 3 }]);
 * console.log(meanIou, accuracy); // 0.75 1
 * ```
 */
export function localisation(truth: readonly Box[], predicted: readonly Box[]): Localisation {
  if (truth.length !== predicted.length || truth.length === 0) {
    throw new RangeError(
      `${truth.length} true and ${predicted.length} predicted boxes: give one of each for every ` +
        `picture, and at least one picture`,
    );
  }
  const ious = truth.map((box, k) => boxIou(box, predicted[k]));
  return {
    meanIou: ious.reduce((a, b) => a + b) / ious.length,
    accuracy: ious.filter((iou) => iou >= 0.5).length / ious.length,
    ious,
  };
}
