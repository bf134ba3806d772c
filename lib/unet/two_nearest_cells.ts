import type { Image, LabelImage } from "../image/mod.ts";

/** How far each pixel is from the two nearest cells. */
export interface TwoNearest {
  /** To the nearest cell, in pixels: 0 inside it; Infinity where the picture has none. */
  readonly d1: Image<Float64Array>;
  /** To the second nearest cell; Infinity where the picture has fewer than two. */
  readonly d2: Image<Float64Array>;
  /** The nearest cell's label; 0 where there is none. */
  readonly nearest: LabelImage;
}

/**
 * d1 and d2 of U-Net's Eq. 2, exact: Euclidean distances from a pixel's centre to the centre of the
 * nearest pixel of the nearest cell, and of the nearest pixel of any other cell.
 *
 * One distance transform per cell would do, and would take the longer the more cells there are. This is
 * one transform for all of them: the idea of Felzenszwalb and Huttenlocher (Theory of Computing 8:415,
 * 2012), carried to two labels.
 *
 * 1. Along each column: the two nearest different labels. A third is farther than both of them from
 *    every pixel of the row, so it cannot be among the two nearest cells of any.
 * 2. Along each row: d1^2 is the lower envelope of the parabolas f(q) + (x - q)^2 over the columns q,
 *    from one cell to the next. On the stretch where cell L is the nearest, d2^2 is the envelope of the
 *    parabolas that are not L's; only columns as near as the stretch's neighbours can matter.
 *
 * Linear in the pixels where cells are spread over the picture: about two and a half plain distance
 * transforms on an EM slice with 116 cells (`bench/weight_map.ts`). Many cells in one corner of an empty
 * picture cost more: up to its width for each stretch.
 *
 * @param labels one whole number per cell, 0 = background
 *
 * @example
 * ```ts
 * import { twoNearestCells } from "./mod.ts";
 *
 * const labels = { data: Int32Array.of(1, 0, 0, 0, 2, 2), width: 6, height: 1 };
 * const { d1, d2 } = twoNearestCells(labels);
 * console.log(d1.data, d2.data); // [0, 1, 2, 1, 0, 0] [4, 3, 2, 3, 4, 5]
 * ```
 */
export function twoNearestCells({ data: labels, width, height }: LabelImage): TwoNearest {
  const d1 = new Float64Array(width * height), d2 = new Float64Array(width * height);
  const nearest = new Int32Array(width * height);
  const above = nearestAbove(labels, width, height);
  const below = new TwoLabels(width), column = new TwoLabels(width); // one row each
  const f = new Float64Array(width), others = new Float64Array(width);
  const envelope = new LowerEnvelope(width);
  const owner = new Int32Array(width); // whose parabola is the lowest at x; -1: there is none
  for (let y = height - 1; y >= 0; y--) {
    const row = y * width;
    step(below, labels, row, width);
    merge(above, row, below, column, width);
    const { label1, gap1, gap2 } = column;

    for (let x = 0; x < width; x++) {
      f[x] = square(gap1[x]);
      owner[x] = x;
    }
    for (let a = 0, b = 0; a < width; a = ++b) { // a stretch of background; elsewhere d1 = 0
      while (b < width && labels[row + b] === 0) b++;
      if (b === a) continue;
      envelope.build(f, Math.max(0, a - 1), Math.min(b, width - 1));
      envelope.read(f, a, b - 1, d1, row, owner);
    }
    for (let x = 0; x < width; x++) nearest[row + x] = owner[x] < 0 ? 0 : label1[owner[x]];

    for (let a = 0, b = 0; a < width; a = ++b) { // the stretch a ... b whose nearest cell is L
      const L = nearest[row + a];
      while (b + 1 < width && nearest[row + b + 1] === L) b++;
      const begin = a === 0 ? 0 : Math.max(0, a - reach(f, a, owner[a - 1]));
      const end = b === width - 1 ? b : Math.min(width - 1, b + reach(f, b, owner[b + 1]));
      for (let q = begin; q <= end; q++) others[q] = square(label1[q] !== L ? gap1[q] : gap2[q]);
      envelope.build(others, begin, end);
      envelope.read(others, a, b, d2, row);
    }
  }
  for (let i = 0; i < d1.length; i++) {
    d1[i] = Math.sqrt(d1[i]);
    d2[i] = Math.sqrt(d2[i]);
  }
  return {
    d1: { data: d1, width, height },
    d2: { data: d2, width, height },
    nearest: { data: nearest, width, height },
  };
}

/** How far from x the parabola at q is: nothing further off than that can be lower. */
const reach = (f: Float64Array, x: number, q: number) =>
  Math.ceil(Math.sqrt(f[q] + (x - q) * (x - q)));

