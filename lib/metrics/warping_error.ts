import { connectedComponents, type Image, type Pixels } from "../image/mod.ts";
import { watchInterrupt } from "../io/mod.ts";
import { checkEmStack } from "./em_stack.ts";
import { WARPING_THRESHOLDS } from "./thresholds.ts";
import { topologyPreservingWarp, type Warp } from "./topology_preserving_warp.ts";

/**
 * The kinds of topological mistake, as `kinds` numbers them: 0 = objectDeletion (a cell is missing),
 * 1 = objectAddition, 2 = holeDeletion, 3 = holeAddition, 4 = split (a cell is cut), 5 = merger.
 */
export const WARPING_MISTAKES = [
  "objectDeletion",
  "objectAddition",
  "holeDeletion",
  "holeAddition",
  "split",
  "merger",
] as const;

/** The name of one kind of topological mistake. */
export type WarpingMistake = typeof WARPING_MISTAKES[number];

const [OBJECT_DELETION, OBJECT_ADDITION, HOLE_DELETION, HOLE_ADDITION, SPLIT, MERGER] = [
  ...WARPING_MISTAKES.keys(),
];

/** The mistakes that remain after the warping, pixel by pixel. */
export interface WarpingMistakes {
  /** `y * width + x`, column by column. */
  readonly positions: Int32Array;
  /** For each position the index into {@linkcode WARPING_MISTAKES}. */
  readonly kinds: Uint8Array;
}

/** The warping error at one threshold. */
export interface WarpingErrorAt {
  readonly threshold: number;
  /** (splits + mergers) / pixels of all slices. */
  readonly splitsAndMergers: number;
  /** All remaining mismatches / pixels of a slice, mean over the slices: Jain's definition. */
  readonly classic: number;
  /** Pixels of each kind, summed over the slices. */
  readonly counts: Readonly<Record<WarpingMistake, number>>;
}

/** The challenge's warping error with its parts. */
export interface WarpingError {
  /** The smallest share of split and merger pixels over the thresholds: the challenge's number. */
  readonly warpingError: number;
  /** The threshold that reaches it (the first, if several do). */
  readonly threshold: number;
  /** One row per threshold. */
  readonly rows: readonly WarpingErrorAt[];
  /** Each slice's mistakes at that threshold. */
  readonly mistakes: readonly WarpingMistakes[];
}

/**
 * The EM challenge's warping error: the label is warped towards the proposal
 * ({@linkcode topologyPreservingWarp}), each pixel that still disagrees is classified
 * ({@linkcode classifyMistakes}), and splits and mergers are counted, not clustered; the smallest
 * share of such pixels over the thresholds is the error.
 *
 * Source: Jain et al. 2010; the ISBI 2012 challenge's evaluation (minimum splits and mergers,
 * thresholds 0, 0.1 ... 0.9, radius 20, no mask); Ronneberger et al. 2015, Table 1, column "warping
 * error", which the U-Net won.
 *
 * @param labels the true slices: 0 = membrane, any one other value = cell
 * @param proposals probabilities of cell in [0, 1], one slice per label slice, same sizes
 * @param options `thresholds`: where to cut, by default {@linkcode WARPING_THRESHOLDS}; `radius`:
 * see {@linkcode classifyMistakes}
 * @throws {RangeError} as {@linkcode checkEmStack} does
 * @throws {Interrupted} if the notebook's stop button was pressed
 *
 * @example
 * ```ts
 * import { warpingError } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(1, 1, 0, 1, 1), width: 5, height: 1 };
 * const merged = { data: Float32Array.of(1, 1, 1, 1, 1), width: 5, height: 1 };
 * const shifted = { data: Float32Array.of(1, 0, 1, 1, 1), width: 5, height: 1 };
 * console.log(warpingError([label], [merged]).warpingError); // 0.2: one pixel merges two cells
 * console.log(warpingError([label], [shifted]).warpingError); // 0: the border only moved
 * ```
 */
export function warpingError(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds?: readonly number[]; readonly radius?: number } = {},
): WarpingError {
  const { thresholds = WARPING_THRESHOLDS, radius } = options;
  checkEmStack(labels, proposals);
  const pixels = labels.reduce((sum, label) => sum + label.data.length, 0);
  const rows: WarpingErrorAt[] = [];
  let best: WarpingErrorAt | undefined, mistakes: WarpingMistakes[] = [];
  const interrupt = watchInterrupt();
  for (const threshold of thresholds) {
    const slices = labels.map((label, z) => {
      interrupt.throwIfRequested(() => `warping was stopped at threshold ${threshold}, slice ${z}`);
      const warped = topologyPreservingWarp(label, proposals[z], threshold);
      return classifyMistakes(warped, label.width, { radius });
    });
    const counts = countKinds(slices);
    const classic = slices.map(({ positions }, z) => positions.length / labels[z].data.length);
    const row = {
      threshold,
      splitsAndMergers: (counts.split + counts.merger) / pixels,
      classic: classic.reduce((a, b) => a + b) / slices.length,
      counts,
    };
    rows.push(row);
    if (!best || row.splitsAndMergers < best.splitsAndMergers) [best, mistakes] = [row, slices];
  }
  if (!best) throw new RangeError("there is no threshold to cut at: give at least one");
  return { warpingError: best.splitsAndMergers, threshold: best.threshold, rows, mistakes };
}

