/**
 * The overlap-tile strategy: "seamless segmentation of arbitrary large images" (Sect. 2, Fig. 2).
 *
 * Legend of shapes: B tiles in a batch, h and w sides, K classes.
 *
 * @module
 */
import { tf } from "../backend/mod.ts";
import { type DihedralView, type Image, mirrorWindow } from "../image/mod.ts";
import { watchInterrupt } from "../io/mod.ts";
import { averageViews } from "./test_time_averaging.ts";
import { type Padding, PAPER_DEPTH, tileCovering, tileSize } from "./tile_sizes.ts";
import type { UNet } from "./unet.ts";

/** A rectangle of pixels; x and y may lie outside the picture. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One tile: what the network reads, and the part of the picture that is taken from its answer. */
export interface Tile {
  /** What goes in; reaches beyond the picture where the context is mirrored. */
  readonly input: Rectangle;
  /** What is kept of what comes out: these pixels of the picture, the top left ones of the answer. */
  readonly kept: Rectangle;
}

/** How a picture is covered by tiles. */
export interface TilePlan {
  readonly tiles: readonly Tile[];
  /** Sides of every input tile, pixels. */
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** Sides of every output, pixels; a little more than what is kept of it. */
  readonly outputWidth: number;
  readonly outputHeight: number;
}

/** The paper's tile side (Fig. 1). */
export const PAPER_TILE = 572;

/**
 * Covers a picture with tiles whose kept parts fill it without gap or overlap.
 *
 * Seams are absent, not just faint: neighbouring tiles start a multiple of 2^depth pixels apart, so that
 * every pooling window covers the same pixels of the picture in whichever tile it is computed, and a kept
 * pixel is the same function of the same pixels as in one huge tile. (With the tiles set output to output,
 * 388 apart at 572, the pooling grids of neighbours would be 388 mod 16 = 4 pixels out of step.)
 *
 * @param width of the picture, pixels
 * @param height of the picture, pixels
 * @param options `tileSide`: the largest tile wanted, a valid side; smaller ones are taken where they
 * cover the picture in as few tiles. Default 572, the paper's. `depth`: default 4. `padding`: default "valid";
 * with "same" there is no context to overlap, tiles stand side by side, and seams are to be expected.
 * @throws {RangeError} if the tile side is not valid, or the picture has no pixel
 *
 * @example
 * ```ts
 * import { planTiles } from "./mod.ts";
 *
 * const { tiles, tileWidth, outputWidth } = planTiles(512, 512);
 * console.log(tiles.length, tileWidth, outputWidth); // 4 444 260
 * console.log(tiles[3]); // input from (164, 164) on, kept from (256, 256) to the end
 * ```
 */
export function planTiles(
  width: number,
  height: number,
  { tileSide = PAPER_TILE, depth = PAPER_DEPTH, padding = "valid" }: {
    readonly tileSide?: number;
    readonly depth?: number;
    readonly padding?: Padding;
  } = {},
): TilePlan {
  const columns = cover(width, tileSide, depth, padding),
    rows = cover(height, tileSide, depth, padding);
  const { border } = columns;
  const tiles: Tile[] = [];
  for (const [y, keptHeight] of rows.kept) {
    for (const [x, keptWidth] of columns.kept) {
      tiles.push({
        input: { x: x - border, y: y - border, width: columns.input, height: rows.input },
        kept: { x, y, width: keptWidth, height: keptHeight },
      });
    }
  }
  return {
    tiles,
    tileWidth: columns.input,
    tileHeight: rows.input,
    outputWidth: columns.output,
    outputHeight: rows.output,
  };
}

/** The tiles along one side of the picture: `kept` holds begin and length of each. */
function cover(size: number, tileSide: number, depth: number, padding: Padding) {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(`a picture is at least 1 pixel wide and high; got a side of ${size}`);
  }
  const largest = tileSize(tileSide, depth, padding), grid = 2 ** depth;
  const longestStep = Math.max(1, Math.floor(largest.output / grid)) * grid;
  if (longestStep > largest.output && size > largest.output) {
    throw new RangeError(
      `a tile of ${tileSide} gives ${largest.output} pixels, less than the ${grid} that tiles are apart ` +
        `at least; the smallest side that can be put side by side is ${
          tileCovering(grid, depth, padding).input
        }`,
    );
  }
  const count = size <= largest.output ? 1 : 1 + Math.ceil((size - largest.output) / longestStep);
  const step = Math.min(longestStep, Math.ceil(size / count / grid) * grid);
  const last = size - (count - 1) * step;
  const { input, output, border } = tileCovering(
    count === 1 ? size : Math.max(step, last),
    depth,
    padding,
  );
  const kept = Array.from(
    { length: count },
    (_, i) => [i * step, i === count - 1 ? last : step] as const,
  );
  return { input, output, border, kept };
}

/** Options of {@linkcode predict}. */
export interface PredictOptions {
  /**
   * The largest tile, a valid side; it bounds the memory. Default 572, the paper's; 512 for a network with
   * padding.
   */
  readonly tileSide?: number;
  /** Tiles that go through the network together. Default: as many as have the pixels of one 572 tile. */
  readonly batchSize?: number;
  /** Predict these views and take the mean ({@linkcode SEVEN_VIEWS}). Default: the picture as it is. */
  readonly views?: readonly DihedralView[];
  /** Called, and awaited, after each batch of tiles. */
  readonly onProgress?: (progress: { done: number; total: number }) => void | Promise<void>;
  /** Stops the prediction. */
  readonly signal?: AbortSignal;
}

/** About as many pixels as the paper's tile, for a network with padding: 16 times a whole number. */
const PADDED_TILE = 512;

/** Thrown where a prediction was stopped before its end. */
export class PredictionStopped extends Error {
  override name = "PredictionStopped";
}

