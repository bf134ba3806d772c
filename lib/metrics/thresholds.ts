import type { Image, Pixels } from "../image/mod.ts";

/**
 * The thresholds `for (th = start; th <= end; th += step)` visits in double precision.
 *
 * The sum is accumulated, not computed as `start + k * step`: 0, 0.1 ... 1 are eleven thresholds of
 * which the last is 0.9999999999999999, so that a pixel that is exactly 1 is still above it.
 *
 * Source: the ISBI 2012 challenge's evaluation script, which loops this way.
 *
 * @param start the first threshold
 * @param end the largest value a threshold may have
 * @param step the distance between two thresholds, above 0
 * @throws {RangeError} if the three do not describe a finite, non-empty list
 *
 * @example
 * ```ts
 * import { thresholds } from "./mod.ts";
 *
 * console.log(thresholds(0, 1, 0.1).length); // 11
 * console.log(thresholds(0, 1, 0.1)[8]); // 0.7999999999999999
 * ```
 */
export function thresholds(start: number, end: number, step: number): number[] {
  if (!(step > 0) || !(start <= end) || !Number.isFinite(end - start)) {
    throw new RangeError(
      `thresholds from ${start} to ${end} in steps of ${step} make no list: ` +
        `give start <= end and a step above 0, for example thresholds(0, 1, 0.1)`,
    );
  }
  const list: number[] = [];
  for (let threshold = start; threshold <= end; threshold += step) list.push(threshold);
  return list;
}

/** 0, 0.1 ... 1: the eleven thresholds of the challenge's pixel and Rand scores. */
export const CHALLENGE_THRESHOLDS: readonly number[] = thresholds(0, 1, 0.1);

/** 0, 0.1 ... 0.9: the ten thresholds of the challenge's warping error. */
export const WARPING_THRESHOLDS: readonly number[] = thresholds(0, 0.9, 0.1);

/**
 * 1 where the picture is strictly above the threshold, else 0.
 *
 * The comparison is made in double precision, as Java compares a `float` pixel with a `double`:
 * an 8-bit pixel 204, read as the float32 nearest 0.8, is above the threshold 0.8.
 *
 * @param image any picture of one channel
 * @param threshold the value to be above
 * @returns one byte per pixel, row by row
 *
 * @example
 * ```ts
 * import { binarize } from "./mod.ts";
 *
 * const image = { data: new Float32Array([0.2, 0.5, 204 / 255]), width: 3, height: 1 };
 * console.log(binarize(image, 0.5)); // Uint8Array [0, 0, 1]
 * console.log(binarize(image, 0.8)); // Uint8Array [0, 0, 1]
 * ```
 */
export function binarize(image: Image<Pixels>, threshold: number): Uint8Array {
  const { data } = image;
  const binary = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) binary[i] = data[i] > threshold ? 1 : 0;
  return binary;
}
