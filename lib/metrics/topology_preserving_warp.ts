import { type Image, orderByValue, type Pixels } from "../image/mod.ts";
import { SIMPLE_POINTS } from "./simple_point.ts";

/** A label slice bent towards a proposal without a change of topology. */
export interface Warp {
  /** The bent label: 1 = cell, 0 = membrane, row by row. */
  readonly warped: Uint8Array;
  /** Where pixels were flipped, one after the other: the frames of an animation. */
  readonly flips: Int32Array;
  /** How many of the flips each pass over the disagreeing pixels made; the last pass makes none. */
  readonly flipsPerPass: readonly number[];
  /** Where the bent label and the proposal still disagree, column by column: the mistakes. */
  readonly mismatches: Int32Array;
}

/**
 * Warps a label towards a thresholded proposal: flips disagreeing pixels that are simple points,
 * until none is left. What remains are differences of topology.
 *
 * All disagreeing pixels are visited in passes, the most confident proposal first (largest
 * |proposal - threshold| in float32; ties column by column), and each flip is seen by the pixels
 * after it. Outside the picture is background. No mask limits where the label may bend.
 *
 * Source: Jain et al. 2010, "Boundary learning by optimization with topological constraints"; the
 * order and the absence of a mask are those of the challenge's evaluation.
 *
 * @param label 0 = membrane, above 0 = cell
 * @param proposal probability of cell, same size
 * @param threshold where the proposal is cut (strictly above = cell); at least 0
 * @returns positions are `y * width + x`
 * @throws {RangeError} if the sizes differ or the threshold is negative
 *
 * @example
 * ```ts
 * import { topologyPreservingWarp } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(1, 1, 0, 0), width: 4, height: 1 };
 * const proposal = { data: Float32Array.of(1, 1, 1, 0), width: 4, height: 1 };
 * const { flips, mismatches } = topologyPreservingWarp(label, proposal, 0.5);
 * console.log(flips.length, mismatches.length); // 1 0: the cell only grew
 * ```
 */
export function topologyPreservingWarp(
  label: Image<Pixels>,
  proposal: Image<Float32Array>,
  threshold: number,
): Warp {
  const { width, height } = label;
  if (width !== proposal.width || height !== proposal.height) {
    throw new RangeError(
      `the proposal is ${proposal.width} x ${proposal.height} but the label is ` +
        `${width} x ${height}: both must have the same size`,
    );
  }
  if (!(threshold >= 0)) {
    throw new RangeError(`threshold ${threshold} is below 0: give one in [0, 1)`);
  }

  // Disagreeing pixels, column by column, then by confidence. A matching pixel never changes, so
  // every pass visits a part of this list in the same order: one sort serves them all.
  const source = label.data, target = proposal.data;
  const confidence = new Float32Array(target.length);
  const listed = new Int32Array(target.length);
  let count = 0;
  for (let x = 0; x < width; x++) {
    for (let i = x; i < target.length; i += width) {
      if (source[i] > 0 === target[i] > threshold) continue;
      confidence[i] = Math.abs(target[i] - threshold);
      listed[count++] = i;
    }
  }
  const order = orderByValue(listed.subarray(0, count), confidence, { descending: true });

  const stride = width + 2; // `cell` is padded by one pixel of background
  const cell = new Uint8Array(stride * (height + 2));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (source[y * width + x] > 0) cell[(y + 1) * stride + x + 1] = 1;
    }
  }
  const place = order.map((i) => (Math.floor(i / width) + 1) * stride + (i % width) + 1);

  const flips = new Int32Array(count), flipsPerPass: number[] = [];
  let left = count, flipped = 0;
  do {
    const visited = left;
    left = 0;
    for (let k = 0; k < visited; k++) {
      const p = place[k], n = p - stride, s = p + stride;
      const code = cell[n - 1] | (cell[n] << 1) | (cell[n + 1] << 2) | (cell[p - 1] << 3) |
        (cell[p + 1] << 4) | (cell[s - 1] << 5) | (cell[s] << 6) | (cell[s + 1] << 7);
      if (SIMPLE_POINTS[code]) {
        cell[p] ^= 1;
        flips[flipped++] = order[k];
      } else { // keep it for the next pass
        place[left] = p;
        order[left++] = order[k];
      }
    }
    flipsPerPass.push(visited - left);
  } while (left > 0 && flipsPerPass[flipsPerPass.length - 1] > 0);

  const warped = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (y + 1) * stride + 1;
    warped.set(cell.subarray(from, from + width), y * width);
  }
  const remaining = new Set(order.subarray(0, left));
  const mismatches = listed.subarray(0, count).filter((i) => remaining.has(i));
  return { warped, flips: flips.slice(0, flipped), flipsPerPass, mismatches };
}
