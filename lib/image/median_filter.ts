import type { Image } from "./image.ts";

/**
 * The median of the disc around each pixel. At the edge the picture is mirrored (the edge pixel is
 * not repeated).
 *
 * Source: Ciresan et al. 2012 smooth their network's output with a median filter of radius 2 before
 * it is scored; the disc and the mirroring are our choice.
 *
 * @param image gray; one channel
 * @param radius of the disc x^2 + y^2 <= radius^2, in pixels; smaller than both sides
 * @throws {RangeError} if the picture has more than one channel or the radius does not fit
 *
 * @example
 * ```ts
 * import { medianFilter } from "./mod.ts";
 *
 * const speck = { data: Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0), width: 3, height: 3 };
 * console.log(medianFilter(speck, 1).data[4]); // 0
 * ```
 */
export function medianFilter(image: Image, radius: number): Image {
  const { data, width, height, channels = 1 } = image;
  if (channels !== 1) throw new RangeError(`median of ${channels} channels: give one channel`);
  if (!(radius >= 0 && radius < Math.min(width, height))) {
    throw new RangeError(
      `median filter of radius ${radius} on ${width} x ${height} pixels: give a radius of at ` +
        `least 0 and below both sides`,
    );
  }
  const reach = Math.floor(radius);
  const disc: [number, number][] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      if (dx * dx + dy * dy <= radius * radius) disc.push([dx, dy]);
    }
  }
  const columns = mirrored(width, reach), rows = mirrored(height, reach);
  const filtered = new Float32Array(data.length);
  const sorted = new Float32Array(disc.length); // an odd number: the disc is symmetric
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < disc.length; k++) {
        const value = data[rows[y + disc[k][1] + reach] * width + columns[x + disc[k][0] + reach]];
        let place = k; // insertion sort: the disc is small
        while (place > 0 && sorted[place - 1] > value) sorted[place] = sorted[--place];
        sorted[place] = value;
      }
      filtered[y * width + x] = sorted[disc.length >> 1];
    }
  }
  return { data: filtered, width, height };
}

/** Positions -reach ... size - 1 + reach folded back into 0 ... size - 1. */
function mirrored(size: number, reach: number): Int32Array {
  return Int32Array.from({ length: size + 2 * reach }, (_, k) => {
    const i = Math.abs(k - reach);
    return i < size ? i : 2 * (size - 1) - i;
  });
}
