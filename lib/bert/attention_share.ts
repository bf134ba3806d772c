/**
 * How much of a head's attention goes to one place relative to the one that looks, such as the word before:
 * the mean over all rows that have such a place.
 *
 * @param values [A, T, T] the attention of a layer
 * @param length T
 * @param head which of the A
 * @param to for the row that looks, the column that is looked at; a row for which it is outside does not count
 * @returns in [0, 1]; an even spread gives 1 / T
 *
 * @example
 * ```ts
 * import { attentionShare } from "./mod.ts";
 *
 * const values = [1, 0, 0.75, 0.25]; // one head, two places
 * console.log(attentionShare(values, 2, 0, (row) => row - 1)); // 0.75: the second looks at the first
 * ```
 */
export function attentionShare(
  values: ArrayLike<number>,
  length: number,
  head: number,
  to: (row: number) => number,
): number {
  let sum = 0, rows = 0;
  for (let row = 0; row < length; row++) {
    const column = to(row);
    if (column < 0 || column >= length) continue;
    sum += values[(head * length + row) * length + column];
    rows++;
  }
  return sum / rows;
}
