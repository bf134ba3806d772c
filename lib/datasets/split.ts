import type { SegmentationDataset } from "./dataset.ts";

/** A data set in two parts that share no slice. */
export interface Split {
  readonly train: SegmentationDataset;
  readonly heldOut: SegmentationDataset;
}

/**
 * Holds out the last slices: of the 30 ISBI slices 24 to 29, while 0 to 23 are trained on. A run of
 * neighbours rather than a random choice, because slices that lie 50 nm apart look alike: between two
 * trained ones a held-out one would be half seen already. (Our choice: the labels of the challenge's
 * own test volume were never published.)
 *
 * @param dataset at least one slice more than are held out
 * @param count slices to hold out; default 6
 * @throws {RangeError} if nothing would be left to train on
 *
 * @example
 * ```ts
 * import { holdOut } from "./mod.ts";
 *
 * const slices = Array.from({ length: 30 }, () => ({ data: new Float32Array(1), width: 1, height: 1 }));
 * const labels = slices.map(() => ({ data: new Int32Array(1), width: 1, height: 1 }));
 * const { train, heldOut } = holdOut({ title: "", credit: "", generated: true, slices, labels });
 * console.log(train.slices.length, heldOut.slices.length); // 24 6
 * ```
 */
export function holdOut(dataset: SegmentationDataset, count = 6): Split {
  const total = dataset.slices.length;
  if (!Number.isInteger(count) || count < 1 || count >= total) {
    throw new RangeError(
      `${count} of ${total} slices cannot be held out; give a whole number from 1 to ${total - 1}`,
    );
  }
  const part = (from: number, to: number): SegmentationDataset => ({
    ...dataset,
    slices: dataset.slices.slice(from, to),
    labels: dataset.labels.slice(from, to),
    ...(dataset.instances ? { instances: dataset.instances.slice(from, to) } : {}),
    ...(dataset.annotated ? { annotated: dataset.annotated.slice(from, to) } : {}),
  });
  return { train: part(0, total - count), heldOut: part(total - count, total) };
}
