import type { Image, Pixels } from "./image.ts";

/** A new array of the same type as `like`. */
function arrayLike<P extends Pixels>(like: P, length: number): P {
  return new (like.constructor as new (length: number) => P)(length);
}

/**
 * The rectangle whose top left pixel is (x, y).
 *
 * @param image any type, any channels
 * @param x column of its left edge
 * @param y row of its top edge
 * @param width in pixels
 * @param height in pixels
 * @throws {RangeError} if the rectangle is not inside the picture; {@linkcode mirrorWindow} may leave it
 *
 * @example
 * ```ts
 * import { crop } from "./mod.ts";
 *
 * const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 3, height: 2 };
 * console.log(crop(image, 1, 0, 2, 2).data); // Uint8Array(4) [ 2, 3, 5, 6 ]
 * ```
 */
export function crop<P extends Pixels>(
  image: Image<P>,
  x: number,
  y: number,
  width: number,
  height: number,
): Image<P> {
  const inside = [x, y, width, height].every(Number.isInteger) && x >= 0 && y >= 0 && width >= 1 &&
    height >= 1 && x + width <= image.width && y + height <= image.height;
  if (!inside) {
    throw new RangeError(
      `the window of ${width} x ${height} at (${x}, ${y}) is not inside the picture of ` +
        `${image.width} x ${image.height}; move it, or use mirrorWindow`,
    );
  }
  return mirrorWindow(image, x, y, width, height);
}

/**
 * The rectangle whose top left pixel is (x, y), which may reach beyond the picture: what lies outside is
 * the picture mirrored at its edge pixels (U-Net, Sect. 2, Fig. 2: "missing input data is extrapolated by
 * mirroring"). The edge pixel itself is not repeated (the paper does not say; our choice is that of
 * NumPy's "reflect"), and the mirroring goes on as often as needed.
 *
 * @param image any type, any channels
 * @param x column of its left edge, may be negative
 * @param y row of its top edge, may be negative
 * @param width in pixels
 * @param height in pixels
 * @throws {RangeError} if a number is not whole or the window has no pixel
 *
 * @example
 * ```ts
 * import { mirrorWindow } from "./mod.ts";
 *
 * const image = { data: Uint8Array.of(1, 2, 3), width: 3, height: 1 };
 * console.log(mirrorWindow(image, -2, 0, 7, 1).data); // Uint8Array(7) [ 3, 2, 1, 2, 3, 2, 1 ]
 * ```
 */
export function mirrorWindow<P extends Pixels>(
  image: Image<P>,
  x: number,
  y: number,
  width: number,
  height: number,
): Image<P> {
  if (![x, y, width, height].every(Number.isInteger) || width < 1 || height < 1) {
    throw new RangeError(
      `a window is of whole numbers, at least 1 x 1; got ${width} x ${height} at (${x}, ${y})`,
    );
  }
  const channels = image.channels ?? 1;
  const data = arrayLike(image.data, width * height * channels);
  const columns = Int32Array.from(
    { length: width },
    (_, i) => mirrored(x + i, image.width) * channels,
  );
  for (let j = 0, to = 0; j < height; j++) {
    const row = mirrored(y + j, image.height) * image.width * channels;
    for (let i = 0; i < width; i++) {
      for (let c = 0; c < channels; c++) data[to++] = image.data[row + columns[i] + c];
    }
  }
  return { ...image, data, width, height };
}

/**
 * Position `i` of a row of `size` pixels that is mirrored at both ends without repeating the edge.
 *
 * @example
 * ```ts
 * import { mirrored } from "./mod.ts";
 *
 * console.log([-2, -1, 0, 1, 2, 3, 4].map((i) => mirrored(i, 3))); // [ 2, 1, 0, 1, 2, 1, 0 ]
 * ```
 */
export function mirrored(i: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const at = ((i % period) + period) % period;
  return at < size ? at : period - at;
}

/**
 * The picture with a mirrored border of the given widths around it.
 *
 * @param image any type, any channels
 * @param border in pixels: one number, or one for each side
 *
 * @example
 * ```ts
 * import { mirrorPad } from "./mod.ts";
 *
 * const padded = mirrorPad({ data: new Float32Array(512 * 512), width: 512, height: 512 }, 92);
 * console.log(padded.width); // 696
 * ```
 */
export function mirrorPad<P extends Pixels>(
  image: Image<P>,
  border: number | {
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
    readonly left: number;
  },
): Image<P> {
  const { top, right, bottom, left } = typeof border === "number"
    ? { top: border, right: border, bottom: border, left: border }
    : border;
  return mirrorWindow(
    image,
    -left,
    -top,
    image.width + left + right,
    image.height + top + bottom,
  );
}
