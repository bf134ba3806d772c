import type { Image } from "../image/mod.ts";

/**
 * A small picture drawn in text: "#" is 1, anything else 0.
 *
 * @param rows from top to bottom, all of one length
 * @throws {RangeError} if there is no row or the rows differ in length
 *
 * @example
 * ```ts
 * import { pictureFromText } from "./mod.ts";
 *
 * const { data, width } = pictureFromText("#.#", "###");
 * console.log(width, data); // 3 [1, 0, 1, 1, 1, 1]
 * ```
 */
export function pictureFromText(...rows: string[]): Image {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const odd = rows.findIndex((row) => row.length !== width);
  if (width === 0 || odd >= 0) {
    throw new RangeError(
      height === 0 || width === 0
        ? "a picture needs at least one row of at least one character"
        : `row ${odd} has ${rows[odd].length} characters but row 0 has ${width}: make them equal`,
    );
  }
  return { data: Float32Array.from(rows.join(""), (c) => (c === "#" ? 1 : 0)), width, height };
}
