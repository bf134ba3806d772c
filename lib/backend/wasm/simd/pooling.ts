// Max pooling over NHWC. Ties go to the first position of the window, row by row.

/** Rows begin..end of B * OH. */
export function maxPool(
  begin: i32, end: i32, x: usize, h: i32, w: i32, c: i32, oh: i32, ow: i32, fh: i32, fw: i32, sh: i32, sw: i32,
  top: i32, left: i32, y: usize,
): void {
  const pixel = <usize>c << 2;
  for (let g = begin; g < end; g++) {
    const b = g / oh, r = g - b * oh;
    const y0 = max(0, r * sh - top), y1 = min(h, r * sh - top + fh);
    for (let q = 0; q < ow; q++) {
      const x0 = max(0, q * sw - left), x1 = min(w, q * sw - left + fw);
      const out = y + <usize>(g * ow + q) * pixel;
      let k = 0;
      for (; k + 4 <= c; k += 4) {
        let m = f32x4.splat(-Infinity);
        for (let i = y0; i < y1; i++) {
          let p = x + <usize>((b * h + i) * w + x0) * pixel + (<usize>k << 2);
          for (let j = x0; j < x1; j++) {
            m = f32x4.pmax(m, v128.load(p)); // a where not a < b: a NaN in x is passed over
            p += pixel;
          }
        }
        v128.store(out + (<usize>k << 2), m);
      }
      for (; k < c; k++) {
        let m: f32 = -Infinity;
        for (let i = y0; i < y1; i++) {
          for (let j = x0; j < x1; j++) {
            const v = load<f32>(x + <usize>((b * h + i) * w + j) * pixel + (<usize>k << 2));
            if (v > m) m = v;
          }
        }
        store<f32>(out + (<usize>k << 2), m);
      }
    }
  }
}

/**
 * dx += dy at the position of the window's maximum, rows begin..end of B * OH. dx must be zero before, and rows whose
 * windows overlap must lie in one chunk.
 */
export function maxPoolGrad(
  begin: i32, end: i32, dy: usize, x: usize, h: i32, w: i32, c: i32, oh: i32, ow: i32, fh: i32, fw: i32,
  sh: i32, sw: i32, top: i32, left: i32, dx: usize,
): void {
  const pixel = <usize>c << 2;
  for (let g = begin; g < end; g++) {
    const b = g / oh, r = g - b * oh;
    const y0 = max(0, r * sh - top), y1 = min(h, r * sh - top + fh);
    for (let q = 0; q < ow; q++) {
      const x0 = max(0, q * sw - left), x1 = min(w, q * sw - left + fw);
      const d = dy + <usize>(g * ow + q) * pixel;
      let k = 0;
      for (; k + 4 <= c; k += 4) {
        const o = <usize>k << 2;
        let m = f32x4.splat(-Infinity);
        let at = i32x4.splat(-1);
        for (let i = y0; i < y1; i++) {
          let n = (b * h + i) * w + x0;
          for (let j = x0; j < x1; j++) {
            const v = v128.load(x + <usize>n * pixel + o);
            const better = f32x4.gt(v, m);
            m = v128.bitselect(v, m, better);
            at = v128.bitselect(i32x4.splat(n), at, better);
            n++;
          }
        }
        const g4 = v128.load(d + o);
        for (let i = y0; i < y1; i++) {
          let n = (b * h + i) * w + x0;
          for (let j = x0; j < x1; j++) {
            const p = dx + <usize>n * pixel + o;
            v128.store(p, f32x4.add(v128.load(p), v128.and(g4, i32x4.eq(at, i32x4.splat(n)))));
            n++;
          }
        }
      }
      for (; k < c; k++) {
        const o = <usize>k << 2;
        let m: f32 = -Infinity;
        let at: usize = 0;
        for (let i = y0; i < y1; i++) {
          for (let j = x0; j < x1; j++) {
            const n = <usize>((b * h + i) * w + j) * pixel + o;
            const v = load<f32>(x + n);
            if (v > m) {
              m = v;
              at = dx + n;
            }
          }
        }
        if (at) store<f32>(at, load<f32>(at) + load<f32>(d + o));
      }
    }
  }
}
