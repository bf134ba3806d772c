/**
 * The network that looks at one window and says what its centre pixel is (Ciresan, Giusti, Gambardella
 * and Schmidhuber, NIPS 2012).
 *
 * Legend of shapes: B windows, w side of a window, S scales, C channels, U units, K classes; h and w' rows
 * and columns of windows.
 *
 * @module
 */
import { tf } from "../../backend/mod.ts";
import {
  type FilterAndBias,
  type ForwardOptions,
  heNormal,
  type Model,
  type Parameters,
  validConvolution,
} from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import { assembleFragments, maxPoolingFragments } from "./max_pooling_fragments.ts";

/** One convolution without padding; a ReLU and a 2x2 max pooling follow it. */
export interface WindowConvolution {
  /** Side of its filter. */
  readonly side: number;
  /** Channels that come out. */
  readonly channels: number;
}

/** The shape of a window classifier. */
export interface WindowClassifierConfig {
  /** Side of the window, pixels. */
  readonly window: number;
  /** The convolutions, first to last. */
  readonly convolutions: readonly WindowConvolution[];
  /** Units of the hidden fully connected layer. Default 200. */
  readonly units?: number;
  /** Default 2: membrane (0) and cell (1). */
  readonly classes?: number;
  /**
   * How many pictures of the same place the window brings, each twice as coarse as the one before
   * (Farabet, Couprie, Najman and LeCun 2013). The convolutions are shared by all scales; their features
   * meet in the fully connected layer. Default 1.
   */
  readonly scales?: number;
}

/**
 * The networks of the EM challenge's winner of 2012, at any width.
 *
 * The paper's full text could not be checked; the layers are those that are commonly given for it: for
 * the window of 95 four convolutions 4, 5, 4, 4, for the window of 65 three of 5, each with 48 channels,
 * then 200 units. ReLU is our choice.
 *
 * @param window 65 (the paper's N1 to N3) or 95 (N4)
 * @param channels of every convolution. Default 48.
 * @param units of the hidden layer. Default 200.
 *
 * @example
 * ```ts
 * import { idsiaNetwork, windowParameterCount } from "./mod.ts";
 *
 * console.log(windowParameterCount(idsiaNetwork(65))); // 270746
 * ```
 */
export function idsiaNetwork(window: 65 | 95, channels = 48, units = 200): WindowClassifierConfig {
  const sides = window === 65 ? [5, 5, 5] : [4, 5, 4, 4];
  return { window, convolutions: sides.map((side) => ({ side, channels })), units };
}

/**
 * The number of trainable values of a window classifier, without building it.
 *
 * @param config see {@linkcode WindowClassifierConfig}
 * @throws {RangeError} if the window is too small for the convolutions
 *
 * @example
 * ```ts
 * import { idsiaNetwork, windowParameterCount } from "./mod.ts";
 *
 * console.log(windowParameterCount(idsiaNetwork(95))); // 219290
 * ```
 */
export function windowParameterCount(config: WindowClassifierConfig): number {
  let count = 0;
  for (const { side, from, to } of layers(complete(config))) count += side * side * from * to + to;
  return count;
}

/** The work of one layer, in multiply-adds; see {@linkcode windowMultiplyAdds}. */
export interface WindowWork {
  /** `conv1`, ..., `fc1`, `fc2`. */
  readonly layer: string;
  /** For one window. */
  readonly perWindow: number;
  /** For a picture, every window on its own. */
  readonly sliding: number;
  /** For the same picture fully convolutionally, each value computed once. */
  readonly shared: number;
}

/**
 * What a classifier costs on a picture: window by window, and fully convolutionally. Their ratio is how
 * often the sliding window computes each value again.
 *
 * @param config see {@linkcode WindowClassifierConfig}, with one scale
 * @param height rows of the picture: one window per pixel
 * @param width columns of the picture
 *
 * @example
 * ```ts
 * import { idsiaNetwork, windowMultiplyAdds } from "./mod.ts";
 *
 * const { sliding, shared } = windowMultiplyAdds(idsiaNetwork(65), 512, 512).at(-1)!; // the sum
 * console.log(Math.round(sliding / shared)); // 166: every value is computed that often
 * ```
 */
