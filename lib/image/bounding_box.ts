import type { LabelImage } from "./image.ts";

/** A rectangle: the corner nearest the origin and the extent, in pixels, fractions allowed. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The smallest box around each object of a label image.
 *
 * @param labels 0 = background
 * @returns label -> box, by label; a single pixel has width and height 1
 *
 * @example
 * ```ts
 * import { boundingBoxes } from "./mod.ts";
 *
 * const labels = { data: Int32Array.of(0, 3, 3, 0, 3, 0), width: 3, height: 2 };
 * console.log(boundingBoxes(labels).get(3)); // { x: 1, y: 0, width: 2, height: 2 }
 * ```
 */
export function boundingBoxes(labels: LabelImage): Map<number, Box> {
  const { data, width } = labels;
  const corners = new Map<number, { left: number; top: number; right: number; bottom: number }>();
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const x = i % width, y = (i - x) / width;
    const box = corners.get(data[i]);
    if (box === undefined) corners.set(data[i], { left: x, top: y, right: x, bottom: y });
    else {
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.bottom = y;
    }
  }
  return new Map(
    [...corners].sort(([a], [b]) => a - b).map(([label, { left, top, right, bottom }]) => [
      label,
      { x: left, y: top, width: right - left + 1, height: bottom - top + 1 },
    ]),
  );
}
