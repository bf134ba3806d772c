import type { Image, Pixels } from "./image.ts";

/** The eight ways to lay a square onto itself; see {@linkcode dihedral}. */
export type DihedralView = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** All eight, the picture itself first. */
export const DIHEDRAL_VIEWS: readonly DihedralView[] = [0, 1, 2, 3, 4, 5, 6, 7];

/**
 * The picture turned counter-clockwise by `view % 4` quarter turns and, for views 4 to 7, its columns
 * reversed afterwards. Exact: no value is interpolated.
 *
 * @param image any type, any channels, any size
 * @param view 0 is the picture itself
 *
 * @example
 * ```ts
 * import { dihedral } from "./mod.ts";
 *
 * const image = { data: Uint8Array.of(1, 2, 3, 4), width: 2, height: 2 };
 * console.log(dihedral(image, 1).data); // Uint8Array(4) [ 2, 4, 1, 3 ]
 * ```
 */
export function dihedral<P extends Pixels>(image: Image<P>, view: DihedralView): Image<P> {
  const { data, channels = 1 } = image;
  const turns = view % 4, mirror = view >= 4, odd = turns % 2 === 1;
  const width = odd ? image.height : image.width, height = odd ? image.width : image.height;
  const out = new (data.constructor as new (length: number) => P)(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let column = 0; column < width; column++) {
      const x = mirror ? width - 1 - column : column;
      const [fromX, fromY] = turns === 0
        ? [x, y]
        : turns === 1
        ? [image.width - 1 - y, x]
        : turns === 2
        ? [image.width - 1 - x, image.height - 1 - y]
        : [y, image.height - 1 - x];
      const from = (fromY * image.width + fromX) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c];
    }
  }
  return { ...image, data: out, width, height };
}

/**
 * The view that undoes `view`: a mirrored view undoes itself, a turn is undone by the turn back.
 *
 * @example
 * ```ts
 * import { dihedral, inverseView } from "./mod.ts";
 *
 * const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 3, height: 2 };
 * console.log(dihedral(dihedral(image, 5), inverseView(5)).data); // as before
 * ```
 */
export function inverseView(view: DihedralView): DihedralView {
  return (view < 4 ? (4 - view) % 4 : view) as DihedralView;
}
