import type { Image, LabelImage } from "./image.ts";
import { orderByValue, type SortablePixels } from "./radix_sort.ts";

/** A label image of basins 1 ... `count`; 0 = the dams between them. */
export interface Basins extends LabelImage {
  /** How many basins there are. */
  readonly count: number;
}

// What a pixel of the padded label array is before it belongs to a basin.
const OUTSIDE = -4, QUEUED = -3, MASK = -2, INIT = -1, DAM = 0;

/**
 * Watershed by immersion: the picture is a landscape that is flooded from its minima upwards; where
 * two lakes meet, a dam of pixels labelled 0 is left. Neighbours share an edge (4-connectivity).
 *
 * This is the algorithm of Vincent and Soille (IEEE PAMI 13:583, 1991) in the simplified form of
 * Fiji's plug-in, whose labels it reproduces: a level is flooded first in, first out without
 * distances; a pixel takes the first basin among its neighbours and becomes dam as soon as it sees
 * another one; a dam is never taken back and does not make dams of its neighbours; what no lake
 * reaches becomes a new basin, and so does a pixel that saw nothing but dams (there alone two basins
 * can touch). Ties follow the order in which the pixels are listed, column by column, and the order
 * of the neighbours: west, north, east, south.
 *
 * Time is linear in the pixels (a radix sort and one visit of each).
 *
 * @param image the landscape: any values but float64 and NaN; one channel
 * @param options `markers`: labels (0 = none) from which alone the water rises; no other minimum
 * makes a basin, and what no marker's lake can reach stays 0. Our extension, for post-processing
 * @returns the basins, numbered from the lowest level upwards (or as the markers are)
 * @throws {RangeError} if the picture has more than one channel, or the markers another size
 *
 * @example
 * ```ts
 * import { watershed } from "./mod.ts";
 *
 * const valleys = { data: new Uint8Array([1, 0, 1, 2, 1, 0, 1]), width: 7, height: 1 };
 * console.log(watershed(valleys).data); // [1, 1, 1, 0, 2, 2, 2]
 * ```
 */
export function watershed(
  image: Image<SortablePixels>,
  options: { readonly markers?: LabelImage } = {},
): Basins {
  const { data, width, height, channels = 1 } = image;
  const { markers } = options;
  if (channels !== 1) throw new RangeError(`watershed of ${channels} channels: give one channel`);
  if (markers && (markers.width !== width || markers.height !== height)) {
    throw new RangeError(
      `the markers are ${markers.width} x ${markers.height} but the landscape is ` +
        `${width} x ${height}: both must have the same size`,
    );
  }
  const stride = width + 2; // of the padded array: one pixel of OUTSIDE all around
  const neighbours = Int32Array.of(-1, -stride, 1, stride);

  const listed = new Int32Array(data.length);
  for (let x = 0, k = 0; x < width; x++) {
    for (let y = 0; y < height; y++) listed[k++] = y * width + x;
  }
  const order = orderByValue(listed, data);

  const labels = new Int32Array(stride * (height + 2)).fill(OUTSIDE);
  const padded = new Int32Array(data.length); // order[k] as a place in `labels`
  for (let k = 0; k < order.length; k++) {
    const y = Math.floor(order[k] / width);
    padded[k] = (y + 1) * stride + (order[k] - y * width) + 1;
    labels[padded[k]] = markers && markers.data[order[k]] > 0 ? markers.data[order[k]] : INIT;
  }

  const queue = new Int32Array(data.length);
  let count = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    const level = data[order[from]];
    for (; to < order.length && data[order[to]] === level; to++) {
      if (labels[padded[to]] === INIT) labels[padded[to]] = MASK;
    }

    // The shore: pixels of this level that touch what is already flooded (or a dam).
    let head = 0, tail = 0;
    for (let k = from; k < to; k++) {
      if (labels[padded[k]] !== MASK) continue;
      for (let d = 0; d < 4; d++) {
        if (labels[padded[k] + neighbours[d]] >= DAM) {
          labels[padded[k]] = QUEUED;
          queue[tail++] = padded[k];
          break;
        }
      }
    }
    while (head < tail) {
      const p = queue[head++];
      let mine: number = QUEUED;
      for (let d = 0; d < 4; d++) {
        const q = p + neighbours[d], theirs = labels[q];
        if (theirs > DAM) {
          if (mine === QUEUED) mine = theirs;
          else if (mine !== theirs) mine = DAM;
        } else if (theirs === MASK) {
          labels[q] = QUEUED;
          queue[tail++] = q;
        }
      }
      labels[p] = mine;
    }

    if (markers) continue; // what no lake has reached waits for a higher level
    // What no lake has reached is a new minimum.
    for (let k = from; k < to; k++) {
      if (labels[padded[k]] >= DAM) continue;
      count++;
      labels[padded[k]] = count;
      queue[0] = padded[k];
      for (let size = 1; size > 0;) {
        const p = queue[--size];
        for (let d = 0; d < 4; d++) {
          const q = p + neighbours[d];
          if (labels[q] === MASK || labels[q] === QUEUED) {
            labels[q] = count;
            queue[size++] = q;
          }
        }
      }
    }
  }

  const basins = new Int32Array(data.length);
  for (let k = 0; k < order.length; k++) basins[order[k]] = Math.max(DAM, labels[padded[k]]);
  if (markers) count = new Set(markers.data.filter((marker) => marker > 0)).size;
  return { data: basins, width, height, count };
}
