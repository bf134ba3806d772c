// Single-precision matrix product, row major: C = alpha * op(A) * op(B) + beta * C.
//
// The route taken where no native BLAS is found. The scheme is the usual one (Goto and van de Geijn,
// "Anatomy of high-performance matrix multiplication", 2008) cut to what 16 vector registers hold:
// op(B) is packed in panels of 8 columns, a tile of 6 x 8 results stays in 12 registers, and op(A) is
// read where it lies, one splat per row and step.

// @ts-ignore: decorator
@inline const NR: i32 = 8;
// @ts-ignore: decorator
@inline const KC: i32 = 256;
// @ts-ignore: decorator
@inline const NC: i32 = 512;

// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

// @ts-ignore: decorator
@inline
function put(c: usize, alpha: v128, add: bool, v: v128): void {
  v = f32x4.mul(v, alpha);
  if (add) v = f32x4.add(v, v128.load(c));
  v128.store(c, v);
}

/** Packs op(B)[k0..k0+kc, n0..n0+nc] in panels of 8 columns, the last one filled with zeros. */
function packB(
  transB: bool, kc: i32, nc: i32, b: usize, ldb: i32, packed: usize,
): void {
  for (let j = 0; j < nc; j += NR) {
    const w = min(NR, nc - j);
    if (!transB) {
      let src = b + (<usize>j << 2);
      if (w == NR) {
        for (let k = 0; k < kc; k++) {
          v128.store(packed, v128.load(src));
          v128.store(packed, v128.load(src, 16), 16);
          src += <usize>ldb << 2;
          packed += 32;
        }
      } else {
        for (let k = 0; k < kc; k++) {
          for (let i = 0; i < NR; i++) {
            store<f32>(packed + (<usize>i << 2), i < w ? load<f32>(src + (<usize>i << 2)) : 0);
          }
          src += <usize>ldb << 2;
          packed += 32;
        }
      }
    } else {
      for (let i = 0; i < NR; i++) {
        let dst = packed + (<usize>i << 2);
        if (i < w) {
          let src = b + ((<usize>(j + i) * <usize>ldb) << 2);
          for (let k = 0; k < kc; k++) {
            store<f32>(dst, load<f32>(src));
            src += 4;
            dst += 32;
          }
        } else {
          for (let k = 0; k < kc; k++) {
            store<f32>(dst, 0);
            dst += 32;
          }
        }
      }
      packed += <usize>kc << 5;
    }
  }
}

/** Six rows by one panel; `rs` and `cs` are op(A)'s strides between rows and between columns, in bytes. */
function tile6(kc: i32, a: usize, rs: usize, cs: usize, p: usize, alpha: f32, add: bool, c: usize, ldc: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const a1 = a + rs, a2 = a1 + rs, a3 = a2 + rs, a4 = a3 + rs, a5 = a4 + rs;
  let o: usize = 0;
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(p), b1 = v128.load(p, 16);
    let s = v128.load_splat<f32>(a + o);
    c00 = fma(s, b0, c00); c01 = fma(s, b1, c01);
    s = v128.load_splat<f32>(a1 + o);
    c10 = fma(s, b0, c10); c11 = fma(s, b1, c11);
    s = v128.load_splat<f32>(a2 + o);
    c20 = fma(s, b0, c20); c21 = fma(s, b1, c21);
    s = v128.load_splat<f32>(a3 + o);
    c30 = fma(s, b0, c30); c31 = fma(s, b1, c31);
    s = v128.load_splat<f32>(a4 + o);
    c40 = fma(s, b0, c40); c41 = fma(s, b1, c41);
    s = v128.load_splat<f32>(a5 + o);
    c50 = fma(s, b0, c50); c51 = fma(s, b1, c51);
    o += cs;
    p += 32;
  }
  const al = f32x4.splat(alpha);
  put(c, al, add, c00); put(c + 16, al, add, c01); c += ldc;
  put(c, al, add, c10); put(c + 16, al, add, c11); c += ldc;
  put(c, al, add, c20); put(c + 16, al, add, c21); c += ldc;
  put(c, al, add, c30); put(c + 16, al, add, c31); c += ldc;
  put(c, al, add, c40); put(c + 16, al, add, c41); c += ldc;
  put(c, al, add, c50); put(c + 16, al, add, c51);
}

