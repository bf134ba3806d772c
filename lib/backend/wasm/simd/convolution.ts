// What surrounds the matrix products of a convolution: moving rows, adding the bias, rectifying.
// Shapes: x [B, H, W, Ci], filter [KH, KW, Ci, Co], y [B, OH, OW, Co], all row major.

import { copy } from "./memory";

// @ts-ignore: decorator
@inline
function copyFloats(dst: usize, src: usize, n: i32): void {
  copy(dst, src, <usize>n << 2);
}

// @ts-ignore: decorator
@inline
function biasRelu(dst: usize, src: usize, n: i32, bias: usize, relu: bool): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    let v = v128.load(src);
    if (bias) v = f32x4.add(v, v128.load(bias + (<usize>i << 2)));
    // not max(): relu(NaN) stays NaN, as on the other backends
    if (relu) v = v128.andnot(v, f32x4.lt(v, zero));
    v128.store(dst, v);
    src += 16;
    dst += 16;
  }
  for (; i < n; i++) {
    let v = load<f32>(src);
    if (bias) v += load<f32>(bias + (<usize>i << 2));
    if (relu && v < 0) v = 0;
    store<f32>(dst, v);
    src += 4;
    dst += 4;
  }
}

/** c[r, 0..n) = act(c[r, 0..n) + bias) for rows begin..end, in place; bias may be 0 (none). */
export function biasActivation(begin: i32, end: i32, c: usize, n: i32, bias: usize, relu: i32): void {
  const row = <usize>n << 2;
  let p = c + <usize>begin * row;
  for (let r = begin; r < end; r++) {
    biasRelu(p, p, n, bias, relu != 0);
    p += row;
  }
}

/** Rows of width `w` positions become rows of `ow` positions; bias and rectifier on the way. */
export function compact(
  rows: i32, src: usize, w: i32, dst: usize, ow: i32, co: i32, bias: usize, relu: i32,
): void {
  const step = <usize>co << 2;
  for (let r = 0; r < rows; r++) {
    let s = src + <usize>(r * w) * step;
    let d = dst + <usize>(r * ow) * step;
    if (!bias && !relu) {
      copyFloats(d, s, ow * co);
      continue;
    }
    for (let c = 0; c < ow; c++) {
      biasRelu(d, s, co, bias, relu != 0);
      s += step;
      d += step;
    }
  }
}

/**
 * dz = dy where y > 0 (dy where y is 0, no rectifier), spread into rows of the input's width with
 * zeros in the gaps: dz [B, H, W, Co] for rows begin..end of B * H. `dbias` (0 = not wanted) receives the sum
 * over this chunk in its own row [chunk, Co]. dz may be 0: only dbias is wanted then.
 */
export function spread(
  begin: i32, end: i32, dy: usize, y: usize, h: i32, w: i32, oh: i32, ow: i32, co: i32, dz: usize,
  dbias: usize, grain: i32,
): void {
  const zero = f32x4.splat(0);
  const step = <usize>co << 2;
  const sum = dbias + <usize>(begin / grain) * step;
  if (dbias) memory.fill(sum, 0, step);
  for (let g = begin; g < end; g++) {
    const b = g / h, r = g - b * h;
    let out = dz + <usize>(g * w) * step;
    if (r >= oh) {
      if (dz) memory.fill(out, 0, <usize>w * step);
      continue;
    }
    const at = <usize>((b * oh + r) * ow) * step;
    let s = dy + at;
    let m = y + at;
    for (let c = 0; c < ow; c++) {
      let i = 0;
      for (; i + 4 <= co; i += 4) {
        const o = <usize>i << 2;
        let v = v128.load(s + o);
        if (y) v = v128.and(v, f32x4.gt(v128.load(m + o), zero));
        if (dz) v128.store(out + o, v);
        if (dbias) v128.store(sum + o, f32x4.add(v128.load(sum + o), v));
      }
      for (; i < co; i++) {
        const o = <usize>i << 2;
        let v = load<f32>(s + o);
        if (y && !(load<f32>(m + o) > 0)) v = 0;
        if (dz) store<f32>(out + o, v);
        if (dbias) store<f32>(sum + o, load<f32>(sum + o) + v);
      }
      s += step;
      m += step;
      out += step;
    }
    if (dz && w > ow) memory.fill(out, 0, <usize>(w - ow) * step);
  }
}

