import { connectedComponents, type Image, type LabelImage, type Pixels } from "../image/mod.ts";
import { twoNearestCells } from "./two_nearest_cells.ts";

/** Weights of the two classes, the w_c of Eq. 2. */
export interface FixedClassWeights {
  readonly background: number;
  readonly foreground: number;
  /**
   * If given, the background's weight is the foreground's at a cell's edge and falls to `background` as
   * a Gaussian of the distance d1 with this standard deviation, in pixels.
   */
  readonly decay?: number;
}

/**
 * How w_c "balances the class frequencies". The paper gives no formula; our choices are
 *
 * - `"balanced"`: 1 / (2 f_c), f_c the fraction of the picture's pixels that are of class c. Both classes
 *   then weigh the same in sum, and the mean weight is 1. Where one class is missing every weight is 1.
 * - `"uniform"`: 1.
 * - numbers, for example {@linkcode balancedClassWeights} of a whole training set, or
 *   {@linkcode DISTANCE_DECAYED}.
 */
export type ClassWeights = "balanced" | "uniform" | FixedClassWeights;

/**
 * The class weights of the authors' later Fiji plugin (2018): 1 on cells, falling from 1 to 0.1 on the
 * background with the distance from the nearest cell (10 pixels). It goes with w0 = 50, sigma = 6 and
 * `borderTerm: "background"`.
 */
export const DISTANCE_DECAYED: FixedClassWeights = { background: 0.1, foreground: 1, decay: 10 };

/** Options of {@linkcode weightMap}. */
export interface WeightMapOptions {
  /** Height of the border term. Default 10, the paper's. */
  readonly w0?: number;
  /** Its width, pixels. Default 5, the paper's. */
  readonly sigma?: number;
  /** w_c. Default `"balanced"`. */
  readonly classWeights?: ClassWeights;
  /** Where the border term is added: as Eq. 2 is printed, everywhere (default), or on background only. */
  readonly borderTerm?: "everywhere" | "background";
  /**
   * First put a background pixel between cells that touch ({@linkcode separateTouchingCells}). The network
   * must then be trained on the separated labels, too. Default false.
   */
  readonly separateTouching?: boolean;
  /** The labels are a mask (not 0 = cell): its 4-connected components are the cells. Default false. */
  readonly binary?: boolean;
}

/**
 * The pixel-wise loss weight that makes the network learn the thin borders between touching cells:
 *
 *     w(x) = w_c(x) + w0 exp(-(d1(x) + d2(x))^2 / (2 sigma^2))                                  (Eq. 2)
 *
 * "where w_c is the weight map to balance the class frequencies, d1 denotes the distance to the border of
 * the nearest cell and d2 the distance to the border of the second nearest cell. In our experiments we set
 * w0 = 10 and sigma ~ 5 pixels" (Sect. 3). Distances are those of {@linkcode twoNearestCells}: inside a
 * cell d1 = 0.
 *
 * It is computed from the ground truth before training and never used at inference: `predict` takes none.
 *
 * @param labels one whole number per cell, 0 = background; or a mask, see `binary`
 * @param options see {@linkcode WeightMapOptions}
 * @returns w, of the labels' size. With fewer than two cells the border term is 0.
 * @throws {RangeError} if sigma is not positive or a weight is negative or not finite
 *
 * @example
 * ```ts
 * import { weightMap } from "./mod.ts";
 *
 * const twoCells = { data: Int32Array.of(1, 1, 1, 0, 2, 2, 2), width: 7, height: 1 };
 * const { data } = weightMap(twoCells, { classWeights: "uniform" });
 * console.log(data[3].toFixed(2)); // 10.23 = 1 + 10 exp(-(1 + 1)^2 / 50)
 * ```
 */
export function weightMap(labels: Image<Pixels>, options: WeightMapOptions = {}): Image {
  const { w0 = 10, sigma = 5, classWeights = "balanced", borderTerm = "everywhere" } = options;
  requireNumbers(w0, sigma, classWeights);
  let cells = options.binary ? connectedComponents(labels, { connectivity: 4 }) : whole(labels);
  if (options.separateTouching) cells = separateTouchingCells(cells);
  const { data, width, height } = cells;
  const { d1: { data: d1 }, d2: { data: d2 } } = twoNearestCells(cells);
  const { background, foreground, decay } = classWeights === "balanced"
    ? balancedClassWeights([cells])
    : classWeights === "uniform"
    ? { background: 1, foreground: 1, decay: undefined }
    : classWeights;

  const w = new Float32Array(data.length);
  const everywhere = borderTerm === "everywhere";
  const scale = 1 / (2 * sigma * sigma), decayScale = 1 / (2 * (decay ?? Infinity) ** 2);
  for (let i = 0; i < w.length; i++) {
    const cell = data[i] !== 0;
    let value = cell ? foreground : background;
    if (decay !== undefined && !cell) {
      value += (foreground - background) * Math.exp(-d1[i] * d1[i] * decayScale);
    }
    if (everywhere || !cell) {
      const z = (d1[i] + d2[i]) * (d1[i] + d2[i]) * scale;
      if (z < NO_MORE) value += w0 * Math.exp(-z);
    }
    w[i] = value;
  }
  return { data: w, width, height };
}

