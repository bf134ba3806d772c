// Optimiser steps, in place, one pass over the memory.

/** v = momentum * v + g; w -= rate * v, for elements begin..end. */
export function sgdMomentum(begin: i32, end: i32, w: usize, g: usize, v: usize, rate: f32, momentum: f32): void {
  const r = f32x4.splat(rate), m = f32x4.splat(momentum);
  let i = <usize>begin << 2;
  const last = <usize>end << 2;
  for (; i + 16 <= last; i += 16) {
    const nv = f32x4.add(f32x4.mul(m, v128.load(v + i)), v128.load(g + i));
    v128.store(v + i, nv);
    v128.store(w + i, f32x4.sub(v128.load(w + i), f32x4.mul(r, nv)));
  }
  for (; i < last; i += 4) {
    const nv = momentum * load<f32>(v + i) + load<f32>(g + i);
    store<f32>(v + i, nv);
    store<f32>(w + i, load<f32>(w + i) - rate * nv);
  }
}

/**
 * m = b1 m + a1 g; v = b2 v + a2 g^2; w = decay * w - rate * m / (sqrt(v) * scale + epsilon),
 * for elements begin..end. `g` is multiplied by `gain` first (clipping). a1 = 1 - b1 and
 * a2 = 1 - b2 are given, because 1 - 0.999 in single precision is off by 1e-5.
 */
export function adam(
  begin: i32, end: i32, w: usize, g: usize, m: usize, v: usize, gain: f32, b1: f32, b2: f32, a1: f32, a2: f32, rate: f32,
  scale: f32, epsilon: f32, decay: f32,
): void {
  const vb1 = f32x4.splat(b1), vb2 = f32x4.splat(b2), c1 = f32x4.splat(a1), c2 = f32x4.splat(a2);
  const vr = f32x4.splat(rate), vs = f32x4.splat(scale), ve = f32x4.splat(epsilon);
  const vg = f32x4.splat(gain), vd = f32x4.splat(decay);
  let i = <usize>begin << 2;
  const last = <usize>end << 2;
  for (; i + 16 <= last; i += 16) {
    const d = f32x4.mul(vg, v128.load(g + i));
    const nm = f32x4.add(f32x4.mul(vb1, v128.load(m + i)), f32x4.mul(c1, d));
    const nv = f32x4.add(f32x4.mul(vb2, v128.load(v + i)), f32x4.mul(c2, f32x4.mul(d, d)));
    v128.store(m + i, nm);
    v128.store(v + i, nv);
    const q = f32x4.div(f32x4.mul(vr, nm), f32x4.add(f32x4.mul(f32x4.sqrt(nv), vs), ve));
    v128.store(w + i, f32x4.sub(f32x4.mul(vd, v128.load(w + i)), q));
  }
  for (; i < last; i += 4) {
    const d = gain * load<f32>(g + i);
    const nm = b1 * load<f32>(m + i) + a1 * d;
    const nv = b2 * load<f32>(v + i) + a2 * d * d;
    store<f32>(m + i, nm);
    store<f32>(v + i, nv);
    store<f32>(w + i, decay * load<f32>(w + i) - rate * nm / (sqrt<f32>(nv) * scale + epsilon));
  }
}
