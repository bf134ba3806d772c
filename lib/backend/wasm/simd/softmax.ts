// Softmax, and softmax with cross-entropy, over rows of n numbers.

import { exp4, loadPart, max4, storePart, sum4 } from "./math";

/** y = softmax(x) in rows begin..end (y may be x). */
export function softmax(begin: i32, end: i32, x: usize, n: i32, y: usize): void {
  for (let r = begin; r < end; r++) {
    const o = <usize>r * (<usize>n << 2);
    softmaxRow(x + o, n, y + o);
  }
}

/** dx = y (dy - sum(dy y)) in rows begin..end. dx may be dy. */
export function softmaxGrad(begin: i32, end: i32, dy: usize, y: usize, n: i32, dx: usize): void {
  for (let r = begin; r < end; r++) {
    const o = <usize>r * (<usize>n << 2);
    softmaxGradRow(dy + o, y + o, n, dx + o, 1);
  }
}

/** The largest of n numbers. */
function rowMax(x: usize, n: i32): f32 {
  let m = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) m = f32x4.pmax(v128.load(x + (<usize>i << 2)), m);
  if (i < n) m = f32x4.pmax(loadPart(x + (<usize>i << 2), n - i, -Infinity), m);
  return max4(m);
}

/** One row of `softmax`. */
export function softmaxRow(x: usize, n: i32, y: usize): void {
  const top = f32x4.splat(rowMax(x, n));
  let s = f32x4.splat(0);
  const whole = n & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    const o = <usize>i << 2;
    const e = exp4(f32x4.sub(v128.load(x + o), top));
    s = f32x4.add(s, e);
    v128.store(y + o, e);
  }
  if (i < n) {
    const o = <usize>i << 2;
    const e = exp4(f32x4.sub(loadPart(x + o, n - i, -Infinity), top));
    s = f32x4.add(s, e);
    storePart(y + o, e, n - i);
  }
  const scale = f32x4.splat(<f32>1 / sum4(s));
  for (i = 0; i < whole; i += 4) {
    const o = <usize>i << 2;
    v128.store(y + o, f32x4.mul(v128.load(y + o), scale));
  }
  if (i < n) {
    const o = <usize>i << 2;
    storePart(y + o, f32x4.mul(loadPart(y + o, n - i, 0), scale), n - i);
  }
}

/** dx = scale * y (dy - sum(dy y)), one row. */
export function softmaxGradRow(dy: usize, y: usize, n: i32, dx: usize, scale: f32): void {
  let s = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const o = <usize>i << 2;
    s = f32x4.add(s, f32x4.mul(loadPart(dy + o, n - i, 0), loadPart(y + o, n - i, 0)));
  }
  const sum = f32x4.splat(sum4(s)), k = f32x4.splat(scale);
  for (let i = 0; i < n; i += 4) {
    const o = <usize>i << 2;
    const d = f32x4.sub(loadPart(dy + o, n - i, 0), sum);
    storePart(dx + o, f32x4.mul(k, f32x4.mul(loadPart(y + o, n - i, 0), d)), n - i);
  }
}

/**
 * loss[r] = log(sum(exp(x[r]))) - x[r, label[r]]; also notes lse[r] = log(sum(exp(x[r]))) for the gradient. A label
 * outside 0..n-1 counts as "not to be judged": loss 0.
 */
export function crossEntropy(begin: i32, end: i32, x: usize, labels: usize, n: i32, loss: usize, lse: usize): void {
  for (let r = begin; r < end; r++) {
    const row = x + <usize>r * (<usize>n << 2);
    const top = rowMax(row, n);
    const t = f32x4.splat(top);
    let s = f32x4.splat(0);
    let i = 0;
    for (; i + 4 <= n; i += 4) s = f32x4.add(s, exp4(f32x4.sub(v128.load(row + (<usize>i << 2)), t)));
    if (i < n) s = f32x4.add(s, exp4(f32x4.sub(loadPart(row + (<usize>i << 2), n - i, -Infinity), t)));
    const total = top + <f32>Math.log(<f64>sum4(s));
    const at = <usize>r << 2;
    const label = load<i32>(labels + at);
    store<f32>(lse + at, total);
    store<f32>(loss + at, label < 0 || label >= n ? 0 : total - load<f32>(row + (<usize>label << 2)));
  }
}

/** dx[r] = dloss[r] (softmax(x[r]) - onehot(label[r])); 0 where the label is not to be judged. */
export function crossEntropyGrad(
  begin: i32, end: i32, x: usize, labels: usize, lse: usize, n: i32, dloss: usize, dx: usize,
): void {
  for (let r = begin; r < end; r++) {
    const offset = <usize>r * (<usize>n << 2);
    const row = x + offset, out = dx + offset;
    const at = <usize>r << 2;
    const label = load<i32>(labels + at);
    const d = load<f32>(dloss + at);
    if (label < 0 || label >= n || d == 0) {
      memory.fill(out, 0, <usize>n << 2);
      continue;
    }
    const t = f32x4.splat(load<f32>(lse + at)), k = f32x4.splat(d);
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const o = <usize>i << 2;
      v128.store(out + o, f32x4.mul(k, exp4(f32x4.sub(v128.load(row + o), t))));
    }
    if (i < n) {
      const o = <usize>i << 2;
      storePart(out + o, f32x4.mul(k, exp4(f32x4.sub(loadPart(row + o, n - i, -Infinity), t))), n - i);
    }
    const q = out + (<usize>label << 2);
    store<f32>(q, load<f32>(q) - d);
  }
}

/** x = softmax(x + mask), in place, rows begin..end; causal: row r sees the columns 0..r only. mask may be 0 (none). */
export function maskedSoftmax(begin: i32, end: i32, x: usize, n: i32, mask: usize, causal: i32): void {
  for (let r = begin; r < end; r++) {
    const row = x + <usize>r * (<usize>n << 2);
    if (mask) {
      for (let i = 0; i < n; i += 4) {
        const o = <usize>i << 2;
        storePart(row + o, f32x4.add(loadPart(row + o, n - i, 0), loadPart(mask + o, n - i, 0)), n - i);
      }
    }
    const seen = causal ? r + 1 : n;
    softmaxRow(row, seen, row);
    if (seen < n) memory.fill(row + (<usize>seen << 2), 0, <usize>(n - seen) << 2);
  }
}
