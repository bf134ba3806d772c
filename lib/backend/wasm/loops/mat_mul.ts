import type { Heap } from "../heap.ts";

/**
 * C = act(alpha * op(A) op(B) + bias) in blocks of rows, of columns, and of the inner dimension. Where the inner dimension
 * is cut, every cut has its own C, one after the other, to be added up (and no bias).
 *
 * numbers: transA, transB, m, n, k, A, B, C, alpha, bias (n floats, 0 = none), relu, rows, columns and depth of a block
 */
export function matMul(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [transA, transB, m, n, k, a, b, c, alpha, bias, relu, rows, columns, depth] = numbers;
  const rowBlocks = Math.ceil(m / rows), columnBlocks = Math.ceil(n / columns);
  const i = (chunk % rowBlocks) * rows,
    j = (Math.floor(chunk / rowBlocks) % columnBlocks) * columns;
  const cut = Math.floor(chunk / (rowBlocks * columnBlocks)), l = cut * depth;
  const mb = Math.min(rows, m - i), nb = Math.min(columns, n - j), kb = Math.min(depth, k - l);
  const lda = transA ? m : k, ldb = transB ? k : n;
  const from = a + 4 * (transA ? l * m + i : i * k + l);
  const by = b + 4 * (transB ? j * k + l : l * n + j);
  const out = c + 4 * ((cut * m + i) * n + j);
  heap.sgemm(!!transA, !!transB, mb, nb, kb, alpha, from, lda, by, ldb, 0, out, n);
  if (!bias && !relu) return;
  const at = bias && bias + 4 * j;
  if (nb === n) heap.simd.biasActivation(0, mb, out, n, at, relu);
  else for (let r = 0; r < mb; r++) heap.simd.biasActivation(0, 1, out + 4 * r * n, nb, at, relu);
}

/**
 * C[i] = act(alpha * op(A[i]) op(B[i]) + bias) for a batch of small matrices, several to a chunk.
 *
 * numbers: transA, transB, m, n, k, A, bytes from one A to the next (0 = one for all), B, the same for B, C, alpha, bias, relu,
 * matrices per chunk, batch
 */
export function batchMatMul(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [transA, transB, m, n, k, a, aBatch, b, bBatch, c, alpha, bias, relu, group, batch] =
    numbers;
  const lda = transA ? m : k, ldb = transB ? k : n;
  for (let i = chunk * group; i < Math.min((chunk + 1) * group, batch); i++) {
    const out = c + 4 * i * m * n;
    heap.sgemm(
      !!transA,
      !!transB,
      m,
      n,
      k,
      alpha,
      a + i * aBatch,
      lda,
      b + i * bBatch,
      ldb,
      0,
      out,
      n,
    );
    if (bias || relu) heap.simd.biasActivation(0, m, out, n, bias, relu);
  }
}
