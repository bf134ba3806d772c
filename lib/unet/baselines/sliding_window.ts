/**
 * Segmentation with a sliding window: cut a window around every pixel, classify its centre, move on by
 * one pixel (Ciresan et al. 2012). What the U-Net paper counts as its two drawbacks (Sect. 1): "it is
 * quite slow because the network must be run separately for each patch, and there is a lot of redundancy
 * due to overlapping patches", and the trade-off between localisation and context.
 *
 * @module
 */
import { tf } from "../../backend/mod.ts";
import {
  dihedral,
  DIHEDRAL_VIEWS,
  type Image,
  type LabelImage,
  mirrored,
  mirrorPad,
} from "../../image/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import type { WindowClassifier } from "./window_classifier.ts";

/** Where a pixel lies. */
export interface Position {
  /** Column. */
  readonly x: number;
  /** Row. */
  readonly y: number;
}

/**
 * A picture and its coarser versions, each still one value per pixel: version s is the mean over blocks
 * of 2^s pixels a side. A window cut from version s with a step of 2^s sees 2^s times as much, as coarse.
 * (Farabet et al. 2013 use a Laplacian pyramid; means are our choice.)
 *
 * @param image gray
 * @param scales how many versions, the picture itself included
 *
 * @example
 * ```ts
 * import { scalesOf } from "./mod.ts";
 *
 * const image = { data: Float32Array.of(0, 4, 0, 4), width: 4, height: 1 };
 * console.log(scalesOf(image, 2)[1].data); // Float32Array [2, 2, 2, 2]
 * ```
 */
export function scalesOf(image: Image, scales: number): Image[] {
  const { width, height, data } = image;
  return Array.from({ length: scales }, (_, s) => {
    const size = 2 ** s, before = size / 2 | 0; // the block of a pixel begins `before` pixels earlier
    if (s === 0) return image;
    const across = new Float32Array(data.length), mean = new Float32Array(data.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += data[y * width + mirrored(x - before + k, width)];
        across[y * width + x] = sum / size;
      }
    }
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += across[mirrored(y - before + k, height) * width + x];
        mean[y * width + x] = sum / size;
      }
    }
    return { data: mean, width, height };
  });
}

/**
 * The window around one pixel, mirrored where it leaves the picture.
 *
 * @param scales the picture, and its coarser versions if the classifier wants them ({@linkcode scalesOf})
 * @param position the centre; for an even side the pixel right of and below the middle
 * @param side pixels
 * @returns `side` x `side` pixels, one channel per scale
 *
 * @example
 * ```ts
 * import { windowAt } from "./mod.ts";
 *
 * const image = { data: Float32Array.of(1, 2, 3), width: 3, height: 1 };
 * console.log(windowAt([image], { x: 0, y: 0 }, 3).data.subarray(3, 6)); // Float32Array [2, 1, 2]
 * ```
 */
export function windowAt(scales: readonly Image[], { x, y }: Position, side: number): Image {
  const channels = scales.length, centre = Math.floor(side / 2);
  const data = new Float32Array(side * side * channels);
  scales.forEach((image, s) => {
    const step = 2 ** s;
    for (let j = 0, to = s; j < side; j++) {
      const row = mirrored(y + (j - centre) * step, image.height) * image.width;
      for (let i = 0; i < side; i++, to += channels) {
        data[to] = image.data[row + mirrored(x + (i - centre) * step, image.width)];
      }
    }
  });
  return { data, width: side, height: side, channels };
}

/** Windows and the classes of their centre pixels, as plain values. */
export interface WindowBatch {
  /** One after the other. */
  readonly windows: readonly Image[];
  readonly labels: Int32Array;
}

/** Options of {@linkcode balancedWindows}. */
export interface BalancedWindowsOptions {
  /** Side of a window, pixels. */
  readonly window: number;
  /** Windows per batch. */
  readonly batch: number;
  readonly random: Random;
  /** Versions of the picture in each window ({@linkcode scalesOf}). Default 1. */
  readonly scales?: number;
  /** Whether windows are turned and mirrored. Default true. */
  readonly augment?: boolean;
}

/**
 * Training windows as in Ciresan et al. 2012: every epoch takes all membrane pixels and as many other
 * pixels, drawn anew, in random order, each window turned by quarter turns and mirrored at random. There
 * is one membrane pixel for about four others; without the balance a net that always answers "cell" is
 * right four times in five.
 *
 * @param slices gray pictures
 * @param labels their truth: 0 = membrane, every other value = cell
 * @param options see {@linkcode BalancedWindowsOptions}
 * @returns batches without end; labels 0 = membrane, 1 = cell
 * @throws {RangeError} if a class is missing or the counts differ
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { balancedWindows } from "./mod.ts";
 *
 * const slice = { data: Float32Array.of(0, 1, 1, 1), width: 2, height: 2 };
 * const truth = { data: Int32Array.of(0, 1, 1, 1), width: 2, height: 2 };
 * const options = { window: 3, batch: 2, random: createRandom(1) };
 * for (const { labels } of balancedWindows([slice], [truth], options)) {
 *   console.log(labels.includes(0) && labels.includes(1)); // true: one of each
 *   break;
 * }
 * ```
 */
