import { parameterCount, type UNetConfig } from "./unet.ts";

/** What {@linkcode stepMemory} is asked about. */
export interface StepMemoryOptions {
  /** Sides of the input tile, pixels. */
  readonly height: number;
  readonly width: number;
  /** Tiles at once. Default 1. */
  readonly batch?: number;
  /** Whether gradients are computed, too. Default true. */
  readonly training?: boolean;
}

/**
 * How many bytes a step of a U-Net holds at its peak besides its weights and the optimizer's state: every activation, which
 * the gradients need again, and while training the gradient of each of them (tfjs frees these at the end), those of the
 * weights, and three maps of the largest size to work in.
 *
 * @param config see {@linkcode UNetConfig}
 * @param options see {@linkcode StepMemoryOptions}
 * @returns bytes, of 4 per value
 *
 * @example
 * ```ts
 * import { stepMemory } from "./mod.ts";
 *
 * const bytes = stepMemory({ baseChannels: 64 }, { height: 572, width: 572 });
 * console.log((bytes / 2 ** 30).toFixed(1)); // gibibytes for the paper's network and tile
 * ```
 */
export function stepMemory(config: UNetConfig, options: StepMemoryOptions): number {
  const { baseChannels: C = 64, depth = 4, classes = 2, inputChannels = 1 } = config;
  const { height, width, batch = 1, training = true } = options;
  let h = height, w = width, floats = h * w * inputChannels, largest = 0;
  const hold = (channels: number) => {
    floats += h * w * channels;
    largest = Math.max(largest, h * w * channels);
  };
  const shrink = (by: number) => [h, w] = [h - by, w - by];
  const twoConvolutions = (channels: number) => {
    shrink(2);
    hold(channels);
    shrink(2);
    hold(channels);
  };
  for (let level = 0; level < depth; level++) {
    twoConvolutions(C * 2 ** level);
    [h, w] = [h / 2, w / 2];
    hold(C * 2 ** level); // after the pooling
  }
  twoConvolutions(C * 2 ** depth);
  for (let level = depth - 1; level >= 0; level--) {
    [h, w] = [2 * h, 2 * w];
    hold(C * 2 ** level); // after the up-convolution
    hold(2 * C * 2 ** level); // beside the cropped map
    twoConvolutions(C * 2 ** level);
  }
  hold(classes);
  const back = training ? batch * (floats + 3 * largest) + parameterCount(config) : 0;
  return 4 * (batch * floats + back);
}