/** The gap to a label that is not there. */
const NONE = 1 << 29;
const square = (gap: number) => gap >= NONE ? Infinity : gap * gap;

/** The nearest label of the column, the nearest different one (0 = none), and how many pixels off they are. */
class TwoLabels {
  readonly label1: Int32Array;
  readonly label2: Int32Array;
  readonly gap1: Int32Array;
  readonly gap2: Int32Array;

  constructor(size: number) {
    this.label1 = new Int32Array(size);
    this.label2 = new Int32Array(size);
    this.gap1 = new Int32Array(size).fill(NONE);
    this.gap2 = new Int32Array(size).fill(NONE);
  }
}

/** For every pixel, the pair among the pixels above it and itself. */
function nearestAbove(labels: Int32Array, width: number, height: number): TwoLabels {
  const all = new TwoLabels(width * height), pair = new TwoLabels(width);
  for (let row = 0; row < width * height; row += width) {
    step(pair, labels, row, width);
    all.label1.set(pair.label1, row);
    all.label2.set(pair.label2, row);
    all.gap1.set(pair.gap1, row);
    all.gap2.set(pair.gap2, row);
  }
  return all;
}

/** Takes the pairs of a row one pixel on, to the row of `labels` that begins at `row`. */
function step(
  { label1, label2, gap1, gap2 }: TwoLabels,
  labels: Int32Array,
  row: number,
  width: number,
): void {
  for (let x = 0; x < width; x++) {
    const own = labels[row + x];
    gap2[x]++;
    if (own === 0) gap1[x]++;
    else {
      if (own !== label1[x]) {
        label2[x] = label1[x];
        gap2[x] = gap1[x] + 1;
        label1[x] = own;
      }
      gap1[x] = 0;
    }
  }
}

/** Of the pairs `a` (a row that begins at `row`) and `b`, the two nearest different labels. */
function merge(a: TwoLabels, row: number, b: TwoLabels, to: TwoLabels, width: number): void {
  for (let x = 0; x < width; x++) {
    const i = row + x;
    const a1 = a.label1[i], a2 = a.label2[i], b1 = b.label1[x], b2 = b.label2[x];
    const ga1 = a.gap1[i], ga2 = a.gap2[i], gb1 = b.gap1[x], gb2 = b.gap2[x];
    const aFirst = ga1 <= gb1;
    const l1 = aFirst ? a1 : b1;
    // The second: what is left of the winner's pair, or the best of the other pair that is not l1.
    const own = aFirst ? a2 : b2, ownGap = aFirst ? ga2 : gb2;
    const other1 = aFirst ? b1 : a1;
    const same = other1 === l1;
    const other = same ? (aFirst ? b2 : a2) : other1;
    const otherGap = same ? (aFirst ? gb2 : ga2) : (aFirst ? gb1 : ga1);
    to.label1[x] = l1;
    to.gap1[x] = aFirst ? ga1 : gb1;
    to.label2[x] = ownGap <= otherGap ? own : other;
    to.gap2[x] = ownGap <= otherGap ? ownGap : otherGap;
  }
}

/** min over q of f(q) + (x - q)^2. */
class LowerEnvelope {
  /** Where the k-th parabola of the envelope stands, and from where on it is the lowest. */
  readonly vertex: Int32Array;
  readonly begin: Float64Array;
  count = 0;

  constructor(size: number) {
    this.vertex = new Int32Array(size);
    this.begin = new Float64Array(size + 1);
  }

  /** Of the parabolas at first ... last. */
  build(f: Float64Array, first: number, last: number): void {
    const { vertex, begin } = this;
    let k = -1;
    for (let q = first; q <= last; q++) {
      if (f[q] === Infinity) continue;
      const height = f[q] + q * q;
      let s = -Infinity;
      while (k >= 0) {
        const v = vertex[k];
        s = (height - f[v] - v * v) / (2 * (q - v)); // where the parabola at q undercuts the one at v
        if (s > begin[k]) break;
        k--;
        s = -Infinity;
      }
      vertex[++k] = q;
      begin[k] = s;
    }
    begin[k + 1] = Infinity;
    this.count = k + 1;
  }

  /** Its values at x = a ... b into `values[row + x]`, and whose they are into `owner[x]`. */
  read(
    f: Float64Array,
    a: number,
    b: number,
    values: Float64Array,
    row: number,
    owner?: Int32Array,
  ): void {
    const { vertex, begin } = this;
    if (this.count === 0) {
      values.fill(Infinity, row + a, row + b + 1);
      owner?.fill(-1, a, b + 1);
      return;
    }
    for (let x = a, k = 0; x <= b; x++) {
      while (begin[k + 1] < x) k++;
      const q = vertex[k];
      values[row + x] = f[q] + (x - q) * (x - q);
      if (owner !== undefined) owner[x] = q;
    }
  }
}
