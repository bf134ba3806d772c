import type { Heap } from "../heap.ts";

/**
 * Scaled dot-product attention of one head of one sequence (Vaswani et al. 2017, equation 1).
 *
 * Legend: q, k, v, o [B, T, H], head n at columns n D .. (n + 1) D of H = N D; probabilities [B, N, T, T].
 *
 * The heads are not split apart: a matrix product takes the row distance H, so a head is a matrix where it lies.
 *
 *     p = softmax(q k^T / sqrt(D) + mask),   o = dropout(p) v
 *
 * numbers: q, k, v, mask (B x T floats that are added; 0 = none), T, H, D, probabilities, o, causal, dropout's seed, threshold
 * and scale (scale 0 = no dropout)
 */
export function attention(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [q, k, v, mask, t, h, d, probabilities, o, causal, seed, threshold, scale] = numbers;
  const { simd, scratch } = heap;
  const n = h / d, b = Math.floor(chunk / n), head = chunk % n;
  const at = 4 * (b * t * h + head * d);
  const p = probabilities + 4 * chunk * t * t;
  heap.sgemm(false, true, t, t, d, 1 / Math.sqrt(d), q + at, h, k + at, h, 0, p, t);
  simd.maskedSoftmax(0, t, p, t, mask && mask + 4 * b * t, causal);
  let used = p;
  if (scale) {
    used = scratch;
    simd.dropout(0, t * t, p, seed, chunk * t * t, threshold, scale, used);
  }
  heap.sgemm(false, false, t, d, t, 1, used, t, v + at, h, 0, o + at, h);
}

/**
 * The gradients dq, dk, dv of `attention`, given do.
 *
 *     dv = dropout(p)^T do,   dp = dropout'(do v^T),   ds = p (dp - sum(dp p)),   dq = ds k / sqrt(D),   dk = ds^T q / sqrt(D)
 *
 * numbers: q, k, v, T, H, D, probabilities, do, dq, dk, dv, seed, threshold, scale
 */
export function attentionGradient(heap: Heap, chunk: number, numbers: readonly number[]): void {
  const [q, k, v, t, h, d, probabilities, dout, dq, dk, dv, seed, threshold, scale] = numbers;
  const { simd, scratch } = heap;
  const n = h / d, b = Math.floor(chunk / n), head = chunk % n;
  const at = 4 * (b * t * h + head * d);
  const p = probabilities + 4 * chunk * t * t;
  const ds = scratch, used = scale ? scratch + 4 * t * t : p;
  const first = chunk * t * t;
  if (scale) simd.dropout(0, t * t, p, seed, first, threshold, scale, used);
  heap.sgemm(true, false, t, d, t, 1, used, t, dout + at, h, 0, dv + at, h);
  heap.sgemm(false, true, t, t, d, 1, dout + at, h, v + at, h, 0, ds, t);
  if (scale) simd.dropout(0, t * t, ds, seed, first, threshold, scale, ds);
  simd.softmaxGrad(0, t, ds, p, t, ds);
  const root = 1 / Math.sqrt(d);
  heap.sgemm(false, false, t, d, t, root, ds, t, k + at, h, 0, dq + at, h);
  heap.sgemm(true, false, t, d, t, root, ds, t, q + at, h, 0, dk + at, h);
}
