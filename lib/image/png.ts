import { decode, encode } from "fast-png";
import { writeFileAtomic } from "../io/mod.ts";
import type { Image } from "./image.ts";
import { ImageFileError, MAX_DECODED_BYTES, readBytes } from "./image_file_error.ts";
import { inflate } from "./inflate.ts";

/** What a PNG holds: 8 or 16 bits a value. */
export type PngImage = Image<Uint8Array> | Image<Uint16Array>;

/**
 * Reads a PNG file: gray, gray and alpha, RGB or RGBA, 8 or 16 bits; gray of 1, 2 and 4 bits is spread
 * to 0..255; a palette becomes RGB. Interlaced files too.
 *
 * @param path the file
 * @throws {ImageFileError} if the file cannot be read; the sentence names it and says why
 * @see PNG Specification (Third Edition), W3C 2025
 *
 * @example
 * ```ts
 * import { readPng, writePng } from "./png.ts";
 *
 * const path = `${await Deno.makeTempDir()}/gradient.png`;
 * await writePng(path, { data: Uint8Array.of(0, 128, 255), width: 3, height: 1 });
 * console.log((await readPng(path)).data); // Uint8Array(3) [ 0, 128, 255 ]
 * ```
 */
export async function readPng(path: string): Promise<PngImage> {
  return decodePng(await readBytes(path), path);
}

/**
 * {@linkcode readPng} for bytes already in memory.
 *
 * @param bytes a whole PNG file
 * @param name what an error calls it
 * @throws {ImageFileError} as {@linkcode readPng}
 *
 * @example
 * ```ts
 * import { decodePng, encodePng } from "./png.ts";
 *
 * console.log(decodePng(encodePng({ data: Uint16Array.of(65535), width: 1, height: 1 })).data[0]); // 65535
 * ```
 */
export function decodePng(bytes: Uint8Array<ArrayBuffer>, name = "a PNG file"): PngImage {
  const fail = (what: string, cause?: unknown): never => {
    throw new ImageFileError(`${name}: ${what}`, { cause });
  };
  const needed = checkChunks(bytes, fail);
  let png: ReturnType<typeof decode>;
  try {
    png = decode(needed, { checkCrc: true });
  } catch (cause) {
    return fail(`it is damaged: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  const { width, height, channels, depth, data } = png;
  const shape = { width, height, ...(channels > 1 ? { channels } : {}) };
  if (data instanceof Uint16Array) return { data, ...shape };
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (depth === 8 && !png.palette) return { data: values, ...shape };
  const spread = unpackBits(values, width, height, depth);
  if (!png.palette) {
    const white = 255 / (2 ** depth - 1);
    return { data: spread.map((v) => v * white), width, height };
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < spread.length; i++) {
    const colour = png.palette[spread[i]] ??
      fail(`it uses colour ${spread[i]} of a palette of ${png.palette.length}`);
    rgb.set(colour.slice(0, 3), 3 * i);
  }
  return { data: rgb, width, height, channels: 3 };
}

/**
 * Walks the chunks, checks what the decoder takes on trust (the declared size, and that the compressed
 * data has it), and returns the file with only the chunks that pixels need: a profile or a comment can
 * neither break the reading nor inflate without limit.
 */
function checkChunks(
  bytes: Uint8Array<ArrayBuffer>,
  fail: (what: string, cause?: unknown) => never,
): Uint8Array<ArrayBuffer> {
  const signature = [137, 80, 78, 71, 13, 10, 26, 10];
  if (!signature.every((b, i) => bytes[i] === b)) fail("it is no PNG file (wrong first 8 bytes)");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = [bytes.subarray(0, 8)], data: Uint8Array[] = [];
  let size = -1;
  for (let at = 8, type = ""; type !== "IEND";) {
    if (at + 12 > bytes.length) {
      fail(`it ends after ${bytes.length} bytes, before its last chunk: it is cut off`);
    }
    const length = view.getUint32(at);
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) {
      fail(`its chunk ${type} would end at byte ${end} of ${bytes.length}: it is cut off`);
    }
    if (at === 8 && (type !== "IHDR" || length !== 13)) {
      fail("it does not begin with its header (IHDR)");
    }
    if (at === 8) size = inflatedSize(view, fail);
    if (type === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    if (["IHDR", "PLTE", "IDAT", "IEND"].includes(type)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  if (data.length === 0) fail("it has no pixel data (IDAT)");
  const stored = join(data);
  if (size > stored.length * 1033) { // the most that deflate can do
    fail(
      `its ${stored.length} bytes of pixel data cannot hold the ${size} bytes of its declared size`,
    );
  }
  try {
    inflate(stored, size);
  } catch (cause) {
    fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
  return join(parts);
}

/** Bytes of the pixels with one filter byte per row, from IHDR. */
function inflatedSize(view: DataView, fail: (what: string) => never): number {
  const width = view.getUint32(16), height = view.getUint32(20);
  const depth = view.getUint8(24), colour = view.getUint8(25), interlaced = view.getUint8(28);
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? fail(`its colour type is ${colour}`);
  if (width < 1 || height < 1) fail(`it declares ${width} x ${height} pixels`);
  if (![1, 2, 4, 8, 16].includes(depth)) fail(`its values have ${depth} bits`);
  const decoded = width * height * channels * Math.max(1, depth / 8);
  if (decoded > MAX_DECODED_BYTES) {
    fail(
      `it declares ${width} x ${height} pixels, ${decoded} bytes; at most ${MAX_DECODED_BYTES} are read`,
    );
  }
  const pass = (w: number, h: number) => w * h && h * (1 + Math.ceil(w * channels * depth / 8));
  if (!interlaced) return pass(width, height);
  // Adam7: pass p holds every dx-th column from x and every dy-th row from y.
  const adam7 = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  return adam7.reduce(
    (sum, [x, y, dx, dy]) => sum + pass(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Values of 1, 2, 4 or 8 bits, each row beginning at a new byte, as one byte each. */
function unpackBits(
  packed: Uint8Array,
  width: number,
  height: number,
  depth: number,
): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(width * height), rowBytes = Math.ceil(width * depth / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth, shift = 8 - depth - (bit & 7);
      values[y * width + x] = (packed[y * rowBytes + (bit >> 3)] >> shift) & (2 ** depth - 1);
    }
  }
  return values;
}

/**
 * A PNG file of an 8 or 16-bit picture with 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 channels. For a gray
 * picture in [0, 1] see {@linkcode toBytes}.
 *
 * @param image the picture
 * @throws {RangeError} if its data does not have its size
 *
 * @example
 * ```ts
 * import { encodePng } from "./png.ts";
 *
 * console.log(encodePng({ data: Uint8Array.of(7), width: 1, height: 1 }).subarray(1, 4)); // "PNG"
 * ```
 */
export function encodePng(image: PngImage): Uint8Array<ArrayBuffer> {
  const { data, width, height, channels = 1 } = image;
  if (data.length !== width * height * channels || data.length === 0) {
    throw new RangeError(
      `a picture of ${width} x ${height} x ${channels} has ${data.length} values; give one for each`,
    );
  }
  return encode({
    data,
    width,
    height,
    channels,
    depth: data instanceof Uint16Array ? 16 : 8,
  }) as Uint8Array<
    ArrayBuffer
  >;
}

/**
 * Writes a PNG file, beside its place and renamed.
 *
 * @param path where it ends up
 * @param image as {@linkcode encodePng}
 *
 * @example See {@linkcode readPng}.
 */
export async function writePng(path: string, image: PngImage): Promise<void> {
  await writeFileAtomic(path, encodePng(image));
}