export function windowMultiplyAdds(
  config: WindowClassifierConfig,
  height: number,
  width: number,
): WindowWork[] {
  const { convolutions } = complete(config);
  const step = 2 ** convolutions.length; // the fragments need a whole number of steps
  const h = Math.ceil(height / step) * step, w = Math.ceil(width / step) * step;
  const rows: WindowWork[] = [], total = { perWindow: 0, sliding: 0, shared: 0 };
  let fragments = 1, side = config.window; // side: of the window's map before the layer
  for (const { name, side: k, from, to } of layers(complete(config))) {
    const work = k * k * from * to, out = side - k + 1;
    const perWindow = out * out * work;
    const shared = fragments ** 2 * (out - 1 + h / fragments) * (out - 1 + w / fragments) * work;
    rows.push({ layer: name, perWindow, sliding: perWindow * height * width, shared });
    if (name.startsWith("conv")) [side, fragments] = [Math.floor(out / 2), 2 * fragments];
    else side = out;
  }
  for (const row of rows) {
    total.perWindow += row.perWindow;
    total.sliding += row.sliding;
    total.shared += row.shared;
  }
  return [...rows, { layer: "all", ...total }];
}

/**
 * A classifier of windows: convolutions with ReLU and 2x2 max pooling, one hidden fully connected layer
 * with ReLU, and the class scores. The fully connected layers are kept as the convolutions that they are.
 *
 * @example
 * ```ts
 * import { tf } from "../../backend/mod.ts";
 * import { createRandom } from "../../random/mod.ts";
 * import { idsiaNetwork, WindowClassifier } from "./mod.ts";
 *
 * const net = new WindowClassifier(idsiaNetwork(65, 4, 8), { random: createRandom(1) });
 * console.log(net.forward(tf.zeros([10, 65, 65, 1])).shape); // [10, 1, 1, 2]: ten windows, ten pixels
 * console.log(net.forwardDense(tf.zeros([1, 80, 90, 1])).shape); // [1, 16, 26, 2]: all 16 x 26 windows
 * ```
 */
export class WindowClassifier implements Model {
  /** The configuration with every default filled in. */
  readonly config: Required<WindowClassifierConfig>;
  /** `conv1.weight`, `conv1.bias`, ..., `fc1.*`, `fc2.*`; filters are [kh, kw, in, out]. */
  readonly parameters: Parameters;

  /**
   * @param config see {@linkcode WindowClassifierConfig}
   * @param options `random`: where the initial weights are drawn (He initialisation; our choice)
   * @throws {RangeError} if the window is too small for the convolutions
   */
  constructor(config: WindowClassifierConfig, options: { random: Random }) {
    this.config = complete(config);
    const variables = new Map<string, tf.Variable>();
    for (const { name, side, from, to } of layers(this.config)) {
      const values = heNormal([side, side, from, to], side * side * from, options.random);
      variables.set(
        `${name}.weight`,
        tf.tidy(() => tf.variable(tf.tensor(values, [side, side, from, to]))),
      );
      variables.set(`${name}.bias`, tf.tidy(() => tf.variable(tf.zeros([to]))));
    }
    this.parameters = variables;
  }