/**
 * The probability of a class at every pixel of a picture of any size.
 *
 * Only the picture goes in: the weight map shapes the loss while training, and is never used here.
 *
 * @param net the network
 * @param image values as in training (gray in [0, 1]); the network's number of channels
 * @param options see {@linkcode PredictOptions}; `of` is the class, default 1
 * @returns probabilities of the class, in [0, 1], of the picture's size
 * @throws {RangeError} if the picture, the class or the tile side does not fit the network
 * @throws {PredictionStopped} if stop was pressed or the signal aborted
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { predict, UNet } from "./mod.ts";
 *
 * const net = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(1) });
 * const image = { data: new Float32Array(50 * 30).fill(0.5), width: 50, height: 30 };
 * const cell = await predict(net, image, { tileSide: 76 });
 * console.log(cell.width, cell.height, cell.data.every((p) => p >= 0 && p <= 1)); // 50 30 true
 * ```
 */
export async function predict(
  net: UNet,
  image: Image,
  { of = 1, ...options }: PredictOptions & { readonly of?: number } = {},
): Promise<Image> {
  const { classes } = net.config;
  if (!Number.isSafeInteger(of) || of < 0 || of >= classes) {
    throw new RangeError(`this UNet has the classes 0 to ${classes - 1}; got ${of}`);
  }
  const all = await predictClasses(net, image, options);
  const data = Float32Array.from(
    { length: all.width * all.height },
    (_, i) => all.data[i * classes + of],
  );
  return { data, width: all.width, height: all.height };
}

/**
 * The probabilities of all classes at every pixel: as {@linkcode predict}, with K channels that add up
 * to 1.
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { predictClasses, UNet } from "./mod.ts";
 *
 * const config = { baseChannels: 2, depth: 2, classes: 3 };
 * const net = new UNet(config, { random: createRandom(1) });
 * const image = { data: new Float32Array(30 * 30).fill(0.5), width: 30, height: 30 };
 * console.log((await predictClasses(net, image)).channels); // 3
 * ```
 */
export async function predictClasses(
  net: UNet,
  image: Image,
  { views, batchSize, onProgress, signal, ...options }: PredictOptions = {},
): Promise<Image> {
  const { depth, padding } = net.config;
  const tileSide = options.tileSide ?? (padding === "valid" ? PAPER_TILE : PADDED_TILE);
  checkImage(net, image);
  const interrupt = watchInterrupt();
  const plan = ({ width, height }: Image) => planTiles(width, height, { tileSide, depth, padding });
  const perView = plan(image).tiles.length, total = perView * (views?.length ?? 1);
  const stopIfAsked = (done: number) => {
    if (done < total && (interrupt.requested || signal?.aborted)) {
      throw new PredictionStopped(`the prediction was stopped after tile ${done} of ${total}`);
    }
  };
  const progress = async (done: number) => {
    await onProgress?.({ done, total });
    await new Promise((resolve) => setTimeout(resolve, 0)); // lets plots and the kernel have their turn
    stopIfAsked(done);
  };
  stopIfAsked(0);
  const predictView = (view: Image, index: number) =>
    predictTiles(net, view, plan(view), batchSize, (done) => progress(index * perView + done));
  return views === undefined
    ? await predictView(image, 0)
    : await averageViews(image, views, predictView);
}

/** The tiles of a plan through the network, batch by batch, into one picture with K channels. */
async function predictTiles(
  net: UNet,
  image: Image,
  { tiles, tileWidth, tileHeight, outputWidth, outputHeight }: TilePlan,
  batchSize = Math.max(1, Math.floor(PAPER_TILE ** 2 / (tileWidth * tileHeight))),
  progress: (done: number) => Promise<void>,
): Promise<Image> {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize is a number of tiles, at least 1; got ${batchSize}`);
  }
  const { inputChannels, classes } = net.config;
  const { width, height } = image;
  const out = new Float32Array(width * height * classes);
  for (let first = 0; first < tiles.length; first += batchSize) {
    const batch = tiles.slice(first, first + batchSize);
    const size = tileWidth * tileHeight * inputChannels;
    const values = new Float32Array(batch.length * size);
    batch.forEach(({ input }, b) => {
      const { data } = mirrorWindow(image, input.x, input.y, input.width, input.height);
      values.set(data, b * size);
    });
    const probabilities = tf.tidy(() => {
      const x = tf.tensor4d(values, [batch.length, tileHeight, tileWidth, inputChannels]);
      return tf.softmax(net.forward(x)); // [B, h, w, K]
    });
    const answer = await probabilities.data();
    probabilities.dispose();
    batch.forEach(({ kept }, b) => {
      for (let row = 0; row < kept.height; row++) {
        const from = (b * outputHeight + row) * outputWidth * classes;
        const to = ((kept.y + row) * width + kept.x) * classes;
        out.set(answer.subarray(from, from + kept.width * classes), to);
      }
    });
    await progress(first + batch.length);
  }
  return { data: out, width, height, channels: classes };
}

function checkImage(net: UNet, { data, width, height, channels = 1 }: Image) {
  const { inputChannels } = net.config;
  if (channels !== inputChannels) {
    throw new RangeError(
      `the picture has ${channels} channels but this UNet takes ${inputChannels}: convert the picture`,
    );
  }
  if (data.length !== width * height * channels) {
    throw new RangeError(
      `the picture has ${data.length} values, but ${width} x ${height} with ${channels} channels ` +
        `needs ${width * height * channels}`,
    );
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const pixel = Math.floor(bad / channels);
    throw new RangeError(
      `the picture's pixel (${pixel % width}, ${Math.floor(pixel / width)}) is ${data[bad]}; ` +
        "every value must be a finite number",
    );
  }
}
