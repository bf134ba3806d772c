/**
 * What one thread needs to compute on the tensors' memory: the WebAssembly memory itself, the SIMD
 * kernels instantiated on it, and a single-precision matrix product (OpenBLAS on the same memory
 * where it was found, our SIMD one otherwise).
 *
 * The main thread and every worker hold one `Heap` each; no tfjs is needed here, which keeps the
 * workers' start short.
 *
 * @module
 */

import { openBlas, type Sgemm } from "./openblas.ts";

/** A byte address in the WebAssembly memory. */
export type Address = number;

/** An exported WebAssembly function: numbers in, at most a number out. */
export type SimdKernel = (...numbers: number[]) => number | void;

/** Bytes of private working memory that every thread gets. */
export const SCRATCH_BYTES = 8 << 20;

/** Bytes at the end of the scratch that our own matrix product packs into. */
const PACK_BYTES = 1 << 20;

/** One thread's view of the shared memory. */
export interface Heap {
  /** The memory in which all tensors of the wasm backend lie. */
  readonly memory: WebAssembly.Memory;
  /** The SIMD kernels, by name. */
  readonly simd: Readonly<Record<string, SimdKernel>>;
  /** The same kernels by number; the numbering is the same in every thread. */
  readonly simdByIndex: readonly SimdKernel[];
  /** This thread's working memory. */
  readonly scratch: Address;
  /** Bytes of `scratch` that a loop may use. */
  readonly scratchBytes: number;
  /**
   * C [m, n] = alpha * op(A) [m, k] * op(B) [k, n] + beta * C, all row major; `lda`, `ldb`, `ldc` are the
   * distances between rows in floats, and beta is 0 (C is not read) or 1.
   */
  sgemm(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: Address,
    lda: number,
    b: Address,
    ldb: number,
    beta: 0 | 1,
    c: Address,
    ldc: number,
  ): void;
}

/** What a thread is told at its start. */
export interface HeapSeed {
  memory: WebAssembly.Memory;
  module: WebAssembly.Module;
  /** Path or name of the BLAS library, or nothing. */
  blas?: string;
  scratch: Address;
}

/** Opens the heap for the calling thread. */
export function openHeap({ memory, module, blas, scratch }: HeapSeed): Heap {
  const instance = new WebAssembly.Instance(module, {
    env: {
      memory,
      abort(_message: number, _file: number, line: number, column: number) {
        throw new Error(`a SIMD kernel stopped at ${line}:${column}`);
      },
    },
  });
  const simd = instance.exports as unknown as Record<string, SimdKernel>;
  const pack = scratch + SCRATCH_BYTES - PACK_BYTES;
  const native = blas === undefined ? undefined : openBlas(blas, memory);
  const own: Sgemm = (transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) => {
    simd.sgemm(+transA, +transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, pack);
  };
  return {
    memory,
    simd,
    simdByIndex: simdNames(module).map((name) => simd[name]),
    scratch,
    scratchBytes: SCRATCH_BYTES - PACK_BYTES,
    sgemm: native?.sgemm ?? own,
  };
}

/** The names of the SIMD kernels in the order of their numbers. */
export function simdNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module).filter((e) => e.kind === "function").map((e) => e.name);
}