  /**
   * Class scores of each window's centre pixel.
   *
   * @param x [B, w, w, S], S = the number of scales
   * @returns logits [B, 1, 1, K]
   * @throws {RangeError} if the windows have another size
   */
  forward(x: tf.Tensor4D, _options: ForwardOptions = {}): tf.Tensor4D {
    const { window, convolutions, scales } = this.config;
    const [, height, width, channels] = x.shape;
    if (height !== window || width !== window || channels !== scales) {
      throw new RangeError(
        `this classifier takes windows of ${window} x ${window} with ${scales} scale(s); ` +
          `got ${height} x ${width} with ${channels}: cut them with windowAt`,
      );
    }
    return tf.tidy(() => {
      let n: tf.Tensor4D = scales === 1 ? x : tf.concat4d(tf.split(x, scales, 3), 0); // [S B, w, w, 1]
      for (let i = 1; i <= convolutions.length; i++) {
        n = tf.relu(validConvolution(n, this.#layer(`conv${i}`))); // [S B, side, side, C]
        n = tf.maxPool(n, 2, 2, "valid"); // [S B, side / 2, side / 2, C]
      }
      if (scales > 1) n = tf.concat4d(tf.split(n, scales, 0), 3); // [B, side, side, S C]
      n = tf.relu(validConvolution(n, this.#layer("fc1"))); // [B, 1, 1, U]
      return validConvolution(n, this.#layer("fc2")); // [B, 1, 1, K]
    });
  }

  /**
   * Class scores of every window of a picture, each value computed once: the same map as `forward` on all
   * windows, at a fraction of the cost.
   *
   * @param x [B, h + w - 1, w' + w - 1, 1], a picture with its context
   * @returns logits [B, h, w', K]: one for every window that fits
   * @throws {RangeError} if no window fits, or the classifier has several scales
   */
  forwardDense(x: tf.Tensor4D): tf.Tensor4D {
    const { window, convolutions, scales } = this.config;
    const [batch, height, width, channels] = x.shape;
    if (scales !== 1) {
      throw new RangeError(
        `forwardDense shares the work of one scale only; this net has ${scales}`,
      );
    }
    if (height < window || width < window || channels !== 1) {
      throw new RangeError(
        `no window of ${window} x ${window} x 1 fits into a picture of ${height} x ${width} x ${channels}`,
      );
    }
    const rows = height - window + 1, columns = width - window + 1;
    const step = 2 ** convolutions.length;
    let h = Math.ceil(rows / step) * step, w = Math.ceil(columns / step) * step, side = window;
    return tf.tidy(() => {
      let n = tf.pad(x, [[0, 0], [0, h - rows], [0, w - columns], [0, 0]]); // cut off again below
      convolutions.forEach((convolution, i) => {
        n = tf.relu(validConvolution(n, this.#layer(`conv${i + 1}`))); // [4^i B, side - 1 + h, ..., C]
        side = side - convolution.side + 1;
        n = maxPoolingFragments(n, side, [h, w]); // [4^(i+1) B, side / 2 - 1 + h / 2, ..., C]
        [side, h, w] = [Math.floor(side / 2), h / 2, w / 2];
      });
      n = tf.relu(validConvolution(n, this.#layer("fc1"))); // [4^L B, h, w, U]
      n = validConvolution(n, this.#layer("fc2")); // [4^L B, h, w, K]
      for (let i = 0; i < convolutions.length; i++) n = assembleFragments(n);
      return tf.slice(n, [0, 0, 0, 0], [batch, rows, columns, n.shape[3]]);
    });
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }

  #layer(name: string): FilterAndBias {
    return {
      weight: this.parameters.get(`${name}.weight`) as unknown as tf.Tensor4D,
      bias: this.parameters.get(`${name}.bias`) as unknown as tf.Tensor1D,
    };
  }
}

interface Layer {
  readonly name: string;
  /** Side of the filter. */
  readonly side: number;
  readonly from: number;
  readonly to: number;
}

/** Every layer with weights, first to last. */
function* layers(config: Required<WindowClassifierConfig>): Generator<Layer> {
  let from = 1, side = config.window;
  for (const [i, convolution] of config.convolutions.entries()) {
    yield { name: `conv${i + 1}`, side: convolution.side, from, to: convolution.channels };
    from = convolution.channels;
    side = Math.floor((side - convolution.side + 1) / 2);
  }
  yield { name: "fc1", side, from: from * config.scales, to: config.units };
  yield { name: "fc2", side: 1, from: config.units, to: config.classes };
}

function complete(config: WindowClassifierConfig): Required<WindowClassifierConfig> {
  const all = { units: 200, classes: 2, scales: 1, ...config };
  let side = all.window;
  for (const convolution of all.convolutions) {
    side = Math.floor((side - convolution.side + 1) / 2);
  }
  const numbers = [all.window, all.units, all.classes, all.scales, side];
  for (const { side, channels } of all.convolutions) numbers.push(side, channels);
  if (!numbers.every((value) => Number.isSafeInteger(value) && value >= 1)) {
    throw new RangeError(
      `a window of ${all.window} with filters ${all.convolutions.map(({ side }) => side)} leaves ` +
        `${side} pixels for the fully connected layer; every number must be whole and at least 1`,
    );
  }
  return all;
}