export function* balancedWindows(
  slices: readonly Image[],
  labels: readonly LabelImage[],
  { window, batch, random, scales = 1, augment = true }: BalancedWindowsOptions,
): Generator<WindowBatch, never> {
  if (slices.length === 0 || slices.length !== labels.length) {
    throw new RangeError(
      `every slice needs its truth; got ${slices.length} slices and ${labels.length} truths`,
    );
  }
  const versions = slices.map((slice) => scalesOf(slice, scales));
  // Pixels are numbered through all slices: a stack has millions, too many for an object each.
  const first = [0]; // the number of each slice's first pixel
  for (const { data } of labels) first.push(first.at(-1)! + data.length);
  const total = first.at(-1)!, isCell = new Uint8Array(total);
  labels.forEach(({ data }, z) =>
    data.forEach((label, i) => isCell[first[z] + i] = +(label !== 0))
  );
  const numbers = Uint32Array.from({ length: total }, (_, i) => i);
  const membrane = numbers.filter((i) => isCell[i] === 0);
  const cell = numbers.filter((i) => isCell[i] === 1);
  if (membrane.length === 0 || cell.length === 0) {
    throw new RangeError(
      `balanced sampling needs both classes; the truth has ${membrane.length} membrane and ` +
        `${cell.length} cell pixels`,
    );
  }
  const epoch = new Uint32Array(2 * membrane.length);
  for (let used = epoch.length;;) {
    const windows: Image[] = [], classes = new Int32Array(batch);
    while (windows.length < batch) {
      if (used === epoch.length) {
        epoch.set(membrane);
        for (let k = membrane.length; k < epoch.length; k++) epoch[k] = random.pick(cell);
        random.shuffle(epoch);
        used = 0;
      }
      const pixel = epoch[used++], slice = first.findLastIndex((start) => start <= pixel);
      const { width } = slices[slice], i = pixel - first[slice];
      classes[windows.length] = isCell[pixel];
      const cut = windowAt(versions[slice], { x: i % width, y: Math.floor(i / width) }, window);
      windows.push(augment ? dihedral(cut, random.pick(DIHEDRAL_VIEWS)) : cut);
    }
    yield { windows, labels: classes };
  }
}

/** Windows as the tensors of a training step. */
export interface WindowTensors extends tf.TensorContainerObject {
  /** [B, side, side, channels] */
  x: tf.Tensor4D;
  /** [B, 1, 1], each window's one pixel */
  labels: tf.Tensor3D;
}

/**
 * Windows as tensors; all must have one size. For the trainer: `batches: () => windowTensors(
 * windows.next().value)`, where `windows` comes from {@linkcode balancedWindows}.
 *
 * @example
 * ```ts
 * import { windowTensors } from "./mod.ts";
 *
 * const window = { data: new Float32Array(65 * 65), width: 65, height: 65 };
 * const { x, labels } = windowTensors({ windows: [window, window], labels: Int32Array.of(0, 1) });
 * console.log(x.shape, labels.shape); // [2, 65, 65, 1] [2, 1, 1]
 * ```
 */
export function windowTensors({ windows, labels }: WindowBatch): WindowTensors {
  return { x: toTensor(windows), labels: tf.tensor3d(labels, [labels.length, 1, 1], "int32") };
}

/**
 * The mean cross-entropy of a batch of windows: softmax over the class scores of each centre pixel, minus
 * the logarithm of the true class's share.
 *
 * @param net a window classifier
 * @param batch its windows' size and scales must be the net's
 * @returns a scalar
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { idsiaNetwork, WindowClassifier, windowLoss, windowTensors } from "./mod.ts";
 *
 * const net = new WindowClassifier(idsiaNetwork(65, 2, 4), { random: createRandom(1) });
 * const window = { data: new Float32Array(65 * 65), width: 65, height: 65 };
 * const loss = windowLoss(net, windowTensors({ windows: [window], labels: Int32Array.of(1) }));
 * console.log(loss.dataSync()[0].toFixed(4)); // 0.6931: ln 2, an empty window says nothing
 * ```
 */
export function windowLoss(net: WindowClassifier, { x, labels }: WindowTensors): tf.Scalar {
  return tf.tidy(() => weightedSoftmaxCrossEntropy(net.forward(x), labels));
}

