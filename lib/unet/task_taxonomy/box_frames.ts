import type { LabelImage } from "../../image/mod.ts";
import type { AnnotatedBox } from "./annotation.ts";

/**
 * Boxes as a picture that can be laid over another one: the outermost pixels of each box carry its class,
 * all others 0. Boxes that leave the picture are cut; fractions are rounded.
 *
 * @param boxes with their classes
 * @param size of the picture
 *
 * @example
 * ```ts
 * import { boxFrames } from "./mod.ts";
 *
 * const box = { x: 0, y: 0, width: 3, height: 3 };
 * console.log(boxFrames([{ box, kind: 2 }], { width: 3, height: 3 }).data); // 2 around a 0
 * ```
 */
export function boxFrames(
  boxes: readonly AnnotatedBox[],
  { width, height }: { readonly width: number; readonly height: number },
): LabelImage {
  const data = new Int32Array(width * height);
  for (const { box, kind } of boxes) {
    const left = Math.round(box.x), right = Math.round(box.x + box.width) - 1;
    const top = Math.round(box.y), bottom = Math.round(box.y + box.height) - 1;
    for (let y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
      for (let x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
        if (x === left || x === right || y === top || y === bottom) data[y * width + x] = kind;
      }
    }
  }
  return { data, width, height };
}
