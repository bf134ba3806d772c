import type { Image, Pixels } from "./image.ts";
import { mirrored } from "./window.ts";

/**
 * Values of a one-channel picture at any positions, interpolated linearly between the four pixels
 * around each (pixel centres at whole numbers); positions outside see the mirrored picture.
 *
 * @param image one channel
 * @param xs columns, as many as wanted
 * @param ys rows, as many
 * @returns one value for each position
 * @throws {RangeError} if the numbers of columns and rows differ
 *
 * @example
 * ```ts
 * import { sampleLinear } from "./mod.ts";
 *
 * const image = { data: Float32Array.of(0, 1, 2, 3), width: 2, height: 2 };
 * console.log(sampleLinear(image, [0.5, 1], [0.5, 0])); // Float32Array(2) [ 1.5, 1 ]
 * ```
 */
export function sampleLinear(
  image: Image<Pixels>,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
): Float32Array {
  check(xs, ys);
  const { data, width, height } = image;
  const values = new Float32Array(xs.length);
  for (let i = 0; i < values.length; i++) {
    const x0 = Math.floor(xs[i]), y0 = Math.floor(ys[i]);
    const fx = xs[i] - x0, fy = ys[i] - y0;
    const inside = x0 >= 0 && y0 >= 0 && x0 + 1 < width && y0 + 1 < height;
    const left = inside ? x0 : mirrored(x0, width);
    const right = inside ? x0 + 1 : mirrored(x0 + 1, width);
    const top = (inside ? y0 : mirrored(y0, height)) * width;
    const bottom = (inside ? y0 + 1 : mirrored(y0 + 1, height)) * width;
    const above = data[top + left] + fx * (data[top + right] - data[top + left]);
    const below = data[bottom + left] + fx * (data[bottom + right] - data[bottom + left]);
    values[i] = above + fy * (below - above);
  }
  return values;
}

/**
 * As {@linkcode sampleLinear}, but the value of the nearest pixel: for label images.
 *
 * @example
 * ```ts
 * import { sampleNearest } from "./mod.ts";
 *
 * console.log(sampleNearest({ data: Int32Array.of(3, 8), width: 2, height: 1 }, [0.4, 0.6], [0, 0])); // [3, 8]
 * ```
 */
export function sampleNearest<P extends Pixels>(
  image: Image<P>,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
): P {
  check(xs, ys);
  const { data, width, height } = image;
  const values = new (data.constructor as new (length: number) => P)(xs.length);
  for (let i = 0; i < values.length; i++) {
    values[i] =
      data[mirrored(Math.round(ys[i]), height) * width + mirrored(Math.round(xs[i]), width)];
  }
  return values;
}

function check(xs: ArrayLike<number>, ys: ArrayLike<number>) {
  if (xs.length !== ys.length) {
    throw new RangeError(
      `${xs.length} columns and ${ys.length} rows; as many of each are expected`,
    );
  }
}

/**
 * A one-channel picture in another size, linearly interpolated; the outer edges stay where they are
 * (pixel centres at half numbers). Making a picture smaller first averages nothing: blur it before.
 *
 * @param image one channel
 * @param width columns wanted
 * @param height rows wanted
 *
 * @example
 * ```ts
 * import { resizeLinear } from "./mod.ts";
 *
 * console.log(resizeLinear({ data: Float32Array.of(0, 1), width: 2, height: 1 }, 4, 1).data); // [0, 0.25, 0.75, 1]
 * ```
 */
export function resizeLinear(image: Image<Pixels>, width: number, height: number): Image {
  const { xs, ys } = centres(image, width, height);
  return { data: sampleLinear(image, xs, ys), width, height };
}

/**
 * As {@linkcode resizeLinear}, but each pixel takes the value of the nearest: for label images.
 *
 * @example
 * ```ts
 * import { resizeNearest } from "./mod.ts";
 *
 * console.log(resizeNearest({ data: Int32Array.of(3, 8), width: 2, height: 1 }, 4, 1).data); // [3, 3, 8, 8]
 * ```
 */
export function resizeNearest<P extends Pixels>(
  image: Image<P>,
  width: number,
  height: number,
): Image<P> {
  const { xs, ys } = centres(image, width, height);
  return { ...image, data: sampleNearest(image, xs, ys), width, height };
}

/** Where the centres of a grid's pixels fall in the picture; beyond the outer centres, on them. */
function centres(image: Image<Pixels>, width: number, height: number) {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`a size is of whole numbers, at least 1 x 1; got ${width} x ${height}`);
  }
  const along = (i: number, size: number, old: number) =>
    Math.max(0, Math.min(old - 1, (i + 0.5) * old / size - 0.5));
  const xs = new Float64Array(width * height), ys = new Float64Array(width * height);
  for (let i = 0; i < xs.length; i++) {
    xs[i] = along(i % width, width, image.width);
    ys[i] = along(Math.floor(i / width), height, image.height);
  }
  return { xs, ys };
}
