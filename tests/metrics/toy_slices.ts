// 8 x 8 pictures of four cells ("#") and membrane ("."), one per way of being wrong.
import { pictureFromText } from "../../lib/lesson/mod.ts";

export const drawn = pictureFromText;

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
