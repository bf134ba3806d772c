import type { LabelImage } from "../image/mod.ts";

/**
 * Checks that two label images show the same pixels and hold labels.
 *
 * @param truth the reference
 * @param result what is judged
 * @param names what an error calls the two
 * @throws {RangeError} if a picture has more than one channel, no pixel, too few values or a
 * negative label, or if the sizes differ
 *
 * @example
 * ```ts
 * import { checkLabelPair } from "./mod.ts";
 *
 * const row = { data: Int32Array.of(0, 1), width: 2, height: 1 };
 * const column = { data: Int32Array.of(0, 1), width: 1, height: 2 };
 * try {
 *   checkLabelPair(row, column);
 * } catch (error) {
 *   console.log((error as Error).message); // the result is 1 x 2 but the reference is 2 x 1 ...
 * }
 * ```
 */
export function checkLabelPair(
  truth: LabelImage,
  result: LabelImage,
  names: { readonly truth?: string; readonly result?: string } = {},
): void {
  const truthName = names.truth ?? "the reference", resultName = names.result ?? "the result";
  for (const [image, name] of [[truth, truthName], [result, resultName]] as const) {
    const { data, width, height, channels = 1 } = image;
    if (channels !== 1) {
      throw new RangeError(`${name} has ${channels} channels: a label image has one`);
    }
    if (!(width > 0 && height > 0) || data.length !== width * height) {
      throw new RangeError(
        `${name} has ${data.length} labels for ${width} x ${height} pixels: a label image has ` +
          `width * height labels and at least one pixel`,
      );
    }
    for (let i = 0; i < data.length; i++) {
      if (data[i] >= 0) continue;
      throw new RangeError(
        `${name}: the pixel at x = ${i % width}, y = ${Math.floor(i / width)} is ${data[i]}; ` +
          `labels are 0 for background and positive for objects`,
      );
    }
  }
  if (truth.width !== result.width || truth.height !== result.height) {
    throw new RangeError(
      `${resultName} is ${result.width} x ${result.height} but ${truthName} is ` +
        `${truth.width} x ${truth.height}: both must have the same size`,
    );
  }
}
