import type { Connectivity } from "./connected_components.ts";
import type { Image, LabelImage } from "./image.ts";

/** Offsets to the neighbours: first the four by an edge, then the four by a corner. */
const AROUND = [[-1, 0], [0, -1], [1, 0], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1]] as const;

/**
 * The inner borders of the objects: pixels of an object that touch a pixel of another label,
 * background included. The edge of the picture is no border.
 *
 * @param labels 0 = background
 * @param options `connectivity`: which neighbours count, 4 (default) or 8
 * @returns 1 on a border, else 0
 *
 * @example
 * ```ts
 * import { borders } from "./mod.ts";
 *
 * const labels = { data: Int32Array.of(1, 1, 1, 2, 0, 0), width: 6, height: 1 };
 * console.log(borders(labels).data); // [0, 0, 1, 1, 0, 0]
 * ```
 */
export function borders(
  labels: LabelImage,
  options: { readonly connectivity?: Connectivity } = {},
): Image<Uint8Array> {
  const { data, width, height } = labels;
  const { connectivity = 4 } = options;
  const around = AROUND.slice(0, connectivity);
  const border = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (data[i] === 0) continue;
      for (const [dx, dy] of around) {
        const u = x + dx, v = y + dy;
        if (u < 0 || u >= width || v < 0 || v >= height) continue;
        if (data[v * width + u] !== data[i]) {
          border[i] = 1;
          break;
        }
      }
    }
  }
  return { data: border, width, height };
}
