/** The objects of one picture and what a detector says is there. */
export interface Detections<Item> {
  /** The true objects. */
  readonly truths: readonly Item[];
  /** What was found, in any order, each with the detector's confidence. */
  readonly found: readonly { readonly item: Item; readonly score: number }[];
}

/** The average precision at one IoU threshold. */
export interface AveragePrecisionAt {
  /** A detection is right if it overlaps a true object that is still free by at least this. */
  readonly iou: number;
  readonly averagePrecision: number;
  /** Precision over recall 0, 0.01 ... 1, never rising: the curve whose mean is the AP. */
  readonly precision: readonly number[];
  /** The share of the true objects that were found at all. */
  readonly recall: number;
}

/** Detection AP with its parts. */
export interface AveragePrecision {
  /** The mean over the IoU thresholds. */
  readonly averagePrecision: number;
  /** One row per IoU threshold. */
  readonly rows: readonly AveragePrecisionAt[];
}

/** 0.5, 0.55 ... 0.95: COCO's IoU thresholds. */
export const COCO_IOUS: readonly number[] = Array.from(
  { length: 10 },
  (_, k) => (50 + 5 * k) / 100,
);

const RECALLS = Array.from({ length: 101 }, (_, k) => k / 100);

/**
 * Detection AP of one class at IoU 0.5, 0.55 ... 0.95, as the COCO challenge defines it.
 *
 * In each picture the detections, the surest first, take the free true object that they overlap
 * most, if by at least the threshold. All pictures' detections are then ranked by confidence;
 * precision is made non-increasing and sampled at 101 recalls, whose mean is the AP.
 * For several classes take the mean of their APs.
 *
 * Source: Lin et al., "Microsoft COCO" (2014) and its evaluation; without crowds, areas and the
 * limit of 100 detections.
 *
 * @param pictures true objects and detections of every picture
 * @param overlap the IoU of two objects, for example {@linkcode boxIou}
 * @param options `ious`: the thresholds, by default {@linkcode COCO_IOUS}
 * @throws {RangeError} if no picture has a true object, or a score is NaN
 *
 * @example
 * ```ts
 * import { averagePrecision, boxIou } from "./mod.ts";
 *
 * const cell = { x: 0, y: 0, width: 10, height: 10 };
 * const loose = { x: 0, y: 0, width: 10, height: 7 };
 * const pictures = [{ truths: [cell], found: [{ item: loose, score: 0.9 }] }];
 * console.log(averagePrecision(pictures, boxIou).averagePrecision); // 0.5: right up to IoU 0.7
 * ```
 */
export function averagePrecision<Item>(
  pictures: readonly Detections<Item>[],
  overlap: (a: Item, b: Item) => number,
  options: { readonly ious?: readonly number[] } = {},
): AveragePrecision {
  const objects = pictures.reduce((sum, { truths }) => sum + truths.length, 0);
  if (objects === 0) {
    throw new RangeError("no picture has a true object: average precision is not defined");
  }
  const ranked = pictures.map(({ truths, found }) => {
    if (found.some(({ score }) => Number.isNaN(score))) {
      throw new RangeError("a detection's score is NaN: give a number that ranks it");
    }
    return [...found].sort((a, b) => b.score - a.score).map(({ item, score }) => ({
      score,
      overlaps: truths.map((truth) => overlap(truth, item)),
    }));
  });
  const rows = (options.ious ?? COCO_IOUS).map((iou) => {
    const judged = ranked.flatMap((found) => judge(found, iou));
    judged.sort((a, b) => b.score - a.score);
    return { iou, ...curve(judged.map(({ right }) => right), objects) };
  });
  const mean = rows.reduce((sum, row) => sum + row.averagePrecision, 0) / rows.length;
  return { averagePrecision: mean, rows };
}

/** Which detections of one picture, given the surest first, find a free true object. */
function judge(
  found: readonly { readonly score: number; readonly overlaps: readonly number[] }[],
  iou: number,
): { score: number; right: boolean }[] {
  const taken = new Set<number>();
  return found.map(({ score, overlaps }) => {
    let best = -1;
    overlaps.forEach((value, k) => {
      if (taken.has(k) || value < iou) return;
      if (best < 0 || value >= overlaps[best]) best = k; // of equal overlaps the last, as COCO
    });
    if (best >= 0) taken.add(best);
    return { score, right: best >= 0 };
  });
}

/** The precision-recall curve of detections in order of confidence. */
function curve(right: readonly boolean[], objects: number): Omit<AveragePrecisionAt, "iou"> {
  const recall: number[] = [], precision: number[] = [];
  let hits = 0;
  right.forEach((isRight, k) => {
    if (isRight) hits++;
    recall.push(hits / objects);
    precision.push(hits / (k + 1));
  });
  for (let k = precision.length - 2; k >= 0; k--) {
    precision[k] = Math.max(precision[k], precision[k + 1]);
  }
  let k = 0;
  const sampled = RECALLS.map((r) => {
    while (k < recall.length && recall[k] < r) k++;
    return precision[k] ?? 0;
  });
  return {
    averagePrecision: sampled.reduce((a, b) => a + b) / sampled.length,
    precision: sampled,
    recall: hits / objects,
  };
}
