/**
 * Matrix products on addresses, split over the threads.
 *
 * @module
 */

import type { WasmContext } from "../context.ts";

/** C = act(alpha * op(A) op(B) + bias). */
export interface Product {
  transA?: boolean;
  transB?: boolean;
  m: number;
  n: number;
  k: number;
  a: number;
  /** Bytes from one A to the next; 0 = one for all. */
  aBatch?: number;
  b: number;
  bBatch?: number;
  c: number;
  alpha?: number;
  /** Address of n floats; 0 = none. */
  bias?: number;
  relu?: boolean;
  batch?: number;
}

/** Multiplications that are worth handing to another thread: some 5 microseconds. */
const WORTH = 250_000;

/** Computes C [batch, m, n]. */
export function product(context: WasmContext, given: Product): void {
  const { transA = false, transB = false, m, n, k, a, aBatch = 0, b, bBatch = 0, c, alpha = 1 } =
    given;
  const { bias = 0, relu = false, batch = 1 } = given;
  if (m * n * batch === 0) return;
  const work = m * n * k;
  if (batch > 1 && (batch >= 8 || work < 4 * WORTH)) {
    const group = Math.max(
      1,
      Math.min(Math.ceil(batch / 16), Math.ceil(WORTH / Math.max(1, work))),
    );
    const same = [+transA, +transB, m, n, k, a, aBatch, b, bBatch, c, alpha, bias, +relu];
    context.threads.run("batchMatMul", Math.ceil(batch / group), ...same, group, batch);
    return;
  }
  // Every block packs its part of A and all of B, or the other way round: blocks of 256 keep that below an eighth.
  const parts = Math.max(
    1,
    Math.min(8, Math.floor(work / WORTH), Math.max(4, Math.floor(Math.max(m, n) / 256))),
  );
  for (let i = 0; i < batch; i++) {
    const [from, by, to] = [a + i * aBatch, b + i * bBatch, c + 4 * i * m * n];
    if (k >= 4096 && m * n <= 1 << 17) {
      const depth = Math.ceil(k / Math.min(4, parts) / 16) * 16, cuts = Math.ceil(k / depth);
      context.withMemory(cuts * m * n, (partials) => {
        const numbers = [+transA, +transB, m, n, k, from, by, partials, alpha, 0, 0, m, n, depth];
        context.threads.run("matMul", cuts, ...numbers);
        context.simd("sumPartials", m * n, 1 << 14, partials, m * n, cuts, to);
      });
      if (bias || relu) context.simd("biasActivation", m, 64_000 / n, to, n, bias, +relu);
      continue;
    }
    const wide = n > m;
    const rows = wide ? m : Math.ceil(Math.max(8, m / parts) / 8) * 8;
    const columns = wide ? Math.ceil(Math.max(8, n / parts) / 8) * 8 : n;
    const blocks = Math.ceil(m / rows) * Math.ceil(n / columns);
    const numbers = [+transA, +transB, m, n, k, from, by, to, alpha, bias, +relu, rows, columns, k];
    context.threads.run("matMul", blocks, ...numbers);
  }
}
