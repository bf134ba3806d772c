// Rows of a table by index, and the transpose of that.

import { copy } from "./memory";

/**
 * y[(b, o, i)] = x[(b, o), indices[b, i]], rows of `size` floats (or integers): begin..end of batch * outer * per.
 */
export function gatherRows(
  begin: i32, end: i32, x: usize, indices: usize, per: i32, outer: i32, dim: i32, size: i32, y: usize,
): void {
  const bytes = <usize>size << 2;
  for (let r = begin; r < end; r++) {
    const bo = r / per, i = r - bo * per;
    const b = bo / outer;
    const at = load<i32>(indices + (<usize>(b * per + i) << 2));
    copy(y + <usize>r * bytes, x + <usize>(bo * dim + at) * bytes, bytes);
  }
}

/** y[ids[r], c] += x[r, c] for all rows r and the columns begin..end; ids outside the segments are passed over. */
export function segmentSum(
  begin: i32, end: i32, x: usize, ids: usize, rows: i32, segments: i32, size: i32, y: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const s = load<i32>(ids + (<usize>r << 2));
    if (s < 0 || s >= segments) continue;
    const from = x + (<usize>(r * size) << 2), to = y + (<usize>(s * size) << 2);
    let c = begin;
    for (; c + 4 <= end; c += 4) {
      const o = <usize>c << 2;
      v128.store(to + o, f32x4.add(v128.load(to + o), v128.load(from + o)));
    }
    for (; c < end; c++) {
      const o = <usize>c << 2;
      store<f32>(to + o, load<f32>(to + o) + load<f32>(from + o));
    }
  }
}
