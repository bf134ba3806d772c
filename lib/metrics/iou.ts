import type { Box, Image, LabelImage, Pixels } from "../image/mod.ts";
import { contingencyTable, marginal } from "./contingency_table.ts";
import { checkLabelPair } from "./label_pair.ts";

/** How two masks or two objects overlap. */
export interface Overlap {
  /** Pixels in both. */
  readonly intersection: number;
  /** Pixels in at least one. */
  readonly union: number;
  /** Intersection over union, the Jaccard index: |A and B| / |A or B|; 1 if both are empty. */
  readonly iou: number;
  /** The Dice coefficient: 2 |A and B| / (|A| + |B|); 1 if both are empty. */
  readonly dice: number;
}

/** An object of A and an object of B that share pixels. */
export interface OverlappingPair extends Overlap {
  /** The object's label in the first picture. */
  readonly a: number;
  /** The object's label in the second picture. */
  readonly b: number;
}

/**
 * The overlap of two masks: IoU (Jaccard 1912) and Dice (1945); Dice = 2 IoU / (1 + IoU).
 *
 * @param a a mask: above 0 = in
 * @param b another one of the same size
 * @throws {RangeError} if the sizes differ
 *
 * @example
 * ```ts
 * import { maskOverlap } from "./mod.ts";
 *
 * const a = { data: Uint8Array.of(1, 1, 0), width: 3, height: 1 };
 * const b = { data: Uint8Array.of(0, 1, 1), width: 3, height: 1 };
 * const { iou, dice } = maskOverlap(a, b);
 * console.log(iou, dice); // 0.3333333333333333 0.5
 * ```
 */
export function maskOverlap(a: Image<Pixels>, b: Image<Pixels>): Overlap {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(
      `one mask is ${a.width} x ${a.height} and the other ${b.width} x ${b.height}: both must ` +
        `have the same size`,
    );
  }
  let inA = 0, inB = 0, intersection = 0;
  for (let i = 0; i < a.data.length; i++) {
    const isA = a.data[i] > 0, isB = b.data[i] > 0;
    if (isA) inA++;
    if (isB) inB++;
    if (isA && isB) intersection++;
  }
  return overlap(intersection, inA, inB);
}

/**
 * Every pair of objects of two label images that share at least one pixel.
 *
 * @param a labels, 0 = background
 * @param b labels of the same pixels
 * @returns the pairs in the order in which they are first met, row by row
 * @throws {RangeError} if the sizes differ or a label is negative
 *
 * @example
 * ```ts
 * import { overlappingPairs } from "./mod.ts";
 *
 * const a = { data: Int32Array.of(1, 1, 2, 0), width: 4, height: 1 };
 * const b = { data: Int32Array.of(7, 7, 7, 7), width: 4, height: 1 };
 * console.log(overlappingPairs(a, b).map(({ a, b, iou }) => [a, b, iou])); // [1, 7, 0.5], [2, 7, 0.25]
 * ```
 */
export function overlappingPairs(a: LabelImage, b: LabelImage): OverlappingPair[] {
  checkLabelPair(a, b);
  const table = contingencyTable(a.data, b.data);
  const inA = marginal(table, "rows"), inB = marginal(table, "columns");
  const pairs: OverlappingPair[] = [];
  for (let k = 0; k < table.counts.length; k++) {
    const [labelA, labelB] = [table.rows[k], table.columns[k]];
    if (labelA === 0 || labelB === 0) continue;
    const sizes = [table.counts[k], inA.get(labelA)!, inB.get(labelB)!] as const;
    pairs.push({ a: labelA, b: labelB, ...overlap(...sizes) });
  }
  return pairs;
}

/**
 * The intersection over union of two boxes; 0 where they only touch or one has no area.
 *
 * @example
 * ```ts
 * import { boxIou } from "./mod.ts";
 *
 * const a = { x: 0, y: 0, width: 2, height: 2 }, b = { x: 1, y: 0, width: 2, height: 2 };
 * console.log(boxIou(a, b)); // 0.3333333333333333
 * ```
 */
export function boxIou(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const intersection = width * height;
  return intersection / (a.width * a.height + b.width * b.height - intersection);
}

function overlap(intersection: number, inA: number, inB: number): Overlap {
  const union = inA + inB - intersection;
  if (union === 0) return { intersection, union, iou: 1, dice: 1 };
  return { intersection, union, iou: intersection / union, dice: 2 * intersection / (inA + inB) };
}
