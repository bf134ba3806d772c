// GELU, dropout and residual sums.

import { exp4, loadPart, phi4, storePart } from "./math";

// @ts-ignore: decorator
@inline
function gaussian(x: v128): v128 {
  return exp4(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(x, x)));
}

/** y = gelu(x + bias) = z Phi(z), rows begin..end of n; z = x + bias is noted in z (0: bias 0 too). */
export function biasGelu(begin: i32, end: i32, x: usize, n: i32, bias: usize, z: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const row = <usize>r * (<usize>n << 2);
    for (let i = 0; i < n; i += 4) {
      const o = <usize>i << 2, left = n - i;
      let v = loadPart(x + row + o, left, 0);
      if (bias) {
        v = f32x4.add(v, loadPart(bias + o, left, 0));
        storePart(z + row + o, v, left);
      }
      storePart(y + row + o, f32x4.mul(v, phi4(v, gaussian(v))), left);
    }
  }
}

/** dx = dy gelu'(z) = dy (Phi(z) + z phi(z)), rows begin..end; sums (0: none) receives the chunk's column sums. */
export function geluGrad(begin: i32, end: i32, dy: usize, z: usize, n: i32, dx: usize, sums: usize, grain: i32): void {
  const sum = sums + (<usize>((begin / grain) * n) << 2);
  if (sums) memory.fill(sum, 0, <usize>n << 2);
  for (let r = begin; r < end; r++) {
    const row = <usize>r * (<usize>n << 2);
    for (let i = 0; i < n; i += 4) {
      const o = <usize>i << 2, left = n - i;
      const v = loadPart(z + row + o, left, 0);
      const e = gaussian(v);
      const density = f32x4.mul(f32x4.splat(0.39894228), e);
      const slope = f32x4.add(phi4(v, e), f32x4.mul(v, density));
      const d = f32x4.mul(loadPart(dy + row + o, left, 0), slope);
      storePart(dx + row + o, d, left);
      if (sums) storePart(sum + o, f32x4.add(loadPart(sum + o, left, 0), d), left);
    }
  }
}

/** sums[chunk] = the sum of rows begin..end of x [rows, n]. */
export function columnSums(begin: i32, end: i32, x: usize, n: i32, sums: usize, grain: i32): void {
  const sum = sums + (<usize>((begin / grain) * n) << 2);
  memory.fill(sum, 0, <usize>n << 2);
  for (let r = begin; r < end; r++) {
    const row = x + <usize>r * (<usize>n << 2);
    for (let i = 0; i < n; i += 4) {
      const o = <usize>i << 2;
      storePart(sum + o, f32x4.add(loadPart(sum + o, n - i, 0), loadPart(row + o, n - i, 0)), n - i);
    }
  }
}

/**
 * The generator of dropout masks: element i of a mask is a hash of (seed, i) alone (the finaliser of MurmurHash3), so that
 * the backward pass makes the same mask again and threads need not agree on an order. ops/dropout.ts has it in JavaScript.
 */
// @ts-ignore: decorator
@inline
export function hash4(seed: i32, i: i32): v128 {
  let h = v128.xor(
    i32x4.mul(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), i32x4.splat(0x9e3779b9)),
    i32x4.splat(seed),
  );
  h = v128.xor(h, i32x4.shr_u(h, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/**
 * y = x * scale where the hash of the element's number is at least the threshold (given with its top bit turned, for a
 * signed comparison), else 0. Element i of x has the number first + i.
 */
export function dropout(
  begin: i32, end: i32, x: usize, seed: i32, first: i32, threshold: i32, scale: f32, y: usize,
): void {
  const s = f32x4.splat(scale), limit = i32x4.splat(threshold), flip = i32x4.splat(0x80000000);
  for (let i = begin; i < end; i += 4) {
    const o = <usize>i << 2;
    const kept = i32x4.ge_s(v128.xor(hash4(seed, first + i), flip), limit);
    storePart(y + o, v128.and(f32x4.mul(loadPart(x + o, end - i, 0), s), kept), end - i);
  }
}

/** y = a + b, elements begin..end. */
export function add(begin: i32, end: i32, a: usize, b: usize, y: usize): void {
  for (let i = begin; i < end; i += 4) {
    const o = <usize>i << 2;
    storePart(y + o, f32x4.add(loadPart(a + o, end - i, 0), loadPart(b + o, end - i, 0)), end - i);
  }
}

/** y = a * b, elements begin..end. */
export function multiply(begin: i32, end: i32, a: usize, b: usize, y: usize): void {
  for (let i = begin; i < end; i += 4) {
    const o = <usize>i << 2;
    storePart(y + o, f32x4.mul(loadPart(a + o, end - i, 0), loadPart(b + o, end - i, 0)), end - i);
  }
}

/** y = a * scalar, elements begin..end. */
export function scale(begin: i32, end: i32, a: usize, factor: usize, y: usize): void {
  const f = v128.load_splat<f32>(factor);
  for (let i = begin; i < end; i += 4) {
    const o = <usize>i << 2;
    storePart(y + o, f32x4.mul(loadPart(a + o, end - i, 0), f), end - i);
  }
}
