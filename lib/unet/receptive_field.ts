import { PAPER_DEPTH } from "./tile_sizes.ts";

/** The stretch of an input tile that an output pixel can depend on, along one side. */
export interface ReceptiveField {
  /** First pixel of the tile. */
  readonly begin: number;
  /** Last pixel. */
  readonly end: number;
  /** Pixels from begin to end. */
  readonly size: number;
}

/**
 * Which pixels of the tile can change a given pixel of the output of a U-Net without padding: the pixel is
 * followed back through the network, through the bottom, which is the longest way and contains all others.
 * A 3x3 convolution widens the stretch a ... b to a ... b + 2 (its output starts one pixel later than its input),
 * an up-convolution halves it, a pooling doubles it.
 *
 * The size depends on where the pixel lies on the grid of 2^depth pixels: for the paper's depth it is 188 pixels for
 * one pixel in four and 204 for the others, and the pixel, at `pixel + border` of the tile, is not quite in the middle.
 *
 * Source: our derivation; the paper gives no number. The test measures it through gradients.
 *
 * @param pixel of the output, 0 = the first along the side
 * @param depth number of poolings. Default 4.
 * @throws {RangeError} if the pixel is negative or not whole, or the depth out of range
 *
 * @example
 * ```ts
 * import { receptiveField } from "./mod.ts";
 *
 * console.log(receptiveField(0)); // { begin: 0, end: 187, size: 188 }: the smallest tile, all of it
 * ```
 */
export function receptiveField(pixel: number, depth = PAPER_DEPTH): ReceptiveField {
  if (!Number.isSafeInteger(pixel) || pixel < 0) {
    throw new RangeError(`an output pixel is a whole number, at least 0; got ${pixel}`);
  }
  let begin = pixel, end = pixel; // the 1x1 convolution changes nothing
  const convolutions = () => end += 4; // two, each one pixel to either side
  for (let level = 0; level < depth; level++) {
    convolutions();
    begin = Math.floor(begin / 2); // the up-convolution: pixel x of its output is of pixel x / 2 below
    end = Math.floor(end / 2);
  }
  convolutions(); // the bottom
  for (let level = 0; level < depth; level++) {
    begin *= 2; // the pooling: pixel x of its output is of 2x and 2x + 1
    end = 2 * end + 1;
    convolutions();
  }
  return { begin, end, size: end - begin + 1 };
}
