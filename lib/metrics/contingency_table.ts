/** How often each pair of labels meets: `counts[k]` pixels carry `rows[k]` in A and `columns[k]` in B. */
export interface ContingencyTable {
  /** Label of the first picture, one per pair that occurs. */
  readonly rows: Int32Array;
  /** Label of the second picture, likewise. */
  readonly columns: Int32Array;
  /** Pixels of each pair, above 0. */
  readonly counts: Int32Array;
  /** The sum of all counts. */
  readonly total: number;
}

/**
 * The contingency table of two label images, as a list of the pairs that occur.
 *
 * Equal neighbours are counted as one run before the hash table is asked, so that the time is that
 * of a scan. The order of the pairs is that in which they are first met.
 *
 * @param a labels, any whole numbers that fit 32 bits
 * @param b labels of the same pixels
 * @param options `ignore`: leave out pixels whose label in `a` is this (the foreground restriction
 * is `ignore: 0`)
 * @throws {RangeError} if the two differ in length
 *
 * @example
 * ```ts
 * import { contingencyTable } from "./mod.ts";
 *
 * const table = contingencyTable(Int32Array.of(0, 1, 1, 1), Int32Array.of(5, 5, 5, 0), { ignore: 0 });
 * console.log(table.rows, table.columns, table.counts); // [1, 1] [5, 0] [2, 1]
 * ```
 */
export function contingencyTable(
  a: Int32Array,
  b: Int32Array,
  options: { readonly ignore?: number } = {},
): ContingencyTable {
  if (a.length !== b.length) {
    throw new RangeError(
      `a contingency table of ${a.length} and ${b.length} labels: both pictures must have the ` +
        `same pixels`,
    );
  }
  const { ignore } = options;
  let table = new PairCounts(1024);
  let total = 0;
  for (let i = 0; i < a.length;) {
    const row = a[i], column = b[i], from = i++;
    while (i < a.length && a[i] === row && b[i] === column) i++;
    if (row === ignore) continue;
    total += i - from;
    table.add(row, column, i - from);
    if (table.isCrowded()) table = table.enlarged();
  }
  return { ...table.pairs(), total };
}

/** An open-addressing hash table from pairs of labels to counts. */
class PairCounts {
  readonly #slots: Int32Array; // index of a pair + 1; 0 = free
  readonly #rows: Int32Array;
  readonly #columns: Int32Array;
  readonly #counts: Int32Array;
  #size = 0;

  /** @param capacity a power of two; half of it may be filled */
  constructor(capacity: number) {
    this.#slots = new Int32Array(capacity);
    this.#rows = new Int32Array(capacity / 2);
    this.#columns = new Int32Array(capacity / 2);
    this.#counts = new Int32Array(capacity / 2);
  }

  add(row: number, column: number, count: number): void {
    const mask = this.#slots.length - 1;
    let hash = Math.imul(row, 0x9e3779b1) ^ Math.imul(column, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
      let pair = this.#slots[slot] - 1;
      if (pair < 0) {
        pair = this.#size++;
        this.#slots[slot] = pair + 1;
        this.#rows[pair] = row;
        this.#columns[pair] = column;
      } else if (this.#rows[pair] !== row || this.#columns[pair] !== column) continue;
      this.#counts[pair] += count;
      return;
    }
  }

  isCrowded(): boolean {
    return 2 * this.#size === this.#slots.length;
  }

  enlarged(): PairCounts {
    const larger = new PairCounts(2 * this.#slots.length);
    for (let k = 0; k < this.#size; k++) {
      larger.add(this.#rows[k], this.#columns[k], this.#counts[k]);
    }
    return larger;
  }

  pairs(): Pick<ContingencyTable, "rows" | "columns" | "counts"> {
    return {
      rows: this.#rows.slice(0, this.#size),
      columns: this.#columns.slice(0, this.#size),
      counts: this.#counts.slice(0, this.#size),
    };
  }
}

/**
 * The sum of the counts of each label: of the rows (first picture) or the columns (second).
 *
 * @returns label -> pixels
 *
 * @example
 * ```ts
 * import { contingencyTable, marginal } from "./mod.ts";
 *
 * const table = contingencyTable(Int32Array.of(1, 1, 2), Int32Array.of(7, 8, 8));
 * console.log(marginal(table, "columns")); // Map { 7 => 1, 8 => 2 }
 * ```
 */
export function marginal(table: ContingencyTable, of: "rows" | "columns"): Map<number, number> {
  const labels = table[of], sums = new Map<number, number>();
  for (let k = 0; k < labels.length; k++) {
    sums.set(labels[k], (sums.get(labels[k]) ?? 0) + table.counts[k]);
  }
  return sums;
}