/** dst[i] = sum over s of src[s * stride + i], i in begin..end. */
export function sumPartials(begin: i32, end: i32, src: usize, stride: i32, count: i32, dst: usize): void {
  const step = <usize>stride << 2;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    let p = src + (<usize>i << 2);
    let v = v128.load(p);
    for (let s = 1; s < count; s++) {
      p += step;
      v = f32x4.add(v, v128.load(p));
    }
    v128.store(dst + (<usize>i << 2), v);
  }
  for (; i < end; i++) {
    let p = src + (<usize>i << 2);
    let v = load<f32>(p);
    for (let s = 1; s < count; s++) {
      p += step;
      v += load<f32>(p);
    }
    store<f32>(dst + (<usize>i << 2), v);
  }
}

/** filter [taps, Ci, Co] -> [taps reversed, Co, Ci], for taps begin..end. */
export function flipFilter(begin: i32, end: i32, filter: usize, taps: i32, ci: i32, co: i32, out: usize): void {
  const size = <usize>(ci * co) << 2;
  for (let t = begin; t < end; t++) {
    transpose(filter + <usize>t * size, ci, co, out + <usize>(taps - 1 - t) * size);
  }
}

/** src [rows, cols] -> dst [cols, rows], four by four. */
export function transpose(src: usize, rows: i32, cols: i32, dst: usize): void {
  const rb = <usize>cols << 2, cb = <usize>rows << 2;
  let j = 0;
  for (; j + 4 <= cols; j += 4) {
    let i = 0;
    let s = src + (<usize>j << 2);
    let d = dst + <usize>j * cb;
    for (; i + 4 <= rows; i += 4) {
      const a = v128.load(s), b = v128.load(s + rb), c = v128.load(s + 2 * rb), e = v128.load(s + 3 * rb);
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const ce0 = v128.shuffle<f32>(c, e, 0, 4, 1, 5), ce1 = v128.shuffle<f32>(c, e, 2, 6, 3, 7);
      v128.store(d, v128.shuffle<f32>(ab0, ce0, 0, 1, 4, 5));
      v128.store(d + cb, v128.shuffle<f32>(ab0, ce0, 2, 3, 6, 7));
      v128.store(d + 2 * cb, v128.shuffle<f32>(ab1, ce1, 0, 1, 4, 5));
      v128.store(d + 3 * cb, v128.shuffle<f32>(ab1, ce1, 2, 3, 6, 7));
      s += 4 * rb;
      d += 16;
    }
    for (; i < rows; i++) {
      for (let q: usize = 0; q < 4; q++) store<f32>(d + q * cb, load<f32>(s + (q << 2)));
      s += rb;
      d += 4;
    }
  }
  for (; j < cols; j++) {
    for (let i = 0; i < rows; i++) {
      store<f32>(dst + ((<usize>(j * rows + i)) << 2), load<f32>(src + (<usize>(i * cols + j) << 2)));
    }
  }
}

/**
 * Output rows r0..r1 of one image as a matrix [(r1 - r0) * OW, KH * KW * Ci] (im2col); outside the image is 0.
 */
export function gather(
  x: usize, h: i32, w: i32, ci: i32, kh: i32, kw: i32, sh: i32, sw: i32, dh: i32, dw: i32, top: i32, left: i32,
  r0: i32, r1: i32, ow: i32, dst: usize,
): void {
  const pixel = <usize>ci << 2;
  for (let r = r0; r < r1; r++) {
    for (let c = 0; c < ow; c++) {
      const x0 = c * sw - left;
      for (let i = 0; i < kh; i++) {
        const yy = r * sh - top + i * dh;
        if (yy < 0 || yy >= h) {
          memory.fill(dst, 0, <usize>kw * pixel);
          dst += <usize>kw * pixel;
          continue;
        }
        const row = x + <usize>(yy * w) * pixel;
        if (dw == 1 && x0 >= 0 && x0 + kw <= w) {
          const src = row + <usize>x0 * pixel;
          if (ci == 1) {
            for (let j = 0; j < kw; j++) store<f32>(dst + (<usize>j << 2), load<f32>(src + (<usize>j << 2)));
          } else copy(dst, src, <usize>kw * pixel);
          dst += <usize>kw * pixel;
          continue;
        }
        for (let j = 0; j < kw; j++) {
          const xx = x0 + j * dw;
          if (xx < 0 || xx >= w) memory.fill(dst, 0, pixel);
          else copy(dst, row + <usize>xx * pixel, pixel);
          dst += pixel;
        }
      }
    }
  }
}

