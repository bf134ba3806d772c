import type { Random } from "../random/mod.ts";

/**
 * Initial weights drawn from N(0, sqrt(2 / N)), N = the number of incoming nodes of one neuron
 * (U-Net, Sect. 3, after He et al. 2015): with ReLU every layer's output then has about the variance
 * of its input. A 3x3 convolution over 64 channels has N = 9 * 64 = 576.
 *
 * @param shape of the weight tensor; its product is the number of values
 * @param incoming N
 * @param random where the values are drawn
 * @returns the values, row-major
 * @throws {RangeError} if N is not a positive number
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { heNormal } from "./mod.ts";
 *
 * const values = heNormal([3, 3, 64, 64], 9 * 64, createRandom(1));
 * const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
 * console.log(Math.abs(variance - 2 / 576) < 1e-4); // true
 * ```
 */
export function heNormal(shape: readonly number[], incoming: number, random: Random): Float32Array {
  if (!(incoming > 0)) {
    throw new RangeError(`He initialisation needs N > 0 incoming nodes; got ${incoming}`);
  }
  const std = Math.sqrt(2 / incoming);
  const count = shape.reduce((n, d) => n * d, 1);
  return Float32Array.from({ length: count }, () => random.normal(0, std));
}
