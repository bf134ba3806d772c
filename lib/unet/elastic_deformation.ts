import {
  type Image,
  type LabelImage,
  type Pixels,
  sampleLinear,
  sampleNearest,
} from "../image/mod.ts";
import type { Random } from "../random/mod.ts";

/** Displacements at the nodes of a coarse grid, which spans the picture from corner to corner. */
export interface DisplacementGrid {
  readonly rows: number;
  readonly columns: number;
  /** To the right, pixels; row by row. */
  readonly dx: ArrayLike<number>;
  /** Down, pixels; row by row. */
  readonly dy: ArrayLike<number>;
}

/** A displacement for every pixel, row by row: the deformed picture at p is the picture at p + d(p). */
export interface DisplacementField {
  readonly width: number;
  readonly height: number;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

/**
 * What "bicubic" is taken to mean; both go through the displacements at the nodes.
 *
 * - `"spline"`: the interpolating cubic B-spline, mirrored at the edges, twice continuously
 *   differentiable; what SciPy and the `elasticdeform` package do. Our default.
 * - `"convolution"`: Keys's cubic convolution with a = -1/2 (Catmull-Rom), the last node repeated; what
 *   image libraries call bicubic.
 */
export type GridInterpolation = "spline" | "convolution";

/** Options of {@linkcode randomDisplacements}. */
export interface RandomDisplacementsOptions {
  /** Nodes along each side. Default 3, the paper's. */
  readonly nodes?: number;
  /** Standard deviation of each coordinate, pixels. Default 10, the paper's. */
  readonly sigma?: number;
}

/**
 * "We generate smooth deformations using random displacement vectors on a coarse 3 by 3 grid. The
 * displacements are sampled from a Gaussian distribution with 10 pixels standard deviation" (Sect. 3.1).
 *
 * @param random where they are drawn
 * @param options see {@linkcode RandomDisplacementsOptions}
 * @throws {RangeError} if a number is out of range
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { displacementField, randomDisplacements } from "./mod.ts";
 *
 * const grid = randomDisplacements(createRandom(1));
 * const field = displacementField(grid, 512, 512);
 * console.log(Math.abs(field.dx[0] - grid.dx[0]) < 1e-9); // true: the field goes through the nodes
 * ```
 */
export function randomDisplacements(
  random: Random,
  { nodes = 3, sigma = 10 }: RandomDisplacementsOptions = {},
): DisplacementGrid {
  if (!Number.isSafeInteger(nodes) || nodes < 1) {
    throw new RangeError(
      `a grid has a whole number of nodes along a side, at least 1; got ${nodes}`,
    );
  }
  if (!(sigma >= 0 && Number.isFinite(sigma))) {
    throw new RangeError(`sigma is a number of pixels, at least 0; got ${sigma}`);
  }
  const draw = () => Array.from({ length: nodes * nodes }, () => random.normal(0, sigma));
  return { rows: nodes, columns: nodes, dx: draw(), dy: draw() };
}

/**
 * "Per-pixel displacements are then computed using bicubic interpolation" (Sect. 3.1).
 *
 * @param grid displacements at the nodes
 * @param width of the picture, pixels
 * @param height of the picture, pixels
 * @param interpolation see {@linkcode GridInterpolation}. Default `"spline"`.
 * @throws {RangeError} if the grid's numbers do not fit
 *
 * @example See {@linkcode randomDisplacements}.
 */
export function displacementField(
  grid: DisplacementGrid,
  width: number,
  height: number,
  interpolation: GridInterpolation = "spline",
): DisplacementField {
  const columns = Float64Array.from({ length: width }, (_, x) => x);
  const rows = Float64Array.from({ length: height }, (_, y) => y);
  return displacementsAt(grid, { width, height }, columns, rows, interpolation);
}

/**
 * The displacements on some rows and columns of the picture only.
 *
 * @param grid displacements at the nodes
 * @param picture whose corners the grid's corner nodes stand on
 * @param columns positions, pixels
 * @param rows positions, pixels
 * @returns a field of `columns.length` x `rows.length`
 *
 * @example
 * ```ts
 * import { displacementsAt } from "./mod.ts";
 *
 * const grid = { rows: 1, columns: 2, dx: [0, 8], dy: [0, 0] };
 * const { dx } = displacementsAt(grid, { width: 9, height: 9 }, [0, 4, 8], [5]);
 * console.log(dx); // [0, 4, 8]
 * ```
 */
export function displacementsAt(
  grid: DisplacementGrid,
  picture: { readonly width: number; readonly height: number },
  columns: ArrayLike<number>,
  rows: ArrayLike<number>,
  interpolation: GridInterpolation = "spline",
): DisplacementField {
  const count = grid.rows * grid.columns;
  if (!(count >= 1) || grid.dx.length !== count || grid.dy.length !== count) {
    throw new RangeError(
      `a grid of ${grid.rows} x ${grid.columns} nodes needs as many displacements; got ` +
        `${grid.dx.length} in x and ${grid.dy.length} in y`,
    );
  }
  const width = columns.length, height = rows.length, C = grid.columns;
  const across = nodeWeights(C, columns, picture.width, interpolation); // [width, C]
  const down = nodeWeights(grid.rows, rows, picture.height, interpolation); // [height, rows]
  const interpolate = (nodes: ArrayLike<number>) => {
    const out = new Float64Array(width * height), line = new Float64Array(C);
    for (let y = 0, i = 0; y < height; y++) {
      for (let c = 0; c < C; c++) { // the nodes' values on this row
        line[c] = 0;
        for (let r = 0; r < grid.rows; r++) line[c] += down[y * grid.rows + r] * nodes[r * C + c];
      }
      for (let x = 0; x < width; x++, i++) {
        let sum = 0;
        for (let c = 0; c < C; c++) sum += across[x * C + c] * line[c];
        out[i] = sum;
      }
    }
    return out;
  };
  return { width, height, dx: interpolate(grid.dx), dy: interpolate(grid.dy) };
}

/**
 * Pulls a picture through a field: the value at p is that of the picture at p + d(p); what lies outside is
 * the picture mirrored.
 *
 * @param image one channel, of the field's size
 * @param field from {@linkcode displacementField}
 * @param sampling `"linear"` between the four pixels around for gray values and weights, `"nearest"` for
 * labels. Default `"linear"`.
 * @throws {RangeError} if the sizes differ
 *
 * @example
 * ```ts
 * import { deform } from "./mod.ts";
 *
 * const image = { data: Float32Array.of(1, 2, 3, 4), width: 4, height: 1 };
 * const field = { width: 4, height: 1, dx: new Float64Array(4).fill(0.5), dy: new Float64Array(4) };
 * console.log(deform(image, field).data); // [1.5, 2.5, 3.5, 3.5]
 * ```
 */
export function deform(image: Image<Pixels>, field: DisplacementField, sampling?: "linear"): Image;
export function deform<P extends Pixels>(
  image: Image<P>,
  field: DisplacementField,
  sampling: "nearest",
): Image<P>;
export function deform(
  image: Image<Pixels>,
  field: DisplacementField,
  sampling: "linear" | "nearest" = "linear",
): Image<Pixels> {
  const { width, height, channels = 1 } = image;
  if (width !== field.width || height !== field.height || channels !== 1) {
    throw new RangeError(
      `a field of ${field.width} x ${field.height} cannot deform a picture of ${width} x ${height} with ` +
        `${channels} channels: the same size and one channel are needed`,
    );
  }
  const xs = field.dx.map((d, i) => i % width + d);
  const ys = field.dy.map((d, i) => Math.floor(i / width) + d);
  const data = sampling === "linear" ? sampleLinear(image, xs, ys) : sampleNearest(image, xs, ys);
  return { data, width, height };
}

/** A picture with what belongs to it. */
export interface Deformable {
  readonly image: Image;
  readonly labels?: LabelImage;
  readonly weights?: Image;
}

/**
 * The paper's key augmentation: one random smooth deformation, the same for the picture, its labels
 * (nearest pixel) and its weight map (interpolated; the map of the deformed labels differs a little, see
 * `truth` of {@linkcode augmentedSample}).
 *
 * @param sample one channel each, all of one size
 * @param options `random`, and those of {@linkcode randomDisplacements}; `interpolation` of the grid
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { elasticDeformation } from "./mod.ts";
 *
 * const image = { data: new Float32Array(100 * 100).fill(0.5), width: 100, height: 100 };
 * const labels = { data: new Int32Array(100 * 100).fill(1), width: 100, height: 100 };
 * const bent = elasticDeformation({ image, labels }, { random: createRandom(1) });
 * console.log(bent.labels!.data.every((label) => label === 1)); // true
 * ```
 */
export function elasticDeformation(
  { image, labels, weights }: Deformable,
  { random, interpolation, ...options }: RandomDisplacementsOptions & {
    readonly random: Random;
    readonly interpolation?: GridInterpolation;
  },
): Deformable {
  const grid = randomDisplacements(random, options);
  const field = displacementField(grid, image.width, image.height, interpolation);
  return {
    image: deform(image, field),
    labels: labels && deform(labels, field, "nearest"),
    weights: weights && deform(weights, field),
  };
}

/** How much each of `count` nodes counts at each position: [positions, count]. */
function nodeWeights(
  count: number,
  positions: ArrayLike<number>,
  size: number,
  interpolation: GridInterpolation,
): Float64Array {
  const weights = new Float64Array(positions.length * count);
  if (count === 1) return weights.fill(1);
  const spline = interpolation === "spline" ? splineCoefficients(count) : undefined;
  for (let p = 0; p < positions.length; p++) {
    const t = size === 1 ? 0 : positions[p] * (count - 1) / (size - 1); // in units of the nodes' distance
    const first = Math.floor(t) - 1;
    for (let k = first; k < first + 4; k++) {
      if (spline === undefined) {
        weights[p * count + Math.min(Math.max(k, 0), count - 1)] += keys(t - k);
      } else {
        const mirroredK = Math.abs((k + count - 1) % (2 * (count - 1)) - (count - 1));
        const b = cubicBSpline(t - k);
        for (let n = 0; n < count; n++) weights[p * count + n] += b * spline[mirroredK][n];
      }
    }
  }
  return weights;
}

/** Keys's kernel, a = -1/2. */
function keys(t: number): number {
  const s = Math.abs(t);
  if (s >= 2) return 0;
  return s <= 1 ? (1.5 * s - 2.5) * s * s + 1 : ((-0.5 * s + 2.5) * s - 4) * s + 2;
}

/** The cubic B-spline: 2/3 at 0, 1/6 at 1. */
function cubicBSpline(t: number): number {
  const s = Math.abs(t);
  if (s >= 2) return 0;
  return s <= 1 ? 2 / 3 - s * s + s * s * s / 2 : (2 - s) ** 3 / 6;
}

/**
 * The B-spline coefficients [k][n] of a spline that is 1 at node n and 0 at the others: the inverse of the
 * matrix (c[k - 1] + 4 c[k] + c[k + 1]) / 6 with c mirrored at both ends.
 */
function splineCoefficients(count: number): number[][] {
  const rows = Array.from({ length: count }, (_, k) => {
    const row = new Array<number>(2 * count).fill(0);
    row[k] = 4 / 6;
    row[k === 0 ? 1 : k - 1] += 1 / 6;
    row[k === count - 1 ? count - 2 : k + 1] += 1 / 6;
    row[count + k] = 1; // the identity, which elimination turns into the inverse
    return row;
  });
  for (let k = 0; k < count; k++) { // diagonally dominant: no pivoting needed
    const pivot = rows[k][k];
    for (let j = 0; j < 2 * count; j++) rows[k][j] /= pivot;
    for (let i = 0; i < count; i++) {
      const factor = rows[i][k];
      if (i === k || factor === 0) continue;
      for (let j = 0; j < 2 * count; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return rows.map((row) => row.slice(count));
}
