/**
 * The network of Fig. 1, read from the left (contracting path) over the bottom to the right
 * (expansive path).
 *
 * Legend of shapes: B batch, h and w sides, C channels of the first level (64 in the paper), K classes.
 *
 * @module
 */
import { cropAndConcatenate, requireMemory, tf } from "../backend/mod.ts";
import {
  dropout,
  type FilterAndBias,
  type ForwardOptions,
  heNormal,
  type Model,
  type Parameters,
  upConvolution,
  validConvolution,
} from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { stepMemory } from "./step_memory.ts";
import { type Padding, PAPER_DEPTH, tileSize, validSides } from "./tile_sizes.ts";

/** The shape of a U-Net. The defaults are the paper's. */
export interface UNetConfig {
  /** Channels of the first level; each level down doubles them. Default 64. */
  readonly baseChannels?: number;
  /** Number of poolings. Default 4. */
  readonly depth?: number;
  /** Channels of the input picture. Default 1. */
  readonly inputChannels?: number;
  /** Channels of the output: one per class. Default 2. */
  readonly classes?: number;
  /**
   * Probability of dropping a value at the end of the contracting path. Sect. 3.1 gives neither rate nor
   * place; the authors' release uses 0.5 after the last ReLU of the two deepest levels. Default 0.5.
   */
  readonly dropoutRate?: number;
  /**
   * The authors' 2015 release differs from the paper's text: a ReLU after each up-convolution, a last
   * up-convolution that keeps its 2C channels, and up-convolutions initialised with N = 4 x (channels
   * out) instead of (channels in). Default false.
   */
  readonly release2015?: boolean;
  /**
   * Of the 3x3 convolutions. Default "valid", the paper's: every answer has its full context. "same" reads zeros
   * beyond the edge instead, as many later U-Nets do: the answer is as large as the tile, nothing is cropped, and
   * the pixels at the edge of a tile are guessed from half a neighbourhood.
   */
  readonly padding?: Padding;
}

/**
 * The number of trainable values of a U-Net, without building it.
 *
 * @param config see {@linkcode UNetConfig}
 *
 * @example
 * ```ts
 * import { parameterCount } from "./mod.ts";
 *
 * console.log(parameterCount({})); // 31030658: the paper's network
 * ```
 */
export function parameterCount(config: UNetConfig): number {
  let count = 0;
  for (const layer of layers(complete(config))) count += layer.parameters;
  return count;
}

/** What {@linkcode UNet.forward} may be told. */
export interface UNetForwardOptions extends ForwardOptions {
  /**
   * Shown each layer's input and output (after the ReLU, where it has one), by the layer's name in
   * `parameters`. Both are freed after the forward pass.
   */
  readonly onLayer?: (name: string, input: tf.Tensor4D, output: tf.Tensor4D) => void;
}

/** One row of {@linkcode UNet.summary}. */
export interface LayerRow {
  /** Level and operation, such as "down 0: 3x3 conv, ReLU". */
  readonly layer: string;
  /** Channels in and out. */
  readonly channels: string;
  /** Side of the map that goes in (after pooling, or after cropping and concatenation), pixels. */
  readonly inputSide: number;
  /** Side of the map that comes out, pixels. */
  readonly side: number;
  /** Trainable values. */
  readonly parameters: number;
}

/**
 * U-Net (Ronneberger, Fischer and Brox 2015): valid 3x3 convolutions with ReLU, 2x2 max pooling, 2x2
 * up-convolutions that halve the channels, centre crops of the contracting path concatenated on the way
 * up, and a 1x1 convolution to the classes.
 *
 * @example
 * ```ts
 * import { cropAndConcatenate, tf } from "../backend/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { UNet } from "./mod.ts";
 *
 * const net = new UNet({ baseChannels: 4 }, { random: createRandom(1) });
 * const logits = net.forward(tf.zeros([1, 188, 188, 1]));
 * console.log(logits.shape); // [1, 4, 4, 2]
 * ```
 */
export class UNet implements Model {
  /** The configuration with every default filled in. */
  readonly config: Required<UNetConfig>;
  /**
   * By name: `down.0.conv1.weight`, ..., `bottom.conv2.bias`, `upconv.0.weight` (the deepest first),
   * `up.0.conv1.weight`, ..., `head.bias`. Filters are [kh, kw, in, out], up-convolutions [kh, kw, out, in].
   */
  readonly parameters: Parameters;

