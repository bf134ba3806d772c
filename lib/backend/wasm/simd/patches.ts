// Moving rows for the transposed convolution and for "copy and crop".

import { copy } from "./memory";

/**
 * patches [B * H, W, s, s, Co] -> y [B * H * s, W * s, Co], plus the bias: rows begin..end of B * H.
 */
export function layPatches(begin: i32, end: i32, patches: usize, w: i32, s: i32, co: i32, bias: usize, y: usize): void {
  const run = s * co; // one row of a patch is one run
  const bytes = <usize>run << 2;
  for (let g = begin; g < end; g++) {
    let src = patches + <usize>(g * w * s) * bytes;
    for (let q = 0; q < w; q++) {
      for (let i = 0; i < s; i++) {
        let dst = y + <usize>((g * s + i) * w + q) * bytes;
        for (let j = 0; j < s; j++) {
          let c = 0;
          for (; c + 4 <= co; c += 4) {
            const o = <usize>c << 2;
            v128.store(dst + o, f32x4.add(v128.load(src + o), v128.load(bias + o)));
          }
          for (; c < co; c++) {
            const o = <usize>c << 2;
            store<f32>(dst + o, load<f32>(src + o) + load<f32>(bias + o));
          }
          src += <usize>co << 2;
          dst += <usize>co << 2;
        }
      }
    }
  }
}

/** The transpose of `layPatches`; sums (0 = not wanted) receives the chunk's sum per channel in its own row. */
export function takePatches(
  begin: i32, end: i32, dy: usize, w: i32, s: i32, co: i32, patches: usize, sums: usize, grain: i32,
): void {
  const bytes = <usize>(s * co) << 2;
  const sum = sums + (<usize>((begin / grain) * co) << 2);
  if (sums) memory.fill(sum, 0, <usize>co << 2);
  for (let g = begin; g < end; g++) {
    let dst = patches + <usize>(g * w * s) * bytes;
    for (let q = 0; q < w; q++) {
      for (let i = 0; i < s; i++) {
        let src = dy + <usize>((g * s + i) * w + q) * bytes;
        for (let j = 0; j < s; j++) {
          let c = 0;
          for (; c + 4 <= co; c += 4) {
            const o = <usize>c << 2;
            const v = v128.load(src + o);
            v128.store(dst + o, v);
            if (sums) v128.store(sum + o, f32x4.add(v128.load(sum + o), v));
          }
          for (; c < co; c++) {
            const o = <usize>c << 2;
            const v = load<f32>(src + o);
            store<f32>(dst + o, v);
            if (sums) store<f32>(sum + o, load<f32>(sum + o) + v);
          }
          src += <usize>co << 2;
          dst += <usize>co << 2;
        }
      }
    }
  }
}

/**
 * y [B, h, w, C1 + C2] = skip [B, H, W, C1] from (top, left) on, beside x [B, h, w, C2]: rows begin..end of B * h. skip's
 * channels begin at float `skipAt` of y's, x's at `xAt`.
 */
export function cropConcat(
  begin: i32, end: i32, skip: usize, H: i32, W: i32, c1: i32, top: i32, left: i32, x: usize, h: i32, w: i32, c2: i32,
  y: usize, skipAt: i32, xAt: i32,
): void {
  const n1 = <usize>c1 << 2, n2 = <usize>c2 << 2;
  for (let g = begin; g < end; g++) {
    const b = g / h, r = g - b * h;
    let s = skip + <usize>((b * H + r + top) * W + left) * n1;
    let p = x + <usize>(g * w) * n2;
    let d = y + <usize>(g * w) * (n1 + n2);
    for (let c = 0; c < w; c++) {
      copy(d + (<usize>skipAt << 2), s, n1);
      copy(d + (<usize>xAt << 2), p, n2);
      s += n1;
      p += n2;
      d += n1 + n2;
    }
  }
}

/** dskip [B, H, W, C1] = the first C1 channels of dy [B, h, w, C] at (top, left), 0 around: rows begin..end of B * H. */
export function uncrop(
  begin: i32, end: i32, dy: usize, h: i32, w: i32, c: i32, top: i32, left: i32, out: usize, H: i32, W: i32, c1: i32,
): void {
  const n1 = <usize>c1 << 2, n = <usize>c << 2;
  for (let g = begin; g < end; g++) {
    const b = g / H, r = g - b * H - top;
    let d = out + <usize>(g * W) * n1;
    if (r < 0 || r >= h) {
      memory.fill(d, 0, <usize>W * n1);
      continue;
    }
    memory.fill(d, 0, <usize>left * n1);
    d += <usize>left * n1;
    let s = dy + <usize>((b * h + r) * w) * n;
    for (let q = 0; q < w; q++) {
      copy(d, s, n1);
      s += n;
      d += n1;
    }
    memory.fill(d, 0, <usize>(W - left - w) * n1);
  }
}