/**
 * What a network is trained on, made from cells: classes (1 = cell), with the gaps that
 * `separateTouching` asks for, and the weight map.
 *
 * @param labels as for {@linkcode weightMap}
 * @param options as for {@linkcode weightMap}; here `separateTouching` is true by default
 *
 * @example
 * ```ts
 * import { instanceTruth } from "./mod.ts";
 *
 * const cells = { data: Int32Array.of(7, 7, 9, 9), width: 4, height: 1 };
 * const { labels, weights } = instanceTruth(cells);
 * console.log(labels.data, weights.data[2] > weights.data[1]); // [1, 1, 0, 1] true
 * ```
 */
export function instanceTruth(
  labels: Image<Pixels>,
  options: WeightMapOptions = {},
): { labels: LabelImage; weights: Image } {
  let cells = options.binary ? connectedComponents(labels, { connectivity: 4 }) : whole(labels);
  if (options.separateTouching ?? true) cells = separateTouchingCells(cells);
  const { width, height } = cells;
  return {
    labels: { data: Int32Array.from(cells.data, (v) => Number(v !== 0)), width, height },
    weights: weightMap(cells, { ...options, binary: false, separateTouching: false }),
  };
}

/** exp(-50) is 2e-22: added to a weight it is lost in 32 bits. */
const NO_MORE = 50;

/**
 * Class weights that make both classes weigh the same over a whole training set: 1 / (2 f_c).
 *
 * @param labels of every picture; 0 = background, anything else = foreground
 * @returns weights, both 1 if a class is missing
 *
 * @example
 * ```ts
 * import { balancedClassWeights } from "./mod.ts";
 *
 * const labels = { data: Uint8Array.of(0, 1, 1, 1), width: 4, height: 1 };
 * console.log(balancedClassWeights([labels])); // { background: 2, foreground: 0.666... }
 * ```
 */
export function balancedClassWeights(labels: readonly Image<Pixels>[]): FixedClassWeights {
  let pixels = 0, cells = 0;
  for (const { data } of labels) {
    pixels += data.length;
    for (let i = 0; i < data.length; i++) if (data[i] !== 0) cells++;
  }
  if (cells === 0 || cells === pixels) return { background: 1, foreground: 1 };
  return { background: pixels / (2 * (pixels - cells)), foreground: pixels / (2 * cells) };
}

/**
 * Puts one pixel of background between cells that touch, also across a corner: "the separation border is
 * computed using morphological operations" (Sect. 3; which, is not said). A pixel goes to the background
 * if one of its neighbours above or to the left (of all eight, those that come before it row by row) is
 * still another cell's, so that of two touching pixels the later one goes, and the gap is one pixel wide.
 *
 * @param labels one whole number per cell, 0 = background
 *
 * @example
 * ```ts
 * import { separateTouchingCells } from "./mod.ts";
 *
 * const labels = { data: Int32Array.of(1, 1, 2, 2), width: 4, height: 1 };
 * console.log(separateTouchingCells(labels).data); // [1, 1, 0, 2]
 * ```
 */
export function separateTouchingCells({ data, width, height }: LabelImage): LabelImage {
  const out = Int32Array.from(data);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const cell = out[i];
      if (cell === 0) continue;
      const differs = (j: number) => out[j] !== 0 && out[j] !== cell;
      if (
        (x > 0 && differs(i - 1)) ||
        (y > 0 && (differs(i - width) || (x > 0 && differs(i - width - 1)) ||
          (x + 1 < width && differs(i - width + 1))))
      ) out[i] = 0;
    }
  }
  return { data: out, width, height };
}

/** Labels as 32-bit whole numbers. */
function whole({ data, width, height, channels = 1 }: Image<Pixels>): LabelImage {
  if (channels !== 1 || data.length !== width * height) {
    throw new RangeError(
      `labels of ${width} x ${height} have one value per pixel; got ${data.length} values in ` +
        `${channels} channels`,
    );
  }
  return { data: data instanceof Int32Array ? data : Int32Array.from(data), width, height };
}

function requireNumbers(w0: number, sigma: number, weights: ClassWeights) {
  if (!(sigma > 0)) throw new RangeError(`sigma is a positive number of pixels; got ${sigma}`);
  if (!(w0 >= 0 && Number.isFinite(w0))) {
    throw new RangeError(`w0 is a weight, at least 0; got ${w0}`);
  }
  if (typeof weights === "string") return;
  const { background, foreground, decay } = weights;
  if (!(background >= 0 && foreground >= 0 && Number.isFinite(background + foreground))) {
    throw new RangeError(
      `class weights are at least 0; got background ${background}, foreground ${foreground}`,
    );
  }
  if (decay !== undefined && !(decay > 0)) {
    throw new RangeError(`the decay is a positive number of pixels; got ${decay}`);
  }
}
