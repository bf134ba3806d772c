import type { Heap } from "../heap.ts";

/** The numbers of `matMul`, in order. */
export interface MatMulNumbers {
  transA: number;
  transB: number;
  m: number;
  n: number;
  k: number;
  a: number;
  /** Bytes from one matrix of the batch to the next; 0 = the same matrix for all. */
  aBatch: number;
  b: number;
  bBatch: number;
  c: number;
  alpha: number;
  /** Address of n floats, or 0. */
  bias: number;
  relu: number;
  /** Rows of C in one chunk, and chunks per matrix. */
  blockM: number;
  blocks: number;
  /** Matrices in one chunk (only where blocks is 1). */
  group: number;
  batch: number;
}

/**
 * C[b] = act(alpha * op(A[b]) op(B[b]) + bias): a chunk is a block of rows of one matrix, or several small
 * matrices.
 */
export function matMul(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [transA, transB, m, n, k, a, aBatch, b, bBatch, c, alpha, bias, relu] = numbers;
  const blockM = numbers[13], blocks = numbers[14], group = numbers[15], batch = numbers[16];
  const first = Math.floor(chunk / blocks) * group;
  const row = (chunk % blocks) * blockM;
  const rows = Math.min(blockM, m - row);
  const lda = transA ? m : k, ldb = transB ? k : n;
  const skip = 4 * (transA ? row : row * lda);
  for (let i = first; i < Math.min(first + group, batch); i++) {
    const out = c + 4 * (i * m + row) * n;
    const from = a + i * aBatch + skip;
    heap.sgemm(!!transA, !!transB, rows, n, k, alpha, from, lda, b + i * bBatch, ldb, 0, out, n);
    if (bias || relu) heap.simd.biasActivation(0, rows, out, n, bias, relu);
  }
}
