/** The typed arrays a picture's values may stand in. */
export type Pixels =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * A picture: `data[(y * width + x) * (channels ?? 1) + c]`, row by row from the top left.
 * Gray values of a `Float32Array` picture lie in [0, 1].
 */
export interface Image<P extends Pixels = Float32Array> {
  readonly data: P;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Values per pixel, interleaved; absent means 1. */
  readonly channels?: number;
}

/** A picture of labels: 0 is background, every other whole number is one object (or one class). */
export type LabelImage = Image<Int32Array>;