function tile2(kc: i32, a: usize, rs: usize, cs: usize, p: usize, alpha: f32, add: bool, c: usize, ldc: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  const a1 = a + rs;
  let o: usize = 0;
  for (let k = 0; k < kc; k++) {
    const b0 = v128.load(p), b1 = v128.load(p, 16);
    let s = v128.load_splat<f32>(a + o);
    c00 = fma(s, b0, c00); c01 = fma(s, b1, c01);
    s = v128.load_splat<f32>(a1 + o);
    c10 = fma(s, b0, c10); c11 = fma(s, b1, c11);
    o += cs;
    p += 32;
  }
  const al = f32x4.splat(alpha);
  put(c, al, add, c00); put(c + 16, al, add, c01); c += ldc;
  put(c, al, add, c10); put(c + 16, al, add, c11);
}

function tile1(kc: i32, a: usize, cs: usize, p: usize, alpha: f32, add: bool, c: usize): void {
  let c00 = f32x4.splat(0), c01 = c00;
  let o: usize = 0;
  for (let k = 0; k < kc; k++) {
    const s = v128.load_splat<f32>(a + o);
    c00 = fma(s, v128.load(p), c00); c01 = fma(s, v128.load(p, 16), c01);
    o += cs;
    p += 32;
  }
  const al = f32x4.splat(alpha);
  put(c, al, add, c00); put(c + 16, al, add, c01);
}

/** A panel narrower than 8 columns: its tile is made beside C and copied. */
function edgeTile(
  rows: i32, w: i32, kc: i32, a: usize, rs: usize, cs: usize, p: usize, alpha: f32, add: bool, c: usize, ldc: usize, tmp: usize,
): void {
  for (let r = 0; r < rows; r++) {
    tile1(kc, a + <usize>r * rs, cs, p, alpha, false, tmp);
    const row = c + <usize>r * ldc;
    for (let i = 0; i < w; i++) {
      const at = row + (<usize>i << 2);
      const v = load<f32>(tmp + (<usize>i << 2));
      store<f32>(at, add ? load<f32>(at) + v : v);
    }
  }
}

/** `scratch` holds (KC * NC + 8) floats. beta is 0 (C is not read) or 1. */
export function sgemm(
  transA: i32, transB: i32, m: i32, n: i32, k: i32, alpha: f32, a: usize, lda: i32, b: usize, ldb: i32,
  beta: f32, c: usize, ldc: i32, scratch: usize,
): void {
  const rs: usize = transA ? 4 : <usize>lda << 2;
  const cs: usize = transA ? <usize>lda << 2 : 4;
  const ldcBytes: usize = <usize>ldc << 2;
  const tmp = scratch;
  const packed = scratch + 32;
  if (k == 0 && beta == 0) {
    for (let i = 0; i < m; i++) memory.fill(c + <usize>i * ldcBytes, 0, <usize>n << 2);
    return;
  }
  for (let n0 = 0; n0 < n; n0 += NC) {
    const nc = min(NC, n - n0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      const add = k0 > 0 || beta != 0;
      const bOffset = transB ? <usize>n0 * <usize>ldb + <usize>k0 : <usize>k0 * <usize>ldb + <usize>n0;
      packB(transB != 0, kc, nc, b + (bOffset << 2), ldb, packed);
      const a0 = a + <usize>k0 * cs;
      for (let i0 = 0; i0 < m; i0 += 96) {
        const iEnd = min(i0 + 96, m);
        for (let j = 0; j < nc; j += NR) {
          const p = packed + ((<usize>j * <usize>kc) << 2);
          let cc = c + <usize>i0 * ldcBytes + (<usize>(n0 + j) << 2);
          let aa = a0 + <usize>i0 * rs;
          if (nc - j < NR) {
            edgeTile(iEnd - i0, nc - j, kc, aa, rs, cs, p, alpha, add, cc, ldcBytes, tmp);
            continue;
          }
          let i = i0;
          for (; i + 6 <= iEnd; i += 6) {
            tile6(kc, aa, rs, cs, p, alpha, add, cc, ldcBytes);
            aa += 6 * rs;
            cc += 6 * ldcBytes;
          }
          for (; i + 2 <= iEnd; i += 2) {
            tile2(kc, aa, rs, cs, p, alpha, add, cc, ldcBytes);
            aa += 2 * rs;
            cc += 2 * ldcBytes;
          }
          if (i < iEnd) tile1(kc, aa, cs, p, alpha, add, cc);
        }
      }
    }
  }
}
