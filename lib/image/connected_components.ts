import type { Image, LabelImage, Pixels } from "./image.ts";

/** Which pixels touch: 4 = those that share an edge, 8 = those that share an edge or a corner. */
export type Connectivity = 4 | 8;

/** A label image with ids 1 ... `count`, 0 = background. */
export interface Components extends LabelImage {
  /** How many components there are. */
  readonly count: number;
}

/**
 * Connected components: pixels of the same value, not 0, that touch get the same id.
 *
 * Ids run from 1 in the order in which the components' first pixels are met row by row. Runs of
 * equal pixels in a row are the nodes of a union-find forest (He et al. 2008, "A run-based two-scan
 * labeling algorithm"); time is linear in the pixels.
 *
 * @param image a mask, or a picture of labels of which touching different ones stay apart
 * @param options `connectivity`: 4 (default) or 8
 * @returns the labels and their number
 * @throws {RangeError} if the picture has more than one channel or `connectivity` is neither 4 nor 8
 *
 * @example
 * ```ts
 * import { connectedComponents } from "./mod.ts";
 *
 * const diagonal = { data: new Uint8Array([1, 0, 0, 1]), width: 2, height: 2 };
 * console.log(connectedComponents(diagonal).count); // 2
 * console.log(connectedComponents(diagonal, { connectivity: 8 }).count); // 1
 * ```
 */
export function connectedComponents(
  image: Image<Pixels>,
  options: { readonly connectivity?: Connectivity } = {},
): Components {
  const { data, width, height, channels = 1 } = image;
  const { connectivity = 4 } = options;
  if (channels !== 1) {
    throw new RangeError(`connected components of ${channels} channels: give one channel`);
  }
  if (connectivity !== 4 && connectivity !== 8) {
    throw new RangeError(`connectivity ${connectivity} is not defined here: give 4 or 8`);
  }
  const reach = connectivity === 8 ? 1 : 0; // columns beyond a run that still touch it

  // First scan: run r covers [start[r], end[r]) of the flat array; parent makes the forest.
  let start = new Int32Array(1024), end = new Int32Array(1024), parent = new Int32Array(1024);
  let runs = 0, above = 0; // `above` is the first run of the row above
  for (let y = 0; y < height; y++) {
    const rowStart = y * width, rowEnd = rowStart + width, firstOfRow = runs;
    for (let i = rowStart; i < rowEnd;) {
      const value = data[i];
      const from = i++;
      if (value === 0) continue;
      while (i < rowEnd && data[i] === value) i++;
      if (runs === start.length) {
        start = grown(start);
        end = grown(end);
        parent = grown(parent);
      }
      start[runs] = from;
      end[runs] = i;
      parent[runs] = runs;
      // Runs above that touch [from, i): skip those that end before it, join until one starts after.
      const low = from - width - reach, high = i - width + reach;
      while (above < firstOfRow && end[above] <= low) above++;
      for (let r = above; r < firstOfRow && start[r] < high; r++) {
        if (data[start[r]] === value) join(parent, r, runs);
      }
      runs++;
    }
    above = firstOfRow;
  }

  // Second scan: a root is its tree's first run, so ids come out in order; then paint.
  const labels = new Int32Array(data.length);
  const ids = new Int32Array(runs);
  let count = 0;
  for (let r = 0; r < runs; r++) {
    const root = find(parent, r);
    const id = ids[r] = root === r ? ++count : ids[root];
    for (let i = start[r]; i < end[r]; i++) labels[i] = id;
  }
  return { data: labels, width, height, count };
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** The root of a node's tree, halving the path on the way. */
function find(parent: Int32Array, node: number): number {
  while (parent[node] !== node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

/** Joins two trees under the smaller root. */
function join(parent: Int32Array, a: number, b: number): void {
  const rootA = find(parent, a), rootB = find(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}
