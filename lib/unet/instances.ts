/**
 * Cells as objects, each with a number of its own: what surrounds a U-Net that only tells cell from
 * background. Before it, the truth in which touching cells are kept apart; after it, objects made of
 * probabilities.
 *
 * @module
 */
import {
  connectedComponents,
  distanceTransform,
  type Image,
  type LabelImage,
  relabel,
  removeSmallObjects,
  resizeLinear,
  resizeNearest,
  watershed,
} from "../image/mod.ts";
import { predict, type PredictOptions } from "./overlap_tile.ts";
import type { Annotated } from "./sample.ts";
import type { UNet } from "./unet.ts";
import { instanceTruth, type WeightMapOptions } from "./weight_map.ts";

/** The label of a pixel that nobody has annotated: the loss has no weight there. */
export const NOT_ANNOTATED = -1;

/**
 * A frame as the network sees it: smaller by a whole factor (the mean over squares), and brought to one
 * brightness and contrast, 0.5 + (g - mean) / (8 standard deviations), cut off at 0 and 1.
 *
 * Both are our choice. The paper takes frames as they are; a smaller frame shows the same network twice the
 * surroundings at a quarter of the work, and microscopes differ in exposure.
 *
 * @param frame gray, one channel
 * @param shrink the factor. Default 2; columns and rows that do not fill a square at the end are left out
 * @throws {RangeError} if the factor is not a whole number of at least 1, or the frame too small for it
 *
 * @example
 * ```ts
 * import { prepareFrame } from "./mod.ts";
 *
 * const frame = { data: Float32Array.of(0.2, 0.4, 0.6, 0.8, 0.4, 0.2, 0.8, 0.6), width: 4, height: 2 };
 * console.log(prepareFrame(frame, 2).data); // [0.375, 0.625]: dark and bright
 * ```
 */
export function prepareFrame(frame: Image, shrink = 2): Image {
  const { data, width: w, height: h, channels = 1 } = frame;
  const width = Math.floor(w / shrink), height = Math.floor(h / shrink);
  if (!Number.isSafeInteger(shrink) || shrink < 1 || width < 1 || height < 1 || channels !== 1) {
    throw new RangeError(
      `a gray frame is made smaller by a whole number of at least 1; got ${w} x ${h} x ${channels} ` +
        `and the factor ${shrink}`,
    );
  }
  const small = new Float32Array(width * height);
  let sum = 0, squares = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let mean = 0;
      for (let dy = 0; dy < shrink; dy++) {
        for (let dx = 0; dx < shrink; dx++) mean += data[(y * shrink + dy) * w + x * shrink + dx];
      }
      small[i] = mean / (shrink * shrink);
      sum += small[i];
      squares += small[i] * small[i];
    }
  }
  const mean = sum / small.length;
  const std = Math.sqrt(Math.max(0, squares / small.length - mean * mean));
  const scale = std > 1e-6 ? 1 / (8 * std) : 0;
  for (let i = 0; i < small.length; i++) {
    small[i] = Math.min(1, Math.max(0, 0.5 + (small[i] - mean) * scale));
  }
  return { data: small, width, height };
}

/**
 * Frames and cells as a network is trained on them: each frame by {@linkcode prepareFrame}, the cells in
 * the same size, {@linkcode NOT_ANNOTATED} where nobody has looked. Goes with {@linkcode cellTruth}.
 *
 * @param data frames, a number for every cell, and where the truth is known (absent: everywhere)
 * @param shrink as for {@linkcode prepareFrame}
 * @throws {RangeError} if frames and cells do not belong together
 *
 * @example
 * ```ts
 * import { prepareCells } from "./mod.ts";
 *
 * const slice = { data: new Float32Array(16), width: 4, height: 4 };
 * const cells = { data: new Int32Array(16).fill(3), width: 4, height: 4 };
 * console.log(prepareCells({ slices: [slice], instances: [cells] }).labels[0].data); // [3, 3, 3, 3]
 * ```
 */
export function prepareCells(
  { slices, instances, annotated }: {
    readonly slices: readonly Image[];
    readonly instances: readonly LabelImage[];
    readonly annotated?: readonly Image<Uint8Array>[];
  },
  shrink = 2,
): Annotated {
  if (slices.length !== instances.length) {
    throw new RangeError(
      `every frame needs its cells; got ${slices.length} frames and ${instances.length} label images`,
    );
  }
  const frames = slices.map((frame) => prepareFrame(frame, shrink));
  const labels = instances.map((cells, k) => {
    const known = annotated?.[k].data;
    const data = cells.data.map((id, i) => known && known[i] === 0 ? NOT_ANNOTATED : id);
    return resizeNearest({ ...cells, data }, frames[k].width, frames[k].height);
  });
  return { slices: frames, labels };
}

/**
 * The truth of a deformed tile of cells, for `augmentedSample`'s `truth`: classes with a gap between
 * touching cells and the weight map recomputed after the deformation ({@linkcode instanceTruth}), both 0
 * where nobody has annotated. A gap between two annotated cells keeps its weight wherever it lies.
 *
 * @param options of the weight map
 *
 * @example
 * ```ts
 * import { cellTruth } from "./mod.ts";
 *
 * const tile = { data: Int32Array.of(7, 7, 9, 9, 0, -1), width: 6, height: 1 };
 * const { labels, weights } = cellTruth()(tile);
 * console.log(labels.data, weights.data[5]); // [1, 1, 0, 1, 0, 0] 0
 * ```
 */
export function cellTruth(
  options: WeightMapOptions = {},
): (tile: LabelImage) => { labels: LabelImage; weights: Image } {
  return (tile) => {
    const cells = { ...tile, data: tile.data.map((id) => Math.max(0, id)) };
    const { labels, weights } = instanceTruth(cells, options);
    for (let i = 0; i < tile.data.length; i++) if (tile.data[i] < 0) weights.data[i] = 0;
    return { labels, weights };
  };
}

