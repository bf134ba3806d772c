import type { Random } from "../random/mod.ts";

/**
 * A random field that varies over about `wavelength` pixels: normal values on a square lattice of that
 * spacing, joined by cubic B-splines, brought to mean 0 and standard deviation 1 over the picture.
 *
 * @param random where the lattice's values are drawn
 * @param width of the picture
 * @param height of the picture
 * @param wavelength spacing of the lattice in pixels, at least 1
 * @returns one value per pixel, row by row
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { smoothNoise } from "./smooth_noise.ts";
 *
 * console.log(smoothNoise(createRandom(1), 64, 64, 16).length); // 4096
 * ```
 */
export function smoothNoise(
  random: Random,
  width: number,
  height: number,
  wavelength: number,
): Float32Array {
  const columns = Math.ceil(width / wavelength) + 4, rows = Math.ceil(height / wavelength) + 4;
  const lattice = Float32Array.from({ length: columns * rows }, () => random.normal());
  // The lattice lies anywhere under the picture, or its knots would show at the same pixels each time.
  const along = spline(width, wavelength, random.uniform());
  const down = spline(height, wavelength, random.uniform());

  const wide = new Float32Array(rows * width); // every lattice row at every pixel column
  for (let r = 0; r < rows; r++) {
    for (let x = 0; x < width; x++) {
      const at = r * columns + along.first[x];
      const w = 4 * x;
      wide[r * width + x] = along.weights[w] * lattice[at] +
        along.weights[w + 1] * lattice[at + 1] +
        along.weights[w + 2] * lattice[at + 2] + along.weights[w + 3] * lattice[at + 3];
    }
  }
  const field = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [a, b, c, d] = down.weights.subarray(4 * y, 4 * y + 4);
    const r = down.first[y] * width;
    for (let x = 0; x < width; x++) {
      field[y * width + x] = a * wide[r + x] + b * wide[r + width + x] +
        c * wide[r + 2 * width + x] + d * wide[r + 3 * width + x];
    }
  }
  return standardize(field);
}

/** For each pixel the first of the four knots that reach it, and their cubic B-spline weights. */
function spline(size: number, wavelength: number, shift: number) {
  const first = new Int32Array(size), weights = new Float32Array(4 * size);
  for (let i = 0; i < size; i++) {
    const at = i / wavelength + shift, t = at - Math.floor(at), s = 1 - t;
    first[i] = Math.floor(at);
    weights[4 * i] = s * s * s / 6;
    weights[4 * i + 1] = (4 - 6 * t * t + 3 * t * t * t) / 6;
    weights[4 * i + 2] = (4 - 6 * s * s + 3 * s * s * s) / 6;
    weights[4 * i + 3] = t * t * t / 6;
  }
  return { first, weights };
}

/** Shifts and scales in place to mean 0 and standard deviation 1; a constant becomes 0. */
function standardize(field: Float32Array): Float32Array {
  let sum = 0, squares = 0;
  for (const v of field) {
    sum += v;
    squares += v * v;
  }
  const mean = sum / field.length;
  const std = Math.sqrt(Math.max(0, squares / field.length - mean * mean));
  const scale = std > 1e-12 ? 1 / std : 0;
  for (let i = 0; i < field.length; i++) field[i] = (field[i] - mean) * scale;
  return field;
}

/**
 * Noise of neighbouring pixels that are alike: white normal noise under a Gaussian of standard deviation
 * `sigma` pixels, brought to mean 0 and standard deviation 1.
 *
 * @param random where the white noise is drawn
 * @param width of the picture
 * @param height of the picture
 * @param sigma of the Gaussian in pixels; 0 leaves the noise white
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { grain } from "./smooth_noise.ts";
 *
 * console.log(grain(createRandom(1), 64, 64, 1.5).length); // 4096
 * ```
 */
export function grain(random: Random, width: number, height: number, sigma: number): Float32Array {
  const white = new Float32Array(width * height);
  for (let i = 0; i < white.length; i++) white[i] = random.normal();
  return standardize(gaussianBlur(white, width, height, sigma));
}

/**
 * A Gaussian blur, cut at three standard deviations; the edge pixels go on outside.
 *
 * @param values one per pixel; they are overwritten
 * @param width of the picture
 * @param height of the picture
 * @param sigma in pixels; 0 changes nothing
 * @returns `values`
 *
 * @example
 * ```ts
 * import { gaussianBlur } from "./smooth_noise.ts";
 *
 * console.log(gaussianBlur(Float32Array.of(0, 0, 1, 0, 0), 5, 1, 0.5)[2] < 1); // true
 * ```
 */
export function gaussianBlur(
  values: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Float32Array {
  if (!(sigma > 0)) return values;
  const reach = Math.ceil(3 * sigma);
  const kernel = Float32Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((a, b) => a + b);
  for (let i = 0; i < kernel.length; i++) kernel[i] /= total;

  const line = new Float32Array(Math.max(width, height) + 2 * reach);
  const blurLine = (start: number, step: number, size: number) => {
    for (let i = 0; i < size + 2 * reach; i++) {
      line[i] = values[start + step * Math.max(0, Math.min(size - 1, i - reach))];
    }
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k] * line[i + k];
      values[start + step * i] = sum;
    }
  };
  for (let y = 0; y < height; y++) blurLine(y * width, 1, width);
  for (let x = 0; x < width; x++) blurLine(x, width, height);
  return values;
}
