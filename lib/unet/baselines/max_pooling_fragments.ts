import { tf } from "../../backend/mod.ts";

/**
 * Max pooling for every position of a sliding window at once (Giusti, Ciresan, Masci, Gambardella and
 * Schmidhuber, ICIP 2013): a window that begins on an odd row sees other 2x2 blocks than one that begins
 * on an even row, so each map is pooled four times, shifted by (0, 0), (0, 1), (1, 0) and (1, 1), and the
 * four "fragments" go on side by side as entries of the batch. Nothing is computed twice, and no window
 * is left out, unlike with plain pooling, which keeps one position in four.
 *
 * @param x [B, window - 1 + h, window - 1 + w, C], the map of all windows
 * @param window what is left of the window's side at this layer
 * @param positions h and w, how many windows there are in each direction; both even
 * @returns [4 B, floor(window / 2) - 1 + h / 2, floor(window / 2) - 1 + w / 2, C]
 * @throws {RangeError} if a number of positions is odd
 *
 * @example
 * ```ts
 * import { tf } from "../../backend/mod.ts";
 * import { maxPoolingFragments } from "./mod.ts";
 *
 * // All 4 positions of a window of 2 in a row of 5, pooled: the maxima of neighbours, even ones first.
 * const x = tf.tensor4d([1, 5, 2, 4, 3, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0], [1, 3, 5, 1]);
 * const y = maxPoolingFragments(x, 2, [2, 4]);
 * console.log(y.shape, [...y.dataSync().subarray(0, 4)]); // [4, 1, 2, 1] [5, 4, 5, 4]
 * ```
 */
export function maxPoolingFragments(
  x: tf.Tensor4D,
  window: number,
  [h, w]: readonly [number, number],
): tf.Tensor4D {
  if (h % 2 !== 0 || w % 2 !== 0) {
    throw new RangeError(`fragments need an even number of positions each way; got ${h} x ${w}`);
  }
  const [batch, , , channels] = x.shape;
  const pooled = Math.floor(window / 2); // an odd window drops its last row, as plain pooling does
  const size: [number, number, number, number] = [
    batch,
    2 * (pooled - 1) + h,
    2 * (pooled - 1) + w,
    channels,
  ];
  return tf.tidy(() =>
    tf.concat(
      [[0, 0], [0, 1], [1, 0], [1, 1]].map(([dy, dx]) =>
        tf.maxPool(tf.slice(x, [0, dy, dx, 0], size), 2, 2, "valid")
      ),
      0,
    )
  );
}

/**
 * Puts four fragments back into one map: the inverse of {@linkcode maxPoolingFragments} in position.
 *
 * @param x [4 B, h / 2, w / 2, C]
 * @returns [B, h, w, C]
 *
 * @example
 * ```ts
 * import { tf } from "../../backend/mod.ts";
 * import { assembleFragments } from "./mod.ts";
 *
 * const fragments = tf.tensor4d([0, 1, 2, 3], [4, 1, 1, 1]);
 * console.log([...assembleFragments(fragments).dataSync()]); // [0, 1, 2, 3]: a 2 x 2 map
 * ```
 */
export function assembleFragments(x: tf.Tensor4D): tf.Tensor4D {
  return tf.batchToSpaceND(x, [2, 2], [[0, 0], [0, 0]]);
}
