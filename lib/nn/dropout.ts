import { dropout as seededDropout, type tf } from "../backend/mod.ts";
import type { ForwardOptions } from "./model.ts";

/**
 * Dropout: while training, sets each value to zero with probability `rate` and divides the others by
 * 1 - rate, so that the mean stays; otherwise returns `x` as it is.
 *
 * The mask is a function of one drawn number and the position alone (a counter-based generator), so it
 * is the same on every backend, and a resumed run draws the same.
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
  return seededDropout(x, rate, options.random.int(2 ** 32));
}