/**
 * Adds one tap's product src [(r1 - r0) * OW, n] to channels c0..c0+n of dx [H, W, Ci], for output rows r0..r1
 * and filter position (i, j): the transpose of `gather`.
 */
export function scatterAdd(
  src: usize, n: i32, dx: usize, h: i32, w: i32, ci: i32, c0: i32, i: i32, j: i32, sh: i32, sw: i32,
  dh: i32, dw: i32, top: i32, left: i32, r0: i32, r1: i32, ow: i32, bias: usize,
): void {
  for (let r = r0; r < r1; r++) {
    const yy = r * sh - top + i * dh;
    if (yy < 0 || yy >= h) {
      src += <usize>(ow * n) << 2;
      continue;
    }
    for (let c = 0; c < ow; c++) {
      const xx = c * sw - left + j * dw;
      if (xx >= 0 && xx < w) {
        const d = dx + (<usize>((yy * w + xx) * ci + c0) << 2);
        let q = 0;
        for (; q + 4 <= n; q += 4) {
          const o = <usize>q << 2;
          v128.store(d + o, f32x4.add(v128.load(d + o), v128.load(src + o)));
        }
        for (; q < n; q++) {
          const o = <usize>q << 2;
          store<f32>(d + o, load<f32>(d + o) + load<f32>(src + o));
        }
      }
      src += <usize>n << 2;
    }
  }
}

/** Copies rows of `n` floats between two pitches: `count` rows. */
export function copyRows(begin: i32, end: i32, src: usize, srcPitch: i32, dst: usize, dstPitch: i32, n: i32): void {
  for (let r = begin; r < end; r++) {
    copyFloats(dst + (<usize>(r * dstPitch) << 2), src + (<usize>(r * srcPitch) << 2), n);
  }
}

/** Sets begin..end floats to zero. */
export function clear(begin: i32, end: i32, p: usize): void {
  memory.fill(p + (<usize>begin << 2), 0, <usize>(end - begin) << 2);
}

/** `gather` for rows begin..end of B * OH. */
export function gatherRowsOf(
  begin: i32, end: i32, x: usize, b: i32, h: i32, w: i32, ci: i32, kh: i32, kw: i32, sh: i32, sw: i32, dh: i32,
  dw: i32, top: i32, left: i32, oh: i32, ow: i32, dst: usize,
): void {
  const row = <usize>(ow * kh * kw * ci) << 2;
  for (let g = begin; g < end; g++) {
    const image = g / oh, r = g - image * oh;
    const from = x + (<usize>(image * h * w * ci) << 2);
    gather(from, h, w, ci, kh, kw, sh, sw, dh, dw, top, left, r, r + 1, ow, dst + <usize>g * row);
  }
}

/** dx [B, H, W, begin..end of Ci] = columns [B * OH * OW, KH, KW, Ci] added up where `gather` took them from. */
export function scatterColumns(
  begin: i32, end: i32, columns: usize, b: i32, h: i32, w: i32, ci: i32, kh: i32, kw: i32, sh: i32, sw: i32,
  dh: i32, dw: i32, top: i32, left: i32, oh: i32, ow: i32, dx: usize,
): void {
  const pixel = <usize>ci << 2, from = <usize>begin << 2, bytes = <usize>(end - begin) << 2;
  for (let p = 0; p < b * h * w; p++) memory.fill(dx + <usize>p * pixel + from, 0, bytes);
  let src = columns + from;
  for (let image = 0; image < b; image++) {
    for (let r = 0; r < oh; r++) {
      for (let c = 0; c < ow; c++) {
        for (let i = 0; i < kh; i++) {
          const yy = r * sh - top + i * dh;
          for (let j = 0; j < kw; j++) {
            const xx = c * sw - left + j * dw;
            if (yy >= 0 && yy < h && xx >= 0 && xx < w) {
              const d = dx + <usize>((image * h + yy) * w + xx) * pixel + from;
              let o: usize = 0;
              for (; o + 16 <= bytes; o += 16) v128.store(d + o, f32x4.add(v128.load(d + o), v128.load(src + o)));
              for (; o < bytes; o += 4) store<f32>(d + o, load<f32>(d + o) + load<f32>(src + o));
            }
            src += pixel;
          }
        }
      }
    }
  }
}
