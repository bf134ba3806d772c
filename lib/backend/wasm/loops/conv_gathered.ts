import type { Heap } from "../heap.ts";

/**
 * Convolutions of any stride, dilation and padding: rows of the input are gathered into a matrix (im2col), a
 * block that fits the L2 cache at a time.
 *
 * Legend: x [B, H, W, Ci], filter [KH, KW, Ci, Co], y [B, OH, OW, Co].
 *
 * The first numbers are the same for all three: x, H, W, Ci, filter, KH, KW, Co, y, OH, OW, strideH, strideW,
 * dilationH, dilationW, top, left, rows per block, blocks per image.
 */
const SHARED = 19;

/** y = act(conv(x, filter) + bias), one block of output rows. Then: bias (0 = none), relu. */
export function convGathered(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [x, h, w, ci, filter, kh, kw, co, y, oh, ow, sh, sw, dh, dw, top, left, rows, blocks] =
    numbers;
  const bias = numbers[SHARED], relu = numbers[SHARED + 1];
  const image = Math.floor(chunk / blocks);
  const r0 = (chunk % blocks) * rows, r1 = Math.min(oh, r0 + rows);
  const depth = kh * kw * ci, m = (r1 - r0) * ow;
  const { scratch } = heap;
  const from = x + 4 * image * h * w * ci;
  heap.simd.gather(from, h, w, ci, kh, kw, sh, sw, dh, dw, top, left, r0, r1, ow, scratch);
  const out = y + 4 * (image * oh + r0) * ow * co;
  heap.sgemm(false, false, m, co, depth, 1, scratch, depth, filter, co, 0, out, co);
  if (bias || relu) heap.simd.biasActivation(0, m, out, co, bias, relu);
}

/**
 * x += the transpose: y is the gradient that comes in, x the one that goes out (zero before). A chunk is an
 * image, a block of input channels, and, where windows do not overlap, a block of rows.
 * Then: channels per block, blocks of channels.
 */
export function convGatheredInput(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [x, h, w, ci, filter, kh, kw, co, y, oh, ow, sh, sw, dh, dw, top, left, rows, blocks] =
    numbers;
  const width = numbers[SHARED], channelBlocks = numbers[SHARED + 1];
  const c0 = (chunk % channelBlocks) * width, n = Math.min(width, ci - c0);
  const block = Math.floor(chunk / channelBlocks);
  const image = Math.floor(block / blocks);
  const first = (block % blocks) * rows, end = Math.min(oh, first + rows);
  const out = x + 4 * image * h * w * ci;
  const step = Math.max(1, Math.min(rows, Math.floor(heap.scratchBytes / 8 / (ow * n))));
  for (let r0 = first; r0 < end; r0 += step) {
    const r1 = Math.min(end, r0 + step), m = (r1 - r0) * ow;
    const dy = y + 4 * (image * oh + r0) * ow * co;
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const tap = filter + 4 * ((i * kw + j) * ci + c0) * co;
        heap.sgemm(false, true, m, n, co, 1, dy, co, tap, co, 0, heap.scratch, n);
        heap.simd.scatterAdd(
          ...[heap.scratch, n, out, h, w, ci, c0, i, j, sh, sw, dh, dw, top, left, r0, r1, ow, 0],
        );
      }
    }
  }
}

/**
 * filter = sum over positions of gather(x)^T y, one run of rows; y is the gradient that comes in. Each run has
 * its own partial sum at filter + run * KH * KW * Ci * Co. Then: rows (of B * OH) per run, all rows.
 */
export function convGatheredFilter(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [x, h, w, ci, filter, kh, kw, co, y, oh, ow, sh, sw, dh, dw, top, left, rows] = numbers;
  const perRun = numbers[SHARED], all = numbers[SHARED + 1];
  const depth = kh * kw * ci;
  const { scratch } = heap;
  const out = filter + 4 * chunk * depth * co;
  let beta: 0 | 1 = 0;
  for (let g = chunk * perRun, end = Math.min(all, g + perRun); g < end;) {
    const image = Math.floor(g / oh), r0 = g % oh;
    const count = Math.min(rows, oh - r0, end - g), m = count * ow;
    const from = x + 4 * image * h * w * ci;
    heap.simd.gather(
      from,
      h,
      w,
      ci,
      kh,
      kw,
      sh,
      sw,
      dh,
      dw,
      top,
      left,
      r0,
      r0 + count,
      ow,
      scratch,
    );
    heap.sgemm(
      true,
      false,
      depth,
      co,
      m,
      1,
      scratch,
      depth,
      y + 4 * g * ow * co,
      co,
      beta,
      out,
      co,
    );
    beta = 1;
    g += count;
  }
}
