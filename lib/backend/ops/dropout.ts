/**
 * Dropout whose mask is a function of a seed.
 *
 * @module
 */

import { tf } from "../tf.ts";
import { hasKernel, runKernel } from "./gradient.ts";

/** The numbers a kernel needs to make a mask. */
export interface MaskNumbers {
  /** As a signed 32-bit integer. */
  seed: number;
  /** An element is kept where its hash is at least rate * 2^32; given less 2^31, for a signed comparison. */
  threshold: number;
  /** 1 / (1 - rate); 0 where nothing is dropped. */
  scale: number;
}

/** The mask's numbers; scale 0 where rate is 0. */
export function maskNumbers(rate: number, seed: number): MaskNumbers {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`a dropout rate lies in [0, 1); got ${rate}`);
  }
  const least = Math.min(2 ** 32 - 1, Math.ceil(rate * 2 ** 32));
  return { seed: seed | 0, threshold: least - 2 ** 31, scale: rate === 0 ? 0 : 1 / (1 - rate) };
}

/**
 * The mask that {@linkcode dropout} multiplies with: 0 or 1 / (1 - rate) at each position, which a hash of the seed and the
 * position decides (the finaliser of MurmurHash3).
 *
 * @param size number of values
 * @param rate probability of a 0, in [0, 1)
 * @param seed a 32-bit number
 * @throws {RangeError} if the rate is out of range
 *
 * @example
 * ```ts
 * import { dropoutMask } from "../mod.ts";
 *
 * console.log(dropoutMask(4, 0.5, 7).every((m) => m === 0 || m === 2)); // true
 * ```
 */
export function dropoutMask(size: number, rate: number, seed: number): Float32Array {
  const { threshold, scale, seed: mixed } = maskNumbers(rate, seed);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let h = mixed ^ Math.imul(i, 0x9e3779b9);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    if ((h ^ (h >>> 16) ^ 0x80000000) >= threshold) mask[i] = scale || 1;
  }
  return mask;
}

/**
 * Sets a share `rate` of the elements to zero and divides the others by 1 - rate (Srivastava et al. 2014, in the
 * "inverted" form, which needs no change at prediction).
 *
 * The mask is the same on every backend and any number of threads ({@linkcode dropoutMask}); wasm and webgpu make it again
 * backwards instead of storing it.
 *
 * @param x any shape
 * @param rate share that is dropped, 0 <= rate < 1
 * @param seed a whole number below 2^32; take a new one for every call
 * @throws {RangeError} if the rate is out of range
 *
 * @example
 * ```ts
 * import { dropout, tf, useBackend } from "../mod.ts";
 * import { assert } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const y = dropout(tf.ones([1000]), 0.25, 7);
 * const kept = y.dataSync().filter((v) => v !== 0).length;
 * assert(kept > 700 && kept < 800);
 * ```
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: number): T {
  const numbers = maskNumbers(rate, seed);
  if (rate === 0) return x.clone();
  if (!hasKernel("CounterDropout")) {
    return tf.mul(x, tf.tensor(dropoutMask(x.size, rate, seed), x.shape)) as T;
  }
  const attributes = { ...numbers };
  return tf.customGrad((x) => {
    const value = runKernel("CounterDropout", { x: x as tf.Tensor }, attributes);
    return {
      value,
      gradFunc: (dy: tf.Tensor) => runKernel("CounterDropout", { x: dy }, attributes),
    };
  })(x) as T;
}
