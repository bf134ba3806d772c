import type { Heap } from "../heap.ts";

/** One chunk of a SIMD kernel `(begin, end, ...rest)`; numbers: kernel, count, grain, ...rest. */
export function simd(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [kernel, count, grain, ...rest] = numbers;
  const begin = chunk * grain;
  heap.simdByIndex[kernel](begin, Math.min(begin + grain, count), ...rest);
}
