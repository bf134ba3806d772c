import { Unzlib } from "fflate";

/**
 * Inflates a zlib stream that must hold exactly `size` bytes. The input is fed in pieces, so that a
 * stream that would inflate to a thousand times its size is refused as soon as it passes `size`.
 *
 * @param bytes the zlib stream
 * @param size bytes that it must give
 * @returns `size` bytes
 * @throws {Error} if the stream is damaged, gives less, or gives more
 *
 * @example
 * ```ts
 * import { zlibSync } from "fflate";
 * import { inflate } from "./inflate.ts";
 *
 * console.log(inflate(zlibSync(Uint8Array.of(1, 2, 3)), 3)); // Uint8Array(3) [ 1, 2, 3 ]
 * ```
 */
export function inflate(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const inflated = new Uint8Array(size);
  let reached = 0;
  const stream = new Unzlib((piece) => {
    if (reached + piece.length > size) {
      throw new Error(`its compressed data inflates to more than the ${size} bytes it declares`);
    }
    inflated.set(piece, reached);
    reached += piece.length;
  });
  const step = 1 << 14;
  for (let at = 0; at < bytes.length; at += step) {
    stream.push(bytes.subarray(at, at + step), at + step >= bytes.length);
  }
  if (reached < size) {
    throw new Error(`its compressed data ends after ${reached} of ${size} bytes: it is cut off`);
  }
  return inflated;
}
