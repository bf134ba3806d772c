import {
  type Image,
  type LabelImage,
  mirrored,
  sampleLinear,
  sampleNearest,
} from "../image/mod.ts";
import type { Random } from "../random/mod.ts";
import { displacementsAt, randomDisplacements } from "./elastic_deformation.ts";
import { type Annotated, randomPlace, type RandomSampleOptions, type Sample } from "./sample.ts";

/** How far gray values vary; every amount is drawn uniformly between minus and plus the number. */
export interface GrayVariation {
  /** Contrast is multiplied by exp(amount). Default 0.2. */
  readonly contrast?: number;
  /** Brightness is shifted by the amount. Default 0.1. */
  readonly brightness?: number;
  /** Gray values are raised to the power exp(amount). Default 0.2. */
  readonly gamma?: number;
  /** Standard deviation of Gaussian noise added to every pixel (not drawn). Default 0. */
  readonly noise?: number;
}

/** Options of {@linkcode augmentedSample}. */
export interface AugmentationOptions {
  /**
   * Nodes along a side of the grid and standard deviation in pixels of its displacements; the grid spans the
   * whole picture. Default 3 and 10, the paper's; `false`: none.
   */
  readonly elastic?: { readonly nodes?: number; readonly sigma?: number } | false;
  /** Turns by an angle between minus and plus so many degrees. Default 180: any. The paper gives no amount. */
  readonly rotation?: number;
  /** Mirrors every second tile. Default true. */
  readonly mirror?: boolean;
  /** Default: {@linkcode GrayVariation}'s; `false`: none. The paper gives no amounts. */
  readonly gray?: GrayVariation | false;
  /**
   * Makes classes and weights from the deformed labels of the whole tile, for example
   * `(cells) => instanceTruth(cells, { classWeights })`: a weight map recomputed after the deformation, exact,
   * at the cost of one map per tile. Default: labels are taken as classes, weights are interpolated.
   */
  readonly truth?: (
    labels: LabelImage,
  ) => { readonly labels: LabelImage; readonly weights?: Image };
}

/**
 * A tile from a random place (that is the shift) of a random slice that is deformed, turned, mirrored and
 * changed in brightness: "we primarily need shift and rotation invariance as well as robustness to
 * deformations and gray value variations" (Sect. 3.1).
 *
 * All geometry is one resampling. A pixel u of the new picture shows the old picture at
 *
 *     c + R (u - c) + d(u)
 *
 * with the picture's centre c, a rotation R (with or without mirroring) and the elastic displacement d. Gray
 * values and weights are interpolated linearly, labels taken from the nearest pixel. Context outside the new
 * picture is the new picture mirrored, as at inference; where the old one has no pixel it is mirrored as well.
 *
 * @param data one-channel pictures and truth
 * @param options those of {@linkcode randomSample} and {@linkcode AugmentationOptions}
 * @throws {RangeError} as {@linkcode randomSample}; and if a picture has more than one channel
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { augmentedSample } from "./mod.ts";
 *
 * const slice = { data: new Float32Array(64 * 64), width: 64, height: 64 };
 * const truth = { data: new Int32Array(64 * 64), width: 64, height: 64 };
 * const data = { slices: [slice], labels: [truth] };
 * const { image, labels } = augmentedSample(data, { tileSide: 204, random: createRandom(1) });
 * console.log(image.width, labels.width); // 204 20
 * ```
 */
