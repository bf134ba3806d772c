/**
 * Pearson's correlation coefficient: the covariance divided by both standard deviations.
 *
 * @param x [N]
 * @param y [N]
 * @returns in [-1, 1]; NaN if either is constant, as in SciPy: there is no correlation to speak of
 * @throws {RangeError} if the lengths differ, are below 2, or a value is no finite number
 *
 * @example
 * ```ts
 * import { pearson } from "./mod.ts";
 *
 * console.log(pearson([1, 2, 3], [2, 4, 6])); // 1
 * ```
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number {
  check(x, y);
  const N = x.length;
  let meanX = 0, meanY = 0;
  for (let i = 0; i < N; i++) {
    meanX += x[i] / N;
    meanY += y[i] / N;
  }
  let xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < N; i++) {
    const dx = x[i] - meanX, dy = y[i] - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (isConstant(x) || isConstant(y)) return NaN;
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, ties sharing the mean of their ranks.
 *
 * @param x [N]
 * @param y [N]
 * @returns in [-1, 1]; NaN if either is constant
 * @throws {RangeError} if the lengths differ, are below 2, or a value is no finite number
 *
 * @example
 * ```ts
 * import { spearman } from "./mod.ts";
 *
 * console.log(spearman([1, 2, 3, 4], [1, 10, 100, 1000])); // 1
 * ```
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  check(x, y);
  return pearson(ranks(x), ranks(y));
}

/**
 * The place of every value in the sorted order, from 1; equal values share the mean of their places.
 *
 * @example
 * ```ts
 * import { ranks } from "./mod.ts";
 *
 * console.log([...ranks([30, 10, 30, 20])]); // [3.5, 1, 3.5, 2]
 * ```
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) found[order[i]] = (from + 1 + to) / 2;
  }
  return found;
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

function check(x: ArrayLike<number>, y: ArrayLike<number>) {
  if (x.length !== y.length || x.length < 2) {
    throw new RangeError(
      `${x.length} values against ${y.length}: a correlation needs as many of one as of the other, ` +
        `and at least two`,
    );
  }
  for (const values of [x, y]) {
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) {
        throw new RangeError(`value ${i} is ${values[i]}: a correlation needs finite numbers`);
      }
    }
  }
}