  /**
   * @param config see {@linkcode UNetConfig}
   * @param options `random`: where the initial weights are drawn
   * @throws {RangeError} if a number of the configuration is out of range
   */
  constructor(config: UNetConfig, options: { random: Random }) {
    this.config = complete(config);
    const variables = new Map<string, tf.Variable>();
    tf.tidy(() => { // a variable outlives it, the tensor that it starts from does not
      for (const { name, shape, incoming, to } of layers(this.config)) {
        const weight = heNormal(shape, incoming, options.random);
        variables.set(`${name}.weight`, tf.variable(tf.tensor(weight, [...shape])));
        variables.set(`${name}.bias`, tf.variable(tf.zeros([to]))); // the paper gives no initial bias; the release's is 0
      }
    });
    this.parameters = variables;
  }

  /**
   * Class scores for every pixel that has its full context in the tile.
   *
   * @param x [B, h, w, inputChannels]; h and w must be valid tile sides ({@linkcode tileSize})
   * @returns logits [B, h - 2 border, w - 2 border, K]; the border is 92 for the paper's depth
   * @throws {RangeError} if a side is not valid
   * @throws {MemoryError} if the backend has no room for the step, before anything is computed
   */
  forward(x: tf.Tensor4D, options: UNetForwardOptions = {}): tf.Tensor4D {
    const { depth, dropoutRate, inputChannels, padding } = this.config;
    const [, height, width, channels] = x.shape;
    tileSize(height, depth, padding);
    tileSize(width, depth, padding);
    if (channels !== inputChannels) {
      throw new RangeError(
        `the tile has ${channels} channels but this UNet takes ${inputChannels}: ` +
          `build it with inputChannels: ${channels}, or convert the picture`,
      );
    }
    const { training = false } = options;
    const bytes = stepMemory(this.config, { height, width, batch: x.shape[0], training });
    requireMemory(
      bytes,
      `${
        training ? "a training step" : "a prediction"
      } of U-Net base ${this.config.baseChannels} ` +
        `on ${x.shape[0]} x ${height} x ${width} pixels`,
    );
    return tf.tidy(() => {
      const skips: tf.Tensor4D[] = [];
      for (let level = 0; level < depth; level++) {
        x = this.#twoConvolutions(`down.${level}`, x, options); // [B, h - 4, w - 4, C 2^level]
        if (level === depth - 1) x = dropout(x, dropoutRate, options);
        skips.push(x);
        x = tf.maxPool(x, 2, 2, "valid"); // [B, h / 2, w / 2, C 2^level]
      }
      x = this.#twoConvolutions("bottom", x, options); // [B, h - 4, w - 4, C 2^depth]
      x = dropout(x, dropoutRate, options);
      for (let up = 0; up < depth; up++) {
        x = this.#upConvolution(`upconv.${up}`, x, options); // [B, 2h, 2w, C 2^(depth-1-up)]
        // "Cropping is necessary due to the loss of border pixels"; twice the channels.
        x = cropAndConcatenate(skips.pop()!, x, true); // [B, h, w, C 2^(depth-up)]
        x = this.#twoConvolutions(`up.${up}`, x, options); // [B, h - 4, w - 4, C 2^(depth-1-up)]
      }
      const logits = validConvolution(x, this.#layer("head")); // [B, h, w, K]
      options.onLayer?.("head", x, logits);
      return logits;
    });
  }

  /**
   * The layers from input to output with their sizes for one tile, as in Fig. 1.
   *
   * @param tileSide side of the input tile, pixels
   */
  summary(tileSide: number): LayerRow[] {
    const { depth, padding } = this.config;
    const { contracting, expanding } = tileSize(tileSide, depth, padding);
    const rows: LayerRow[] = [];
    for (const { name, label, from, to, parameters } of layers(this.config)) {
      const [part, level] = name.split(".");
      const lost = padding === "valid" ? 2 : 0; // by a convolution
      const last = name.endsWith("conv2") ? 0 : lost; // conv1 still has a convolution behind it
      const i = Number(level);
      const side = part === "down"
        ? contracting[i] + last
        : part === "bottom"
        ? contracting[depth] + last
        : part === "upconv"
        ? expanding[i] + 2 * lost
        : part === "up"
        ? expanding[i] + last
        : expanding[depth - 1];
      const inputSide = part === "upconv" ? side / 2 : part === "head" ? side : side + lost;
      rows.push({ layer: label, channels: `${from} → ${to}`, inputSide, side, parameters });
    }
    return rows;
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

  /** Two 3x3 convolutions, each followed by a ReLU: [B, h, w, in] -> [B, h - 4, w - 4, out]. */
  #twoConvolutions(name: string, x: tf.Tensor4D, { onLayer }: UNetForwardOptions): tf.Tensor4D {
    for (const layer of [`${name}.conv1`, `${name}.conv2`]) {
      const padded = this.config.padding === "same" ? tf.pad(x, ONE_PIXEL) : x;
      const y = validConvolution(padded, this.#layer(layer), "relu");
      onLayer?.(layer, x, y);
      x = y;
    }
    return x;
  }

  /** A 2x2 up-convolution, in the 2015 release with a ReLU: [B, h, w, in] -> [B, 2h, 2w, out]. */
  #upConvolution(name: string, x: tf.Tensor4D, { onLayer }: UNetForwardOptions): tf.Tensor4D {
    const sum = upConvolution(x, this.#layer(name));
    const y = this.config.release2015 ? tf.relu(sum) : sum;
    onLayer?.(name, x, y);
    return y;
  }
}

/** Zeros around a map, for "same" padding. */
const ONE_PIXEL: [number, number][] = [[0, 0], [1, 1], [1, 1], [0, 0]];

interface Layer {
  readonly name: string;
  /** What the table of layers calls it. */
  readonly label: string;
  readonly shape: readonly [number, number, number, number];
  /** Channels in and out. */
  readonly from: number;
  readonly to: number;
  readonly parameters: number;
  /** Incoming nodes of one neuron, the N of He initialisation. */
  readonly incoming: number;
}

/** Every layer with weights, in the order in which the forward pass meets it. */
function* layers(config: Required<UNetConfig>): Generator<Layer> {
  const { baseChannels: C, depth, inputChannels, classes, release2015 } = config;
  const layer = (name: string, label: string, side: number, from: number, to: number): Layer => {
    const up = name.startsWith("upconv"); // its filter is [kh, kw, out, in]
    return {
      name,
      label,
      shape: up ? [side, side, to, from] : [side, side, from, to],
      from,
      to,
      parameters: side * side * from * to + to,
      // Stride 2 and side 2: each output pixel of an up-convolution sees one tap of every channel. The
      // release's filler divides the filter's values by its input channels instead: 4 x out.
      incoming: !up ? side * side * from : release2015 ? side * side * to : from,
    };
  };
  let from = inputChannels;
  for (let level = 0; level <= depth; level++) {
    const to = C * 2 ** level, name = level < depth ? `down.${level}` : "bottom";
    const label = level < depth ? `down ${level}` : "bottom";
    yield layer(`${name}.conv1`, `${label}: 3×3 conv, ReLU`, 3, from, to);
    yield layer(`${name}.conv2`, `${label}: 3×3 conv, ReLU`, 3, to, to);
    from = to;
  }
  for (let up = 0; up < depth; up++) {
    const skip = C * 2 ** (depth - 1 - up);
    const to = release2015 && up === depth - 1 ? from : skip;
    yield layer(`upconv.${up}`, `up ${up}: 2×2 up-conv`, 2, from, to);
    yield layer(`up.${up}.conv1`, `up ${up}: concat, 3×3 conv, ReLU`, 3, to + skip, skip);
    yield layer(`up.${up}.conv2`, `up ${up}: 3×3 conv, ReLU`, 3, skip, skip);
    from = skip;
  }
  yield layer("head", "head: 1×1 conv", 1, from, classes);
}

function complete(config: UNetConfig): Required<UNetConfig> {
  const all = {
    baseChannels: 64,
    depth: PAPER_DEPTH,
    inputChannels: 1,
    classes: 2,
    dropoutRate: 0.5,
    release2015: false,
    padding: "valid" as const,
    ...config,
  };
  for (const key of ["baseChannels", "inputChannels", "classes"] as const) {
    if (!Number.isSafeInteger(all[key]) || all[key] < 1) {
      throw new RangeError(`UNet ${key} is a whole number, at least 1; got ${all[key]}`);
    }
  }
  if (!(all.dropoutRate >= 0 && all.dropoutRate < 1)) {
    throw new RangeError(`UNet dropoutRate lies in [0, 1); got ${all.dropoutRate}`);
  }
  if (all.padding !== "valid" && all.padding !== "same") {
    throw new RangeError(`UNet padding is "valid" or "same"; got "${all.padding}"`);
  }
  validSides(all.depth); // refuses a depth out of range
  return all;
}
