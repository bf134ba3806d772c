/**
 * Fully convolutional networks (Long, Shelhamer and Darrell, CVPR 2015), from the VGG-16 trunk to the
 * three ways of bringing a coarse map back to the picture's size.
 *
 * Legend of shapes: B batch, h and w sides of the picture, C_i channels of block i, F units of the former
 * fully connected layers (4096), K classes; pool_i has ceil(h' / 2^i) rows, h' = h + 2 pad - 2.
 *
 * @module
 */
import { tf } from "../../backend/mod.ts";
import {
  dropout,
  type FilterAndBias,
  type ForwardOptions,
  heNormal,
  type Model,
  type Parameters,
  validConvolution,
} from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import { bilinearUpsampling } from "./bilinear_upsampling.ts";

/**
 * Where the class scores come from and how far they are upsampled in the last step.
 *
 * - `"32s"`: from the last layer alone, 32 pixels a step
 * - `"16s"`: plus scores from pool4
 * - `"8s"`: plus scores from pool4 and pool3
 * - `"8s-at-once"`: the 8s net trained in one stage: pool4 scaled by 0.01 and pool3 by 0.0001 before
 *   their score layers, as in the reference code
 */
export type FCNVariant = "32s" | "16s" | "8s" | "8s-at-once";

/** The shape of an FCN. The defaults are the paper's (21 classes: PASCAL VOC and background). */
export interface FCNConfig {
  /** Default "8s". */
  readonly variant?: FCNVariant;
  /** Channels of the five VGG-16 blocks. Default [64, 128, 256, 512, 512]. */
  readonly channels?: readonly [number, number, number, number, number];
  /** Units of fc6 and fc7, the former fully connected layers. Default 4096. */
  readonly units?: number;
  /** Channels of the picture. Default 3. */
  readonly inputChannels?: number;
  /** Number of classes. Default 21. */
  readonly classes?: number;
  /** Dropout after fc6 and after fc7. Default 0.5. */
  readonly dropoutRate?: number;
  /**
   * Zeros around the picture, so that fc6's 7x7 window fits at its border. The paper's 100; the smallest
   * that always covers the picture is 81, which costs less on small pictures. Default 100.
   */
  readonly pad?: number;
}

/** Convolutions in each block of VGG-16: 13, and with the three fully connected layers 16. */
export const VGG16_BLOCKS = [2, 2, 3, 3, 3] as const;

const SMALLEST_PAD = 81;

/**
 * How many pixels the crops of the reference nets cut at the top left, from the positions of the pixels.
 *
 * Pixel i of the picture is pixel i + pad - 1 of conv1_1. Pooled n times, pixel k stands for the position
 * 2^n k + (2^n - 1) / 2; fc6 without padding adds 3 pixels of pool5. A transposed convolution of kernel
 * 2s and stride s puts pixel m at s m + s - 1/2. Setting the positions equal gives the differences.
 *
 * @param pad zeros around the picture
 *
 * @example
 * ```ts
 * import { cropOffsets } from "./mod.ts";
 *
 * console.log(cropOffsets(100)); // { pool4: 5, pool3: 9, "32s": 19, "16s": 27, "8s": 31 }
 * ```
 */
export function cropOffsets(
  pad: number,
): { pool4: number; pool3: number; "32s": number; "16s": number; "8s": number } {
  return { pool4: 5, pool3: 9, "32s": pad - 81, "16s": pad - 73, "8s": pad - 69 };
}

/**
 * The number of trainable values of an FCN, without building it. The bilinear filters are fixed and do
 * not count.
 *
 * @param config see {@linkcode FCNConfig}
 * @throws {RangeError} if a number of the configuration is out of range
 *
 * @example
 * ```ts
 * import { fcnParameterCount } from "./mod.ts";
 *
 * console.log(fcnParameterCount({ variant: "32s" })); // 134346581: VGG-16 with 21 score channels
 * ```
 */
