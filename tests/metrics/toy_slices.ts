// 8 x 8 pictures of four cells ("#") and membrane ("."), one per way of being wrong.
import type { Image } from "../../lib/image/mod.ts";

/** A picture drawn with "#" = 1 and anything else = 0. */
export function drawn(...rows: string[]): Image<Float32Array> {
  const width = rows[0].length;
  const data = Float32Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0));
  return { data, width, height: rows.length };
}

const full = "########", cut = "###.####", none = "........";

/** Four cells, 49 pixels. */
export const fourCells = drawn(cut, cut, cut, none, cut, cut, cut, cut);
export const oneCell = drawn(...Array(8).fill(full));
export const gap = drawn(cut, full, cut, none, cut, cut, cut, cut);
const shifted = "####.###";
export const shiftedBorder = drawn(
  shifted,
  shifted,
  shifted,
  none,
  shifted,
  shifted,
  shifted,
  shifted,
);
export const split = drawn(...Array(8).fill(cut));
const thick = "##...###";
export const thickBorder = drawn(thick, thick, none, none, none, thick, thick, thick);
const left = "###.....";
export const missedCell = drawn(left, left, left, none, cut, cut, cut, cut);
