import type { Pixels } from "./image.ts";

/** The typed arrays whose values a 32-bit key can order: all of {@linkcode Pixels} but float64. */
export type SortablePixels = Exclude<Pixels, Float64Array>;

/**
 * Puts positions in the order of their values, equal values in the order given: a stable
 * least-significant-digit radix sort, linear in the number of positions.
 *
 * @param positions places in `values`; left as it is
 * @param values the values to order by; no NaN
 * @param options `descending`: largest first (equal values still in the order given)
 * @returns the same positions, reordered
 *
 * @example
 * ```ts
 * import { orderByValue } from "./mod.ts";
 *
 * const values = new Float32Array([0.5, -1, 0.5, 0]);
 * console.log(orderByValue(Int32Array.of(0, 1, 2, 3), values)); // [1, 3, 0, 2]
 * ```
 */
export function orderByValue(
  positions: Int32Array,
  values: SortablePixels,
  options: { readonly descending?: boolean } = {},
): Int32Array {
  const n = positions.length;
  const sortable = sortableBits(values);
  const flip = options.descending ? 0xffffffff : 0;
  let keys = new Uint32Array(n), otherKeys = new Uint32Array(n);
  let order = positions.slice(), otherOrder = new Int32Array(n);
  for (let i = 0; i < n; i++) keys[i] = sortable(positions[i]) ^ flip;

  const bits = 11, buckets = 1 << bits;
  for (let shift = 0; shift < 32; shift += bits) {
    const offsets = new Int32Array(buckets);
    for (let i = 0; i < n; i++) offsets[(keys[i] >>> shift) & (buckets - 1)]++;
    if (n === 0 || offsets[(keys[0] >>> shift) & (buckets - 1)] === n) continue; // nothing to order
    for (let b = 0, sum = 0; b < buckets; b++) {
      const size = offsets[b];
      offsets[b] = sum;
      sum += size;
    }
    for (let i = 0; i < n; i++) {
      const to = offsets[(keys[i] >>> shift) & (buckets - 1)]++;
      otherKeys[to] = keys[i];
      otherOrder[to] = order[i];
    }
    [keys, otherKeys] = [otherKeys, keys];
    [order, otherOrder] = [otherOrder, order];
  }
  return order;
}

/** A reader of values as unsigned 32-bit keys in the same order. */
function sortableBits(values: SortablePixels): (i: number) => number {
  if (values instanceof Float32Array) {
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
    // Positive floats compare as their bits; of negative ones all bits turn. -0 counts as 0.
    return (i) => {
      const b = values[i] === 0 ? 0 : bits[i];
      return b < 0 ? ~b : b ^ 0x80000000;
    };
  }
  return values instanceof Int32Array ? (i) => values[i] ^ 0x80000000 : (i) => values[i];
}