export function fcnParameterCount(config: FCNConfig): number {
  let count = 0;
  for (const { side, from, to } of layers(complete(config))) count += side * side * from * to + to;
  return count;
}

/** One row of {@linkcode fcnSummary}. */
export interface FCNLayerRow {
  /** The paper's name of the layer. */
  readonly layer: string;
  /** Side of the filter. */
  readonly filter: number;
  /** Channels in and out. */
  readonly channels: string;
  /** Rows and columns of the map that comes out. */
  readonly size: string;
  /** Trainable values. */
  readonly parameters: number;
  /** Multiply-adds for one picture. */
  readonly multiplyAdds: number;
}

/**
 * The layers of an FCN from input to output with their sizes for one picture, without building it.
 *
 * @param config see {@linkcode FCNConfig}
 * @param height rows of the picture
 * @param width columns of the picture
 * @throws {RangeError} if a number of the configuration is out of range
 *
 * @example
 * ```ts
 * import { fcnSummary } from "./mod.ts";
 *
 * const { size, parameters } = fcnSummary({}, 500, 500).find(({ layer }) => layer === "fc6")!;
 * console.log(size, parameters); // 16×16 102764544
 * ```
 */
export function fcnSummary(config: FCNConfig, height: number, width: number): FCNLayerRow[] {
  const all = complete(config), { pad } = all;
  let h = height + 2 * pad - 2, w = width + 2 * pad - 2;
  const pools: [number, number][] = [], rows: FCNLayerRow[] = [];
  for (const { name, side, from, to } of layers(all)) {
    if (/^conv[2-5]_1$|^fc6$/.test(name)) pools.push([h = Math.ceil(h / 2), w = Math.ceil(w / 2)]);
    if (name === "fc6") [h, w] = [h - 6, w - 6];
    if (name === "score_pool4") [h, w] = pools[3];
    if (name === "score_pool3") [h, w] = pools[2];
    rows.push({
      layer: name,
      filter: side,
      channels: `${from} → ${to}`,
      size: `${h}×${w}`,
      parameters: side * side * from * to + to,
      multiplyAdds: h * w * side * side * from * to,
    });
  }
  return rows;
}

/**
 * FCN-32s, FCN-16s or FCN-8s.
 *
 * @example
 * ```ts
 * import { tf } from "../../backend/mod.ts";
 * import { createRandom } from "../../random/mod.ts";
 * import { FCN } from "./mod.ts";
 *
 * const net = new FCN(
 *   { variant: "16s", channels: [2, 2, 4, 4, 4], units: 8, inputChannels: 1, classes: 2, pad: 81 },
 *   { random: createRandom(1) },
 * );
 * console.log(net.forward(tf.zeros([1, 40, 50, 1])).shape); // [1, 40, 50, 2]
 * ```
 */
export class FCN implements Model {
  /** The configuration with every default filled in. */
  readonly config: Required<FCNConfig>;
  /**
   * By the paper's names: `conv1_1.weight`, `conv1_1.bias`, ..., `conv5_3.bias`, `fc6.*`, `fc7.*`,
   * `score_fr.*`, then `score_pool4.*` (16s, 8s) and `score_pool3.*` (8s). Filters are [kh, kw, in, out].
   */
  readonly parameters: Parameters;

  /**
   * The score layers start at zero, as in the paper, so that an untrained skip changes nothing. The trunk
   * starts from He initialisation (our choice: the paper starts from VGG-16 trained on ImageNet, see
   * `loadVGG16`).
   *
   * @param config see {@linkcode FCNConfig}
   * @param options `random`: where the trunk's initial weights are drawn
   * @throws {RangeError} if a number of the configuration is out of range
   */
  constructor(config: FCNConfig, options: { random: Random }) {
    this.config = complete(config);
    const variables = new Map<string, tf.Variable>();
    for (const { name, side, from, to } of layers(this.config)) {
      const shape: [number, number, number, number] = [side, side, from, to];
      variables.set(
        `${name}.weight`,
        tf.tidy(() =>
          tf.variable(
            name.startsWith("score")
              ? tf.zeros(shape)
              : tf.tensor(heNormal(shape, side * side * from, options.random), shape),
          )
        ),
      );
      variables.set(`${name}.bias`, tf.tidy(() => tf.variable(tf.zeros([to]))));
    }
    this.parameters = variables;
  }

