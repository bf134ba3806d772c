/** The learning rate of each step; steps count from 0. */
export type Schedule = (step: number) => number;

/**
 * The same learning rate throughout.
 *
 * @example
 * ```ts
 * import { constant } from "./mod.ts";
 *
 * console.log(constant(0.01)(1000)); // 0.01
 * ```
 */
export function constant(rate: number): Schedule {
  requirePositive("learning rate", rate);
  return () => rate;
}

/** What {@linkcode warmupLinear} and {@linkcode warmupCosine} need to know. */
export interface WarmupOptions {
  /** The highest learning rate. */
  readonly peak: number;
  /** Steps over which the rate rises from 0 in a straight line. */
  readonly warmup: number;
  /** The step at which the rate has come down to 0. */
  readonly total: number;
}

/**
 * Straight up to the peak during the warm-up, then straight down to 0, the line down being measured from
 * step 0 as in BERT's released optimizer: at the end of the warm-up the rate drops a little.
 *
 *     t < warmup: peak * t / warmup          otherwise: peak * (1 - t / total)
 *
 * @example
 * ```ts
 * import { warmupLinear } from "./mod.ts";
 *
 * const rate = warmupLinear({ peak: 1, warmup: 10, total: 100 });
 * console.log(rate(0), rate(5), rate(10), rate(100)); // 0 0.5 0.9 0
 * ```
 */
export function warmupLinear({ peak, warmup, total }: WarmupOptions): Schedule {
  requireWarmup({ peak, warmup, total });
  return (step) => step < warmup ? peak * step / warmup : peak * Math.max(0, 1 - step / total);
}

/**
 * Straight up to the peak during the warm-up (the first step is already above 0), then half a cosine
 * down to 0 at the last step. A modern recipe, not the papers'.
 *
 * @example
 * ```ts
 * import { warmupCosine } from "./mod.ts";
 *
 * const rate = warmupCosine({ peak: 1, warmup: 10, total: 110 });
 * console.log(rate(9), rate(60).toFixed(2)); // 1 0.50
 * ```
 */
export function warmupCosine({ peak, warmup, total }: WarmupOptions): Schedule {
  requireWarmup({ peak, warmup, total });
  return (step) => {
    if (step < warmup) return peak * (step + 1) / warmup;
    const done = Math.min(1, (step - warmup) / (total - warmup));
    return peak * 0.5 * (1 + Math.cos(Math.PI * done));
  };
}

function requireWarmup({ peak, warmup, total }: WarmupOptions) {
  requirePositive("peak learning rate", peak);
  if (!(warmup >= 0 && total > warmup)) {
    throw new RangeError(
      `a schedule needs 0 <= warmup < total; got warmup ${warmup}, total ${total}`,
    );
  }
}

function requirePositive(what: string, rate: number) {
  if (!(rate > 0 && Number.isFinite(rate))) {
    throw new RangeError(`a ${what} is a positive number; got ${rate}`);
  }
}
