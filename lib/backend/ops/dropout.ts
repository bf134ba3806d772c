/**
 * Dropout whose mask is a function of a seed.
 *
 * @module
 */

import { tf } from "../tf.ts";
import { hasKernel, runKernel } from "./gradient.ts";

/** The numbers a kernel needs to make a mask. */
export interface DropoutMask {
  /** Mixed, as a signed 32-bit integer. */
  seed: number;
  /** keep * 2^32 - 2^31: a hash, read as signed with its top bit turned, is kept below it. */
  threshold: number;
  /** 1 / keep. */
  scale: number;
}

/** The mask's numbers; scale 0 where rate is 0. */
export function dropoutMask(rate: number, seed: number): DropoutMask {
  if (!(rate >= 0 && rate < 1)) {
    throw new Error(`dropout's rate is ${rate}; it must be at least 0 and below 1.`);
  }
  let mixed = (seed ^ 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  mixed ^= mixed >>> 15;
  const keep = 1 - rate;
  return {
    seed: mixed | 0,
    threshold: Math.min(2 ** 31 - 1, Math.round(keep * 2 ** 32 - 2 ** 31)),
    scale: rate === 0 ? 0 : 1 / keep,
  };
}

/**
 * Sets a share `rate` of the elements to zero and divides the others by 1 - rate (Srivastava et al. 2014, in the
 * "inverted" form, which needs no change at prediction).
 *
 * On wasm the mask is a hash of the seed and the element's number: the same on any number of threads, made again backwards
 * instead of being stored. On other backends tfjs draws it from the same seed, so masks differ between backends.
 *
 * @param x any shape
 * @param rate share that is dropped, 0 <= rate < 1
 * @param seed a whole number; take a new one for every call
 * @throws {Error} if the rate is out of range
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
  const mask = dropoutMask(rate, seed);
  if (rate === 0) return x.clone();
  if (!hasKernel("CounterDropout")) return tf.dropout(x, rate, undefined, seed) as T;
  const attributes = { ...mask };
  return tf.customGrad((x) => {
    const value = runKernel("CounterDropout", { x: x as tf.Tensor }, attributes);
    return {
      value,
      gradFunc: (dy: tf.Tensor) => runKernel("CounterDropout", { x: dy }, attributes),
    };
  })(x) as T;
}
