import type { Heap } from "../heap.ts";

/**
 * A stride-1 convolution as matrix products on shifted addresses, without an im2col copy.
 *
 * Legend: x [B, H, W, Ci] read as one long list of positions p = (b * H + h) * W + w; filter [KH, KW, Ci, Co].
 *
 *     y[p] = sum over kh, kw of x[p + kh * W + kw] . filter[kh, kw]                                 [Co]
 *
 * Two positions that follow each other lie next to each other in memory, so the KW taps of one filter row
 * are one run of KW * Ci floats. Runs of neighbouring positions overlap, which a matrix product's row
 * distance (at least the row's length) cannot say; but every KW-th position's runs do not. So for each of the
 * KW residues r, the rows p = r, r + KW, r + 2 KW, ... are a matrix [P / KW, KW * Ci] with row distance
 * KW * Ci, its result a matrix with row distance KW * Co: KH * KW products of depth KW * Ci in all.
 *
 * Positions at the right edge (w >= W - KW + 1) come out as nonsense and are left behind when the rows are made
 * compact, the moment the bias and the rectifier are applied while the block is still in the L2 cache.
 *
 * numbers: x, H, W, Ci, filter, KH, KW, Co, y, OH, OW, bias (0 = none), relu, rows per chunk, chunks per image,
 * wide. wide = 1: y has the positions of x (no edge is dropped, OH rows of W positions), nothing is made compact.
 */
export function convShifted(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [x, h, w, ci, filter, kh, kw, co, y, oh, ow, bias, relu, rows, chunks, wide] = numbers;
  const image = Math.floor(chunk / chunks);
  const row0 = (chunk % chunks) * rows;
  const count = Math.min(rows, oh - row0);
  const positions = wide ? count * w : (count - 1) * w + ow;
  const source = x + 4 * ((image * h + row0) * w) * ci;
  const target = wide ? y + 4 * (image * oh + row0) * w * co : heap.scratch;
  const depth = kw * ci;
  for (let i = 0; i < kh; i++) {
    const b = filter + 4 * i * depth * co;
    const a = source + 4 * i * w * ci;
    for (let r = 0; r < kw; r++) {
      const m = Math.ceil((positions - r) / kw);
      if (m <= 0) continue;
      const from = a + 4 * r * ci, to = target + 4 * r * co;
      heap.sgemm(false, false, m, co, depth, 1, from, depth, b, co, i ? 1 : 0, to, kw * co);
    }
  }
  if (wide) return;
  heap.simd.compact(count, target, w, y + 4 * (image * oh + row0) * ow * co, ow, co, bias, relu);
}
