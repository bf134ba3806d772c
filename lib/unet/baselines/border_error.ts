import { distanceTransform, type Image, type LabelImage } from "../../image/mod.ts";

/** Where a map goes wrong: see {@linkcode borderError}. */
export interface BorderError {
  /** Share of the pixels within `reach` of a border between membrane and cell that are called wrong. */
  readonly atBorders: number;
  /** Share of all other pixels that are called wrong. */
  readonly inside: number;
}

/**
 * The share of wrong pixels near the borders between the two classes and away from them: how well a map
 * localises, and how well it understands (the trade-off of the U-Net paper's Sect. 1). Our choice of
 * measure.
 *
 * @param truth 0 = membrane, above 0 = cell
 * @param probability of cell, of the same size
 * @param options `threshold`: above it a pixel is called cell (default 0.5); `reach`: how near is near, in
 * pixels (default 2)
 * @throws {RangeError} if the sizes differ
 *
 * @example
 * ```ts
 * import { borderError } from "./mod.ts";
 *
 * const truth = { data: Int32Array.of(0, 0, 0, 1, 1, 1), width: 6, height: 1 };
 * const late = { data: Float32Array.of(0, 0, 0, 0, 1, 1), width: 6, height: 1 };
 * console.log(borderError(truth, late, { reach: 1 })); // half of the two border pixels, none inside
 * ```
 */
export function borderError(
  truth: LabelImage,
  probability: Image,
  { threshold = 0.5, reach = 2 }: { readonly threshold?: number; readonly reach?: number } = {},
): BorderError {
  const { width, height } = truth;
  if (probability.width !== width || probability.height !== height) {
    throw new RangeError(
      `the truth is ${width} x ${height} and the map ${probability.width} x ${probability.height}: ` +
        "both must have the same size",
    );
  }
  const mask = (cell: boolean) => ({
    data: Uint8Array.from(truth.data, (label) => Number((label > 0) === cell)),
    width,
    height,
  });
  // To the other class: 1 for a pixel that touches it.
  const toCell = distanceTransform(mask(true)).data,
    toMembrane = distanceTransform(mask(false)).data;
  const pixels = [0, 0], wrong = [0, 0]; // inside, at borders
  for (let i = 0; i < truth.data.length; i++) {
    const isCell = truth.data[i] > 0;
    const near = Number((isCell ? toMembrane[i] : toCell[i]) <= reach);
    pixels[near]++;
    if ((probability.data[i] > threshold) !== isCell) wrong[near]++;
  }
  return { atBorders: wrong[1] / (pixels[1] || 1), inside: wrong[0] / (pixels[0] || 1) };
}
