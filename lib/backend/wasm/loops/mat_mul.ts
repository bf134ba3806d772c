import type { Heap } from "../heap.ts";

/**
 * C[b] = act(alpha * op(A[b]) op(B[b]) + bias): a chunk is a block of rows of one matrix, or several small
 * matrices.
 *
 * numbers: transA, transB, m, n, k, A, bytes from one A to the next (0 = one for all), B, the same for B, C, alpha, bias
 * (n floats, 0 = none), relu, rows per chunk, chunks per matrix, matrices per chunk (where a chunk is not less than one),
 * batch
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

/**
 * C = A op(B), a chunk of C's columns. numbers: transB, m, n, k, A, B, C, columns per chunk
 */
export function wideMatMul(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [transB, m, n, k, a, b, c, width] = numbers;
  const c0 = chunk * width, columns = Math.min(width, n - c0);
  const from = b + 4 * (transB ? c0 * k : c0);
  heap.sgemm(false, !!transB, m, columns, k, 1, a, k, from, transB ? k : n, 0, c + 4 * c0, n);
}
