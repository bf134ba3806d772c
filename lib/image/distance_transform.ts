import type { Image, Pixels } from "./image.ts";

/**
 * The exact Euclidean distance transform: how far each pixel's centre is from that of the nearest
 * pixel of the mask; 0 on the mask itself, Infinity everywhere if the mask is empty.
 *
 * Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions" (Theory of Computing
 * 8:415, 2012): the squared distance is a lower envelope of parabolas, taken down the columns and
 * then along the rows; linear in the pixels. Squared distances are whole numbers and exact.
 *
 * Note the direction: `scipy.ndimage.distance_transform_edt(x)` measures the distance to the nearest
 * zero of x, so it is `distanceTransform` of the inverted picture.
 *
 * @param mask above 0 (or not 0) = the set to measure the distance from; one channel
 * @returns distances in pixels
 * @throws {RangeError} if the picture has more than one channel
 *
 * @example
 * ```ts
 * import { distanceTransform } from "./mod.ts";
 *
 * const mask = { data: Uint8Array.of(1, 0, 0, 0, 0, 0), width: 3, height: 2 };
 * console.log(distanceTransform(mask).data); // [0, 1, 2, 1, 1.414..., 2.236...]
 * ```
 */
export function distanceTransform(mask: Image<Pixels>): Image<Float64Array> {
  const squared = squaredDistanceTransform(mask);
  const distance = squared.data;
  for (let i = 0; i < distance.length; i++) distance[i] = Math.sqrt(distance[i]);
  return squared;
}

/**
 * The squares of {@linkcode distanceTransform}'s distances: whole numbers, exact.
 *
 * @example
 * ```ts
 * import { squaredDistanceTransform } from "./mod.ts";
 *
 * const mask = { data: Uint8Array.of(1, 0, 0, 0, 0, 0), width: 3, height: 2 };
 * console.log(squaredDistanceTransform(mask).data); // [0, 1, 4, 1, 2, 5]
 * ```
 */
export function squaredDistanceTransform(mask: Image<Pixels>): Image<Float64Array> {
  const { data, width, height, channels = 1 } = mask;
  if (channels !== 1) {
    throw new RangeError(`distance transform of ${channels} channels: give one channel`);
  }
  const squared = new Float64Array(width * height);

  // Down and up the columns: the distance to the nearest mask pixel of the same column.
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      squared[i] = data[i] !== 0 ? 0 : y > 0 ? squared[i - width] + 1 : Infinity;
    }
  }
  for (let y = height - 2; y >= 0; y--) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      squared[i] = Math.min(squared[i], squared[i + width] + 1);
    }
  }
  for (let i = 0; i < squared.length; i++) squared[i] *= squared[i];

  // Along the rows: min over q of (x - q)^2 + f(q), the lower envelope of parabolas.
  const f = new Float64Array(width);
  const vertex = new Int32Array(width); // where the k-th parabola of the envelope stands
  const from = new Float64Array(width + 1); // where it begins to be the lowest
  for (let y = 0; y < height; y++) {
    const row = squared.subarray(y * width, (y + 1) * width);
    f.set(row);
    let k = -1; // the last parabola of the envelope
    for (let q = 0; q < width; q++) {
      if (f[q] === Infinity) continue;
      let s = -Infinity;
      while (k >= 0) {
        const v = vertex[k];
        s = (f[q] + q * q - (f[v] + v * v)) / (2 * (q - v)); // where parabola q undercuts v
        if (s > from[k]) break;
        k--;
        s = -Infinity;
      }
      vertex[++k] = q;
      from[k] = s;
    }
    if (k < 0) continue; // no mask pixel in any column: Infinity stays
    from[k + 1] = Infinity;
    for (let x = 0, j = 0; x < width; x++) {
      while (from[j + 1] < x) j++;
      row[x] = (x - vertex[j]) ** 2 + f[vertex[j]];
    }
  }
  return { data: squared, width, height };
}
