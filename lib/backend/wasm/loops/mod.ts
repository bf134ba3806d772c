/**
 * The loops that threads share: each computes one chunk of a kernel's work on raw addresses.
 *
 * @module
 */

import type { Heap } from "../heap.ts";
import { simd } from "./simd.ts";
import { batchMatMul, matMul } from "./mat_mul.ts";
import { attention, attentionGradient } from "./attention.ts";
import { convShifted } from "./conv_shifted.ts";
import { convGathered, convGatheredFilter, convGatheredInput } from "./conv_gathered.ts";
import { convShiftedFilter } from "./conv_shifted_filter.ts";

/** Computes chunk number `chunk`; what the numbers mean is the loop's own business. */
export type Loop = (heap: Heap, chunk: number, numbers: readonly number[]) => void;

/** All loops; their order is their number. */
export const loops = {
  simd,
  matMul,
  batchMatMul,
  convShifted,
  convShiftedFilter,
  convGathered,
  convGatheredInput,
  convGatheredFilter,
  attention,
  attentionGradient,
} satisfies Record<string, Loop>;

/** A loop's name. */
export type LoopName = keyof typeof loops;

const names = Object.keys(loops);

/** A loop's number. */
export function loopIndex(name: LoopName): number {
  return names.indexOf(name);
}
