import type { Heap } from "../heap.ts";

/**
 * The filter gradient of a stride-1 convolution on shifted addresses; the legend is conv_shifted.ts's.
 *
 *     dfilter[kh, kw] = sum over p of x[p + kh * W + kw]^T dz[p]                                [Ci, Co]
 *
 * dz [B, H, W, Co] has x's positions, zero where the convolution has no output. One filter row at a time: for
 * each residue r the matrix [P / KW, KW * Ci] of conv_shifted.ts, transposed, times dz's rows r, r + KW, ...
 *
 * A chunk is one filter row, one block of output channels and one run of positions; each run has its own
 * partial sum [KH, KW, Ci, Co], which the kernel adds up afterwards.
 *
 * numbers: x, W, Ci, dz, Co, KH, KW, partials, positions (that have an output), positions per run, runs, channels per
 * block, blocks
 */
export function convShiftedFilter(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [x, w, ci, dz, co, kh, kw, partials, positions, perRun, runs, width, blocks] = numbers;
  const i = chunk % kh;
  const block = Math.floor(chunk / kh) % blocks;
  const run = Math.floor(chunk / (kh * blocks));
  const c0 = block * width, n = Math.min(width, co - c0);
  const depth = kw * ci;
  const out = partials + 4 * ((run * kh + i) * depth * co + c0);
  // Short stretches: both matrices of a stretch stay in the L2 cache for the three residues.
  const end = run === runs - 1 ? positions : (run + 1) * perRun;
  const stretch = Math.max(kw * 64, Math.floor(100_000 / (ci + n)));
  let beta: 0 | 1 = 0;
  for (let p = run * perRun; p < end; p += stretch) {
    const last = Math.min(p + stretch, end);
    for (let r = 0; r < kw; r++) {
      const m = Math.ceil((last - p - r) / kw);
      if (m <= 0) continue;
      const a = x + 4 * (p + r + i * w) * ci, b = dz + 4 * ((p + r) * co + c0);
      heap.sgemm(true, false, depth, n, m, 1, a, depth, b, kw * co, beta, out, co);
      beta = 1;
    }
  }
}