/** [B, side, side, channels] */
function toTensor(windows: readonly Image[]): tf.Tensor4D {
  const [{ width, height, channels = 1, data: { length } }] = windows;
  const values = new Float32Array(windows.length * length);
  windows.forEach(({ data }, i) => values.set(data, i * length));
  return tf.tensor4d(values, [windows.length, height, width, channels]);
}

/** Options of {@linkcode classifyPixels} and {@linkcode slidingWindow}. */
export interface SlidingOptions {
  /** Windows that run through the net together. Default 128. */
  readonly batch?: number;
  /** Told after each batch how many of how many windows are done. */
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * The probability of class 1 (cell) at chosen pixels, window by window.
 *
 * @param net a window classifier with two classes
 * @param image gray
 * @param positions the pixels
 * @param options see {@linkcode SlidingOptions}
 * @returns one probability per position
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { classifyPixels, idsiaNetwork, WindowClassifier } from "./mod.ts";
 *
 * const net = new WindowClassifier(idsiaNetwork(65, 2, 4), { random: createRandom(1) });
 * const image = { data: new Float32Array(100 * 100), width: 100, height: 100 };
 * console.log(await classifyPixels(net, image, [{ x: 3, y: 4 }])); // Float32Array [0.5]
 * ```
 */
export async function classifyPixels(
  net: WindowClassifier,
  image: Image,
  positions: readonly Position[],
  { batch = 128, onProgress = () => {} }: SlidingOptions = {},
): Promise<Float32Array> {
  const { window, scales } = net.config;
  const versions = scalesOf(image, scales), probabilities = new Float32Array(positions.length);
  for (let done = 0; done < positions.length; done += batch) {
    const windows = positions.slice(done, done + batch).map((at) => windowAt(versions, at, window));
    const p = tf.tidy(() => cellProbability(net.forward(toTensor(windows))));
    probabilities.set(await p.data() as Float32Array, done);
    p.dispose();
    onProgress(done + windows.length, positions.length);
  }
  return probabilities;
}

/**
 * The probability of class 1 (cell) at every pixel: one forward pass per pixel, moved on by one pixel each
 * time, the border mirrored.
 *
 * @param net a window classifier with two classes
 * @param image gray
 * @param options see {@linkcode SlidingOptions}
 * @returns probabilities, of the picture's size
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { idsiaNetwork, slidingWindow, WindowClassifier } from "./mod.ts";
 *
 * const net = new WindowClassifier(idsiaNetwork(65, 2, 4), { random: createRandom(1) });
 * const image = { data: new Float32Array(5 * 4), width: 5, height: 4 };
 * console.log((await slidingWindow(net, image)).data.length); // 20 forward passes
 * ```
 */
export async function slidingWindow(
  net: WindowClassifier,
  image: Image,
  options: SlidingOptions = {},
): Promise<Image> {
  const { width, height } = image;
  const positions = Array.from(
    { length: width * height },
    (_, i) => ({ x: i % width, y: Math.floor(i / width) }),
  );
  return { data: await classifyPixels(net, image, positions, options), width, height };
}

/**
 * The same map as {@linkcode slidingWindow} from one forward pass: the net is run as convolutions over the
 * whole mirrored picture, and what neighbouring windows share is computed once.
 *
 * @param net a window classifier with two classes and one scale
 * @param image gray
 * @returns probabilities, of the picture's size
 * @throws {RangeError} if the net has several scales
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { idsiaNetwork, slidingWindowAtOnce, WindowClassifier } from "./mod.ts";
 *
 * const net = new WindowClassifier(idsiaNetwork(65, 2, 4), { random: createRandom(1) });
 * const image = { data: new Float32Array(50 * 40), width: 50, height: 40 };
 * console.log((await slidingWindowAtOnce(net, image)).data.length); // 2000, one forward pass
 * ```
 */
export async function slidingWindowAtOnce(net: WindowClassifier, image: Image): Promise<Image> {
  const { width, height } = image, { window } = net.config;
  const before = Math.floor(window / 2), after = window - 1 - before;
  const padded = mirrorPad(image, { top: before, left: before, bottom: after, right: after });
  const p = tf.tidy(() => cellProbability(net.forwardDense(toTensor([padded]))));
  const data = await p.data() as Float32Array;
  p.dispose();
  return { data, width, height };
}

/** The softmax's share of class 1, [B, h, w]. */
function cellProbability(logits: tf.Tensor4D): tf.Tensor {
  if (logits.shape[3] !== 2) {
    throw new RangeError(
      `the map of one class needs a net with 2 classes; this one has ${logits.shape[3]}`,
    );
  }
  const [membrane, cell] = tf.split(logits, 2, 3);
  return tf.sigmoid(tf.sub(cell, membrane)); // the softmax of two
}
