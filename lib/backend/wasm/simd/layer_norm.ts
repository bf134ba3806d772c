// Layer normalisation over the last axis, rows of n numbers.

import { loadPart, storePart, sum4 } from "./math";

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta; notes mean and 1 / sqrt(...) per row in stats [rows, 2]. */
export function layerNorm(
  begin: i32, end: i32, x: usize, n: i32, gamma: usize, beta: usize, epsilon: f32, y: usize, stats: usize,
): void {
  for (let r = begin; r < end; r++) {
    const row = <usize>r * (<usize>n << 2);
    const p = x + row, q = y + row;
    let s = f32x4.splat(0);
    for (let i = 0; i < n; i += 4) s = f32x4.add(s, loadPart(p + (<usize>i << 2), n - i, 0));
    const mean = sum4(s) / <f32>n;
    const m = f32x4.splat(mean);
    let v = f32x4.splat(0);
    for (let i = 0; i < n; i += 4) {
      const d = f32x4.sub(loadPart(p + (<usize>i << 2), n - i, mean), m);
      v = f32x4.add(v, f32x4.mul(d, d));
    }
    const inverse = <f32>1 / sqrt<f32>(sum4(v) / <f32>n + epsilon);
    const k = f32x4.splat(inverse);
    for (let i = 0; i < n; i += 4) {
      const o = <usize>i << 2, left = n - i;
      const normal = f32x4.mul(f32x4.sub(loadPart(p + o, left, 0), m), k);
      storePart(q + o, f32x4.add(f32x4.mul(normal, loadPart(gamma + o, left, 0)), loadPart(beta + o, left, 0)), left);
    }
    const at = stats + (<usize>r << 3);
    store<f32>(at, mean);
    store<f32>(at, inverse, 4);
  }
}

/**
 * With h = (x - mean) * inverse and g = dy * gamma:
 *     dx = inverse (g - mean(g) - h mean(g h)),  dgamma = sum over rows of dy h,  dbeta = sum over rows of dy
 * sums receives this chunk's dgamma and dbeta, [chunk, 2, n].
 */
export function layerNormGrad(
  begin: i32, end: i32, dy: usize, x: usize, stats: usize, n: i32, gamma: usize, dx: usize, sums: usize, grain: i32,
): void {
  const dgamma = sums + (<usize>((begin / grain) * 2 * n) << 2);
  const dbeta = dgamma + (<usize>n << 2);
  memory.fill(dgamma, 0, <usize>(2 * n) << 2);
  for (let r = begin; r < end; r++) {
    const row = <usize>r * (<usize>n << 2);
    const at = stats + (<usize>r << 3);
    const m = f32x4.splat(load<f32>(at)), k = f32x4.splat(load<f32>(at, 4));
    let sg = f32x4.splat(0), sgh = f32x4.splat(0);
    for (let i = 0; i < n; i += 4) {
      const o = <usize>i << 2, left = n - i;
      const d = loadPart(dy + row + o, left, 0);
      const h = f32x4.mul(f32x4.sub(loadPart(x + row + o, left, 0), m), k);
      const g = f32x4.mul(d, loadPart(gamma + o, left, 0));
      sg = f32x4.add(sg, g);
      sgh = f32x4.add(sgh, f32x4.mul(g, h));
      storePart(dgamma + o, f32x4.add(loadPart(dgamma + o, left, 0), f32x4.mul(d, h)), left);
      storePart(dbeta + o, f32x4.add(loadPart(dbeta + o, left, 0), d), left);
    }
    const a = f32x4.splat(sum4(sg) / <f32>n), b = f32x4.splat(sum4(sgh) / <f32>n);
    for (let i = 0; i < n; i += 4) {
      const o = <usize>i << 2, left = n - i;
      const h = f32x4.mul(f32x4.sub(loadPart(x + row + o, left, 0), m), k);
      const g = f32x4.mul(loadPart(dy + row + o, left, 0), loadPart(gamma + o, left, 0));
      storePart(dx + row + o, f32x4.mul(k, f32x4.sub(f32x4.sub(g, a), f32x4.mul(h, b))), left);
    }
  }
}
