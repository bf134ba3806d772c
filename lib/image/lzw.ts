const CLEAR = 256, END = 257;

/**
 * TIFF's LZW (TIFF 6.0, Section 13): codes of 9 to 12 bits, most significant bit first, the code
 * width growing one code early.
 *
 * @param bytes one compressed strip
 * @param size bytes that it must give
 * @returns `size` bytes
 * @throws {Error} if a code is met that was never defined, or the strip ends early
 *
 * @example
 * ```ts
 * import { decodeLzw } from "./lzw.ts";
 *
 * // The codes 256 (clear), 7, 258 (what 7 and its successor made), 257 (end), 9 bits each.
 * console.log(decodeLzw(Uint8Array.of(0x80, 0x01, 0xe0, 0x50, 0x10), 3)); // Uint8Array(3) [ 7, 7, 7 ]
 * ```
 */
export function decodeLzw(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  // String c is string prefix[c] followed by the byte last[c]; first[c] and length[c] spare walking it.
  const prefix = new Uint16Array(4096), length = new Uint16Array(4096);
  const last = new Uint8Array(4096), first = new Uint8Array(4096);
  for (let c = 0; c < 256; c++) {
    last[c] = first[c] = c;
    length[c] = 1;
  }
  let next = 258, width = 9, previous = -1, reached = 0;
  let held = 0, bits = 0; // `bits` unread bits in the low end of `held`
  for (let at = 0; reached < size;) {
    while (bits < width) {
      if (at === bytes.length) {
        throw new Error(`its LZW data ends after ${reached} of ${size} bytes: it is cut off`);
      }
      held = ((held << 8) | bytes[at++]) & 0xffffff;
      bits += 8;
    }
    const code = (held >>> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === END) throw new Error(`its LZW data ends after ${reached} of ${size} bytes`);
    if (code === CLEAR) {
      next = 258;
      width = 9;
      previous = -1;
      continue;
    }
    // A code just one beyond the table is the string being defined: previous + its own first byte.
    const known = code < 256 || (code > END && code < next);
    if (!known && (code !== next || previous < 0)) {
      throw new Error(`its LZW data has the undefined code ${code} at byte ${at}: it is damaged`);
    }
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      first[next] = first[previous];
      last[next] = first[known ? code : previous];
      length[next] = length[previous] + 1;
      next++;
    }
    let end = reached + length[code];
    reached = end;
    for (let c = code;; c = prefix[c]) {
      out[--end] = last[c]; // a last string that passes `size` is cut: writes beyond the end are ignored
      if (length[c] === 1) break;
    }
    previous = code;
    if (next >= (1 << width) - 1 && width < 12) width++;
  }
  return out;
}
