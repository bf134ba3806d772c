import { tf } from "../backend/mod.ts";
import type { ForwardOptions } from "./model.ts";

/**
 * Dropout: while training, sets each value to zero with probability `rate` and divides the others by
 * 1 - rate, so that the mean stays; otherwise returns `x` as it is.
 *
 * The mask is a function of one drawn number and the position alone (a counter-based generator), so it
 * costs about a nanosecond per value, is the same on every backend, and a resumed run draws the same.
 *
 * @param x any shape
 * @param rate the probability of dropping a value, in [0, 1)
 * @param options `training` and, while training, `random`
 * @throws {RangeError} if the rate is outside [0, 1)
 * @throws {Error} if training without a generator
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { dropout } from "./mod.ts";
 *
 * const y = dropout(tf.ones([1000]), 0.5, { training: true, random: createRandom(1) });
 * console.log(y.max().dataSync()[0], y.min().dataSync()[0]); // 2 0
 * ```
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, options: ForwardOptions = {}): T {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`a dropout rate lies in [0, 1); got ${rate}`);
  if (!options.training || rate === 0) return x;
  if (options.random === undefined) {
    throw new Error(
      "dropout while training needs a generator: forward(x, { training: true, random })",
    );
  }
  const mask = dropoutMask(x.size, rate, options.random.int(2 ** 32));
  return tf.mul(x, tf.tensor(mask, x.shape)) as T;
}

/**
 * The mask that {@linkcode dropout} multiplies with: 0 or 1 / (1 - rate) at each position.
 *
 * @param size number of values
 * @param rate probability of a 0
 * @param seed a 32-bit number
 *
 * @example
 * ```ts
 * import { dropoutMask } from "./mod.ts";
 *
 * console.log(dropoutMask(4, 0.5, 7).every((m) => m === 0 || m === 2)); // true
 * ```
 */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const mask = new Float32Array(size), kept = 1 / (1 - rate), threshold = rate * 2 ** 32;
  for (let i = 0; i < size; i++) {
    let h = (seed ^ Math.imul(i, 0x9e3779b9)) | 0; // a 32-bit finalizer (Murmur3's) over seed and position
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    if (((h ^ (h >>> 16)) >>> 0) >= threshold) mask[i] = kept;
  }
  return mask;
}