  /**
   * Class scores for every pixel.
   *
   * @param x [B, h, w, inputChannels], any h and w
   * @returns logits [B, h, w, K]
   * @throws {RangeError} if the number of channels is not the net's
   */
  forward(x: tf.Tensor4D, options: ForwardOptions = {}): tf.Tensor4D {
    const { variant, dropoutRate, inputChannels, pad } = this.config;
    const [, h, w, channels] = x.shape;
    if (channels !== inputChannels) {
      throw new RangeError(
        `the picture has ${channels} channels but this FCN takes ${inputChannels}: ` +
          `build it with inputChannels: ${channels}, or convert the picture`,
      );
    }
    const offset = cropOffsets(pad);
    return tf.tidy(() => {
      let n = tf.pad(x, [[0, 0], [pad, pad], [pad, pad], [0, 0]]); // [B, h + 2 pad, w + 2 pad, C]
      const pool: tf.Tensor4D[] = [];
      VGG16_BLOCKS.forEach((convolutions, block) => {
        for (let i = 1; i <= convolutions; i++) {
          const { weight, bias } = this.#layer(`conv${block + 1}_${i}`);
          const padding = block === 0 && i === 1 ? "valid" : "same"; // conv1_1 has its zeros already
          n = tf.relu(tf.add(tf.conv2d(n, weight, 1, padding), bias)); // [B, h'/2^b, w'/2^b, C_b]
        }
        n = tf.maxPool(n, 2, 2, "same"); // Caffe rounds up: [B, ceil(h'/2^(b+1)), ..., C_b]
        pool.push(n);
      });
      for (const name of ["fc6", "fc7"]) { // 7x7 shrinks the map by 6, 1x1 keeps it
        n = dropout(tf.relu(validConvolution(n, this.#layer(name))), dropoutRate, options);
      }
      n = validConvolution(n, this.#layer("score_fr")); // [B, h'/32 - 6, w'/32 - 6, K]
      if (variant === "32s") return crop(bilinearUpsampling(n, 32), offset["32s"], h, w);

      n = this.#fuse(n, pool[3], "score_pool4", offset.pool4); // [B, h'/16 - ..., ..., K]
      if (variant === "16s") return crop(bilinearUpsampling(n, 16), offset["16s"], h, w);

      n = this.#fuse(n, pool[2], "score_pool3", offset.pool3); // [B, h'/8 - ..., ..., K]
      return crop(bilinearUpsampling(n, 8), offset["8s"], h, w); // [B, h, w, K]
    });
  }

  /**
   * Copies every parameter that the coarser net also has: the paper initialises FCN-16s with the trained
   * FCN-32s and FCN-8s with FCN-16s. The new score layer stays at zero, so before its first step the
   * finer net is the coarser one with its last upsampling split in two.
   *
   * @param coarser a net of the same widths
   * @returns the names that the coarser net lacks
   * @throws {Error} if a parameter of the same name has another shape
   *
   * @example
   * ```ts
   * import { createRandom } from "../../random/mod.ts";
   * import { FCN } from "./mod.ts";
   *
   * const small = { channels: [2, 2, 2, 2, 2] as const, units: 4, classes: 2 }, random = createRandom(1);
   * const fcn32s = new FCN({ ...small, variant: "32s" }, { random });
   * const fcn16s = new FCN({ ...small, variant: "16s" }, { random });
   * console.log(fcn16s.initialiseFrom(fcn32s)); // ["score_pool4.weight", "score_pool4.bias"]
   * ```
   */
  initialiseFrom(coarser: FCN): string[] {
    const missing: string[] = [];
    for (const [name, variable] of this.parameters) {
      const given = coarser.parameters.get(name);
      if (given === undefined) missing.push(name);
      else if (`${given.shape}` === `${variable.shape}`) variable.assign(given);
      else {
        throw new Error(
          `${name} has shape [${given.shape}] in the coarser FCN and [${variable.shape}] here: ` +
            "build both with the same channels, units, inputChannels and classes",
        );
      }
    }
    return missing;
  }

  /**
   * The layers from input to output with their sizes for one picture: {@linkcode fcnSummary} of this net.
   *
   * @param height rows of the picture
   * @param width columns of the picture
   */
  summary(height: number, width: number): FCNLayerRow[] {
    return fcnSummary(this.config, height, width);
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

  /**
   * One skip: the coarse scores, twice as large, plus the scores of an earlier pooling, cropped to match.
   * "We sum both predictions": an addition, where the U-Net concatenates.
   */
  #fuse(coarse: tf.Tensor4D, pool: tf.Tensor4D, name: string, offset: number): tf.Tensor4D {
    const up = bilinearUpsampling(coarse, 2); // [B, 2h + 2, 2w + 2, K]
    if (this.config.variant === "8s-at-once") {
      pool = tf.mul(pool, name === "score_pool4" ? 0.01 : 0.0001);
    }
    const score = validConvolution(pool, this.#layer(name));
    return tf.add(up, crop(score, offset, up.shape[1], up.shape[2]));
  }
}

/** h x w pixels of x, from `offset` on in both directions. */
function crop(x: tf.Tensor4D, offset: number, h: number, w: number): tf.Tensor4D {
  return tf.slice(x, [0, offset, offset, 0], [x.shape[0], h, w, x.shape[3]]);
}

interface Layer {
  readonly name: string;
  /** Side of the filter. */
  readonly side: number;
  readonly from: number;
  readonly to: number;
}

/** Every layer with weights, in the order in which the forward pass meets it. */
function* layers(config: Required<FCNConfig>): Generator<Layer> {
  const { variant, channels, units, inputChannels, classes } = config;
  let from = inputChannels;
  for (const [block, convolutions] of VGG16_BLOCKS.entries()) {
    for (let i = 1; i <= convolutions; i++) {
      yield { name: `conv${block + 1}_${i}`, side: 3, from, to: channels[block] };
      from = channels[block];
    }
  }
  yield { name: "fc6", side: 7, from, to: units };
  yield { name: "fc7", side: 1, from: units, to: units };
  yield { name: "score_fr", side: 1, from: units, to: classes };
  if (variant === "32s") return;
  yield { name: "score_pool4", side: 1, from: channels[3], to: classes };
  if (variant === "16s") return;
  yield { name: "score_pool3", side: 1, from: channels[2], to: classes };
}

function complete(config: FCNConfig): Required<FCNConfig> {
  const all: Required<FCNConfig> = {
    variant: "8s",
    channels: [64, 128, 256, 512, 512],
    units: 4096,
    inputChannels: 3,
    classes: 21,
    dropoutRate: 0.5,
    pad: 100,
    ...config,
  };
  const whole = (key: string, value: number, least: number) => {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`FCN ${key} is a whole number, at least ${least}; got ${value}`);
    }
  };
  for (const key of ["units", "inputChannels", "classes"] as const) whole(key, all[key], 1);
  whole("pad", all.pad, SMALLEST_PAD);
  if (all.channels.length !== VGG16_BLOCKS.length) {
    throw new RangeError(`VGG-16 has 5 blocks; FCN channels gives ${all.channels.length}`);
  }
  for (const width of all.channels) whole("channels", width, 1);
  if (!(all.dropoutRate >= 0 && all.dropoutRate < 1)) {
    throw new RangeError(`FCN dropoutRate lies in [0, 1); got ${all.dropoutRate}`);
  }
  return all;
}
