import type { Image, LabelImage, Pixels } from "./image.ts";

/**
 * A picture as gray values in [0, 1]: 8-bit values divided by 255, 16-bit values by 65535, floats as
 * they are; colour becomes its luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); an alpha channel is left out.
 *
 * @param image any picture
 * @returns one channel, 32-bit floats
 * @throws {RangeError} if floats lie outside [0, 1] or are not numbers, or the values are 32-bit whole
 * numbers, which have no agreed white: {@linkcode normalizeMinMax} takes those
 *
 * @example
 * ```ts
 * import { toGray } from "./mod.ts";
 *
 * console.log(toGray({ data: Uint8Array.of(0, 51, 255), width: 3, height: 1 }).data); // [0, 0.2, 1]
 * ```
 */
export function toGray({ data, width, height, channels = 1 }: Image<Pixels>): Image {
  const white = data instanceof Uint8Array || data instanceof Uint8ClampedArray
    ? 255
    : data instanceof Uint16Array
    ? 65535
    : data instanceof Float32Array || data instanceof Float64Array
    ? 1
    : undefined;
  if (white === undefined) {
    throw new RangeError(
      `a picture of 32-bit whole numbers has no agreed white; use normalizeMinMax(image) for gray values`,
    );
  }
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    const at = i * channels;
    const value = channels >= 3
      ? 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]
      : data[at];
    gray[i] = value / white;
    if (!(value >= 0 && value <= white * (1 + 1e-6))) {
      throw new RangeError(
        `gray values lie in [0, 1]; pixel (${i % width}, ${Math.floor(i / width)}) is ${value}: ` +
          "use normalizeMinMax(image)",
      );
    }
  }
  return { data: gray, width, height };
}

/**
 * Gray values stretched so that the smallest becomes 0 and the largest 1; a picture of one value
 * becomes 0 everywhere. Colour is not taken.
 *
 * @param image one channel, any type
 * @throws {RangeError} if it has several channels or a value that is no finite number
 *
 * @example
 * ```ts
 * import { normalizeMinMax } from "./mod.ts";
 *
 * console.log(normalizeMinMax({ data: Int32Array.of(-10, 0, 10), width: 3, height: 1 }).data); // [0, 0.5, 1]
 * ```
 */
export function normalizeMinMax({ data, width, height, channels = 1 }: Image<Pixels>): Image {
  if (channels !== 1) {
    throw new RangeError(
      `one channel is expected; got ${channels}: toGray(image) makes one of them`,
    );
  }
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `pixel (${i % width}, ${Math.floor(i / width)}) is ${value}; finite numbers are expected`,
      );
    }
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = high > low ? 1 / (high - low) : 0;
  return { data: Float32Array.from(data, (value) => (value - low) * scale), width, height };
}

/**
 * Gray values in [0, 1] as 8-bit ones, rounded and clamped, to be shown or written as PNG.
 *
 * @param image any number of channels
 *
 * @example
 * ```ts
 * import { toBytes } from "./mod.ts";
 *
 * console.log(toBytes({ data: Float32Array.of(0, 0.5, 2), width: 3, height: 1 }).data); // [0, 128, 255]
 * ```
 */
export function toBytes(image: Image<Float32Array | Float64Array>): Image<Uint8Array> {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.max(0, Math.min(255, Math.round(image.data[i] * 255)));
  }
  return { ...image, data };
}

/**
 * A picture of whole numbers as a label image, the values kept: 16-bit masks, palette indices.
 *
 * @param image one channel
 * @throws {RangeError} if it has several channels, or a value that is not a whole number of 31 bits
 *
 * @example
 * ```ts
 * import { toLabels } from "./mod.ts";
 *
 * console.log(toLabels({ data: Uint16Array.of(0, 300), width: 2, height: 1 }).data); // Int32Array(2) [ 0, 300 ]
 * ```
 */
export function toLabels({ data, width, height, channels = 1 }: Image<Pixels>): LabelImage {
  if (channels !== 1) throw new RangeError(`a label image has one channel; got ${channels}`);
  const labels = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    labels[i] = data[i];
    if (labels[i] !== data[i] || labels[i] < 0) {
      throw new RangeError(
        `labels are whole numbers from 0 to ${2 ** 31 - 1}; ` +
          `pixel (${i % width}, ${Math.floor(i / width)}) is ${data[i]}`,
      );
    }
  }
  return { data: labels, width, height };
}