export function augmentedSample(
  data: Annotated,
  options: RandomSampleOptions & AugmentationOptions,
): Sample {
  const { tileSide, random, elastic = {}, rotation = 180, mirror = true, gray = {} } = options;
  if (!(rotation >= 0 && rotation <= 180)) {
    throw new RangeError(`rotation is an angle from 0 to 180 degrees; got ${rotation}`);
  }
  const { index, x, y, output, border } = randomPlace(data, options);
  const slice = data.slices[index], weights = data.weights?.[index];
  const { width, height, channels = 1 } = slice;
  if (channels !== 1) {
    throw new RangeError(
      `augmentation takes gray pictures; slice ${index} has ${channels} channels`,
    );
  }

  // The tile's columns and rows in the new picture, its context mirrored.
  const columns = Float64Array.from(
    { length: tileSide },
    (_, k) => mirrored(x - border + k, width),
  );
  const rows = Float64Array.from({ length: tileSide }, (_, k) => mirrored(y - border + k, height));
  const grid = randomDisplacements(random, elastic === false ? { nodes: 1, sigma: 0 } : elastic);
  const { dx, dy } = displacementsAt(grid, slice, columns, rows);
  const angle = random.uniform(-rotation, rotation) * Math.PI / 180;
  const cos = Math.cos(angle), sin = Math.sin(angle);
  const side = mirror && random.bool() ? -1 : 1;
  const cx = (width - 1) / 2, cy = (height - 1) / 2;
  for (let j = 0, i = 0; j < tileSide; j++) {
    const v = rows[j] - cy;
    for (let k = 0; k < tileSide; k++, i++) {
      const u = side * (columns[k] - cx);
      dx[i] += cx + cos * u - sin * v; // from here on: where the pixel comes from
      dy[i] += cy + sin * u + cos * v;
    }
  }

  const image = { data: sampleLinear(slice, dx, dy), width: tileSide, height: tileSide };
  const shown = gray === false ? image : varyGray(image, random, gray);
  const centre = (values: Float64Array) => cutCentre(values, tileSide, border, output);
  const size = { width: output, height: output };
  if (options.truth === undefined) {
    const xs = centre(dx), ys = centre(dy);
    return {
      image: shown,
      labels: { data: sampleNearest(data.labels[index], xs, ys), ...size },
      weights: weights && { data: sampleLinear(weights, xs, ys), ...size },
    };
  }
  const whole = { ...image, data: sampleNearest(data.labels[index], dx, dy) };
  const truth = options.truth(whole);
  return {
    image: shown,
    labels: { data: cutCentre(truth.labels.data, tileSide, border, output), ...size },
    weights: truth.weights &&
      { data: cutCentre(truth.weights.data, tileSide, border, output), ...size },
  };
}

/** The square of `output` pixels a side in the middle. */
function cutCentre<A extends Float64Array | Float32Array | Int32Array>(
  values: A,
  side: number,
  border: number,
  output: number,
): A {
  const out = new (values.constructor as new (length: number) => A)(output * output);
  for (let row = 0; row < output; row++) {
    const from = (border + row) * side + border;
    out.set(values.subarray(from, from + output), row * output);
  }
  return out;
}

/**
 * Changes contrast, brightness and gamma by random amounts, and adds noise; results stay in [0, 1].
 *
 *     g -> clip(m + e^a (g - m) + b)^(e^c) + noise,  m the picture's mean gray
 *
 * @param image gray values in [0, 1]
 * @param random where the amounts are drawn
 * @param options see {@linkcode GrayVariation}
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { varyGray } from "./mod.ts";
 *
 * const image = { data: Float32Array.of(0, 0.5, 1), width: 3, height: 1 };
 * const { data } = varyGray(image, createRandom(1));
 * console.log(data[0] < data[1] && data[1] < data[2]); // true
 * ```
 */
export function varyGray(
  image: Image,
  random: Random,
  { contrast = 0.2, brightness = 0.1, gamma = 0.2, noise = 0 }: GrayVariation = {},
): Image {
  const a = Math.exp(random.uniform(-contrast, contrast));
  const b = random.uniform(-brightness, brightness);
  const c = Math.exp(random.uniform(-gamma, gamma));
  const { data } = image;
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i];
  const m = sum / data.length;
  const clip = (g: number) => Math.min(1, Math.max(0, g));
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const g = Math.pow(clip(m + a * (data[i] - m) + b), c);
    out[i] = noise > 0 ? clip(g + random.normal(0, noise)) : g;
  }
  return { ...image, data: out };
}
