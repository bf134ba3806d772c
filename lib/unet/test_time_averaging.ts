import {
  dihedral,
  DIHEDRAL_VIEWS,
  type DihedralView,
  type Image,
  inverseView,
} from "../image/mod.ts";

/**
 * "The u-net (averaged over 7 rotated versions of the input data) achieves ... a warping error of 0.0003529"
 * (Sect. 4). Which seven is not said; a square has eight views without interpolation, and ours are all
 * but the last, the picture mirrored and turned by three quarters.
 */
export const SEVEN_VIEWS: readonly DihedralView[] = DIHEDRAL_VIEWS.slice(0, 7);

/**
 * Predicts several views of a picture, turns every result back, and takes the mean.
 *
 * @param image the picture
 * @param views which of the eight views, for example {@linkcode SEVEN_VIEWS}
 * @param predictView predicts one view; its result has the view's size. `index` counts from 0.
 * @returns the mean, of the picture's size
 * @throws {RangeError} if there is no view, or a result has another size than its view
 *
 * @example
 * ```ts
 * import { averageViews, SEVEN_VIEWS } from "./mod.ts";
 *
 * const image = { data: Float32Array.of(0, 1, 2, 3, 4, 5), width: 3, height: 2 };
 * const same = await averageViews(image, SEVEN_VIEWS, (view) => Promise.resolve(view));
 * console.log(same.data); // as before
 * ```
 */
export async function averageViews(
  image: Image,
  views: readonly DihedralView[],
  predictView: (view: Image, index: number) => Promise<Image>,
): Promise<Image> {
  if (views.length === 0) throw new RangeError("averaging needs at least one view; got none");
  let sum: Float64Array | undefined, channels: number | undefined;
  for (const [index, view] of views.entries()) {
    const turned = dihedral(image, view);
    const result = await predictView(turned, index);
    if (result.width !== turned.width || result.height !== turned.height) {
      throw new RangeError(
        `view ${view} is ${turned.width} x ${turned.height}, but its result is ` +
          `${result.width} x ${result.height}; the same size is needed to turn it back`,
      );
    }
    const back = dihedral(result, inverseView(view));
    sum ??= new Float64Array(back.data.length);
    for (let i = 0; i < sum.length; i++) sum[i] += back.data[i];
    channels = result.channels;
  }
  const { width, height } = image;
  return { data: Float32Array.from(sum!, (s) => s / views.length), width, height, channels };
}