/** How {@linkcode instancesOf} makes objects of probabilities. */
export interface InstanceOptions {
  /** Pixels above it are cell. Default 0.5. */
  readonly threshold?: number;
  /** A seed consists of pixels above it. Default 0.5. */
  readonly seedThreshold?: number;
  /** Doubtful spots inside of fewer pixels than this are vesicles and no gaps. Default 0: none. */
  readonly spotSize?: number;
  /** A seed lies deeper inside than so many pixels: cuts bridges of twice that width. Default 4. */
  readonly seedDepth?: number;
  /** Objects and seeds of fewer pixels (as they are after the growth) vanish. Default 500. */
  readonly minimumSize?: number;
}

/**
 * Objects made of probabilities: what lies deep inside the sure pixels are the seeds, one for each cell;
 * a watershed on 1 - p lets them grow over all pixels above the threshold, until they meet; what stays
 * small is left out, holes are filled. Which options are best depends on the network: they are chosen on
 * pictures it was trained on, never on those it is judged by.
 *
 * With `seedDepth` 0 and equal thresholds the seeds are the connected components themselves, which is all
 * the authors did: "min segment area 500 px" in their release. Then one pixel of doubt in a gap joins two
 * cells, and SEG loses one of them; the depth makes up for a network trained for minutes.
 *
 * @param probabilities of cell, in [0, 1]
 * @param options see {@linkcode InstanceOptions}
 * @returns objects 1, 2, ...; 0 = background. Objects may touch
 *
 * @example
 * ```ts
 * import { instancesOf } from "./mod.ts";
 *
 * const p = { data: Float32Array.of(0.9, 0.9, 0.6, 0.9, 0.9, 0.1), width: 6, height: 1 };
 * const options = { seedThreshold: 0.8, seedDepth: 0, minimumSize: 2 };
 * console.log(instancesOf(p, options).data); // [1, 1, 1, 2, 2, 0]
 * ```
 */
export function instancesOf(probabilities: Image, options: InstanceOptions = {}): LabelImage {
  const { threshold = 0.5, seedThreshold = 0.5, spotSize = 0, seedDepth = 4, minimumSize = 500 } =
    options;
  const { data: p, width, height } = probabilities;
  const size = { width, height };
  const unsure = { data: Uint8Array.from(p, (v) => v > seedThreshold ? 0 : 1), ...size };
  const gaps = removeSmallObjects(connectedComponents(unsure), spotSize);
  const depth = distanceTransform(gaps).data;
  const seeds = connectedComponents({
    data: Uint8Array.from(depth, (d) => d > seedDepth ? 1 : 0),
    ...size,
  });
  // Gray levels, so that equal heights are flooded from all sides at the same pace.
  const landscape = { data: Uint8Array.from(p, (v) => Math.round(255 * (1 - v))), ...size };
  const basins = watershed(landscape, { markers: seeds });
  const data = Int32Array.from(basins.data, (id, i) => p[i] > threshold ? id : NOT_ANNOTATED);
  for (let i = 0; i < data.length; i++) { // dams go to a neighbour
    if (data[i] !== 0) continue;
    const x = i % width;
    data[i] = Math.max(
      x > 0 ? data[i - 1] : 0,
      i >= width ? data[i - width] : 0,
      x + 1 < width ? data[i + 1] : 0,
      i + width < data.length ? data[i + width] : 0,
    );
  }
  const cells = { data: data.map((id) => Math.max(0, id)), ...size };
  const { data: kept } = relabel(filledHoles(removeSmallObjects(cells, minimumSize)));
  return { data: kept, ...size };
}

/** Background that a single object surrounds becomes part of it. */
function filledHoles(cells: LabelImage): LabelImage {
  const { data, width, height } = cells;
  const background = { data: Uint8Array.from(data, (id) => id === 0 ? 1 : 0), width, height };
  const { data: holes, count } = connectedComponents(background);
  const around = new Int32Array(count + 1); // the only object seen so far; -1: several, or the edge
  for (let i = 0; i < data.length; i++) {
    const hole = holes[i];
    if (hole === 0) continue;
    const x = i % width, y = Math.floor(i / width);
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) {
      around[hole] = -1;
      continue;
    }
    for (const j of [i - 1, i + 1, i - width, i + width]) {
      const id = data[j];
      if (id !== 0 && around[hole] !== id) around[hole] = around[hole] === 0 ? id : -1;
    }
  }
  return { ...cells, data: data.map((id, i) => id === 0 ? Math.max(0, around[holes[i]]) : id) };
}

/**
 * The probability of cell at every pixel of a frame, by a network trained on smaller frames: the frame is
 * prepared ({@linkcode prepareFrame}), predicted tile by tile and the answer interpolated to the frame's size.
 *
 * @param net trained on {@linkcode prepareCells}
 * @param frame as recorded
 * @param options those of `predict`; `shrink` as in training, default 2
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { predictCells, UNet } from "./mod.ts";
 *
 * const net = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(1) });
 * const frame = { data: new Float32Array(60 * 40).fill(0.5), width: 60, height: 40 };
 * const { width, height } = await predictCells(net, frame);
 * console.log(width, height); // 60 40
 * ```
 */
export async function predictCells(
  net: UNet,
  frame: Image,
  { shrink = 2, ...options }: PredictOptions & { readonly shrink?: number } = {},
): Promise<Image> {
  const small = await predict(net, prepareFrame(frame, shrink), options);
  return resizeLinear(small, frame.width, frame.height);
}
