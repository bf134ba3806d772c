import type { Image, LabelImage } from "../image/mod.ts";

/** Slices and what is known about each, index by index. */
export interface SegmentationDataset {
  /** What a figure's caption says. */
  readonly title: string;
  /** Who made the data and on what terms; to be shown wherever the data is. */
  readonly credit: string;
  /** True where the pictures were generated here rather than recorded. */
  readonly generated: boolean;
  /** Gray pictures in [0, 1], all of one size. */
  readonly slices: readonly Image[];
  /** For each slice the class of every pixel: 1 = cell, 0 = membrane or background. */
  readonly labels: readonly LabelImage[];
  /** For each slice a number from 1 for every cell, 0 = none; absent where nobody has recorded it. */
  readonly instances?: readonly LabelImage[];
  /** For each slice 1 where the truth is known and 0 where nobody has looked; absent: known everywhere. */
  readonly annotated?: readonly Image<Uint8Array>[];
}

/** Data that is absent, or is not what its name promises. The message says which file to put where. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
}