function countKinds(slices: readonly WarpingMistakes[]): Record<WarpingMistake, number> {
  const counts = WARPING_MISTAKES.map(() => 0);
  for (const { kinds } of slices) {
    for (const kind of kinds) counts[kind]++;
  }
  return Object.fromEntries(
    WARPING_MISTAKES.map((name, kind) => [name, counts[kind]]),
  ) as Record<WarpingMistake, number>;
}

/**
 * Says of every pixel that warping could not repair which mistake it is, from the 4-connected
 * components of the warped label among its 8 neighbours (those outside the picture do not count;
 * membrane counts as one component):
 *
 * | components around it   | the label is cell            | the label is membrane |
 * | ---------------------- | ---------------------------- | --------------------- |
 * | membrane only          | object deletion              | object addition       |
 * | one cell only          | hole addition                | hole deletion         |
 * | two                    | split if it cuts the cell, else hole deletion | hole addition |
 * | three or more          | split                        | merger                |
 *
 * Whether it cuts the cell is seen in a window: the pixel is turned off, components are taken anew
 * within `radius` pixels, and more than two of them around the pixel mean a split.
 *
 * Source: the challenge's evaluation code, radius 20.
 *
 * @param warp what {@linkcode topologyPreservingWarp} returned
 * @param width columns of the slice
 * @param options `radius`: half the side of the window, by default 20
 *
 * @example
 * ```ts
 * import { classifyMistakes, topologyPreservingWarp, WARPING_MISTAKES } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(1, 1, 0, 1, 1), width: 5, height: 1 };
 * const merged = { data: Float32Array.of(1, 1, 1, 1, 1), width: 5, height: 1 };
 * const { positions, kinds } = classifyMistakes(topologyPreservingWarp(label, merged, 0.5), 5);
 * console.log(positions[0], WARPING_MISTAKES[kinds[0]]); // 2 merger
 * ```
 */
export function classifyMistakes(
  warp: Pick<Warp, "warped" | "mismatches">,
  width: number,
  options: { readonly radius?: number } = {},
): WarpingMistakes {
  const { warped, mismatches: positions } = warp;
  const { radius = 20 } = options;
  const height = warped.length / width;
  const kinds = new Uint8Array(positions.length);
  const { data: ids } = connectedComponents({ data: warped, width, height });
  const cuts = cutDetector(warped, width, radius);
  for (let k = 0; k < positions.length; k++) {
    const i = positions[k], on = warped[i] === 1;
    const around = distinctIdsAround(ids, i, width, height);
    if (around.length >= 3) kinds[k] = on ? SPLIT : MERGER;
    else if (around.length === 2) {
      kinds[k] = !on ? HOLE_ADDITION : cuts(i) ? SPLIT : HOLE_DELETION;
    } else if (around[0] === 0 || around.length === 0) {
      kinds[k] = on ? OBJECT_DELETION : OBJECT_ADDITION;
    } else kinds[k] = on ? HOLE_ADDITION : HOLE_DELETION;
  }
  return { positions, kinds };
}

/** The different ids among the neighbours, 0 included; three are as good as more. */
function distinctIdsAround(ids: Int32Array, i: number, width: number, height: number): number[] {
  const found: number[] = [];
  eachNeighbour(i, width, height, (j) => {
    if (found.length < 3 && !found.includes(ids[j])) found.push(ids[j]);
  });
  return found;
}

/** Calls `visit` with those of the 8 neighbours that lie in the picture. */
function eachNeighbour(
  i: number,
  width: number,
  height: number,
  visit: (j: number) => void,
): void {
  const x = i % width, y = (i - x) / width;
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
      if (u !== x || v !== y) visit(v * width + u);
    }
  }
}

/** Makes a test for: turned off, does pixel i leave more than two components around it? */
function cutDetector(warped: Uint8Array, width: number, radius: number): (i: number) => boolean {
  const height = warped.length / width;
  const seen = new Uint32Array(warped.length); // the number of the last question that came here
  const stack: number[] = [];
  let question = 0;
  return (i) => {
    const x = i % width, y = (i - x) / width;
    const [left, right] = [Math.max(0, x - radius), Math.min(width - 1, x + radius)];
    const [top, bottom] = [Math.max(0, y - radius), Math.min(height - 1, y + radius)];
    seen[i] = ++question; // turned off
    const push = (j: number) => {
      if (warped[j] === 0 || seen[j] === question) return;
      seen[j] = question;
      stack.push(j);
    };
    let components = 0, membrane = 0;
    eachNeighbour(i, width, height, (j) => {
      if (warped[j] === 0) membrane = 1;
      else if (seen[j] !== question) {
        components++;
        push(j);
        while (stack.length > 0) { // fill its 4-component inside the window
          const k = stack.pop()!, u = k % width, v = (k - u) / width;
          if (u > left) push(k - 1);
          if (u < right) push(k + 1);
          if (v > top) push(k - width);
          if (v < bottom) push(k + width);
        }
      }
    });
    return components + membrane > 2;
  };
}
