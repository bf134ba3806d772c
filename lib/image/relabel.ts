import type { LabelImage } from "./image.ts";

/** Labels without gaps, and what they were before. */
export interface Relabelled extends LabelImage {
  /** How many objects there are; their labels are 1 ... `count`. */
  readonly count: number;
  /** `original[label]` is the label before; `original[0]` is 0. */
  readonly original: Int32Array;
}

/**
 * Renumbers objects 1, 2, 3 ... in the order of their labels; 0 stays 0.
 *
 * @param labels any whole numbers; 0 = background
 *
 * @example
 * ```ts
 * import { relabel } from "./mod.ts";
 *
 * const { data, original } = relabel({ data: Int32Array.of(0, 900, 7, 900), width: 4, height: 1 });
 * console.log(data, original); // [0, 2, 1, 2] [0, 7, 900]
 * ```
 */
export function relabel(labels: LabelImage): Relabelled {
  const { width, height } = labels;
  const found = new Set(labels.data);
  found.delete(0);
  const original = Int32Array.from([0, ...[...found].sort((a, b) => a - b)]);
  const renumbered = new Map([...original].map((label, k) => [label, k]));
  const data = labels.data.map((label) => renumbered.get(label)!);
  return { data, width, height, count: found.size, original };
}

/**
 * How many pixels each object has.
 *
 * @param labels 0 = background, which is left out
 * @returns label -> pixels, in the order in which the labels are met
 *
 * @example
 * ```ts
 * import { objectSizes } from "./mod.ts";
 *
 * const labels = { data: Int32Array.of(0, 5, 5, 2), width: 4, height: 1 };
 * console.log(objectSizes(labels)); // Map { 5 => 2, 2 => 1 }
 * ```
 */
export function objectSizes(labels: LabelImage): Map<number, number> {
  const { data } = labels;
  const sizes = new Map<number, number>();
  for (let i = 0; i < data.length;) {
    const label = data[i], from = i++;
    while (i < data.length && data[i] === label) i++; // runs, so that the map is asked less often
    if (label !== 0) sizes.set(label, (sizes.get(label) ?? 0) + i - from);
  }
  return sizes;
}

/**
 * Turns objects of fewer than `minimum` pixels into background; the others keep their labels.
 *
 * @param labels 0 = background
 * @param minimum the smallest size that stays, in pixels
 *
 * @example
 * ```ts
 * import { removeSmallObjects } from "./mod.ts";
 *
 * const labels = { data: Int32Array.of(1, 1, 0, 2), width: 4, height: 1 };
 * console.log(removeSmallObjects(labels, 2).data); // [1, 1, 0, 0]
 * ```
 */
export function removeSmallObjects(labels: LabelImage, minimum: number): LabelImage {
  const small = new Set<number>();
  for (const [label, size] of objectSizes(labels)) if (size < minimum) small.add(label);
  return { ...labels, data: labels.data.map((label) => (small.has(label) ? 0 : label)) };
}
