import { zlibSync } from "fflate";
import { writeFileAtomic } from "../io/mod.ts";
import type { Image, Pixels } from "./image.ts";
import { ImageFileError, MAX_DECODED_BYTES, readBytes } from "./image_file_error.ts";
import { inflate } from "./inflate.ts";
import { decodeLzw } from "./lzw.ts";

// Tags of an image file directory (TIFF 6.0, Sections 8, 13-15, 19).
const WIDTH = 256, HEIGHT = 257, BITS = 258, COMPRESSION = 259, PHOTOMETRIC = 262;
const FILL_ORDER = 266, STRIP_OFFSETS = 273, ORIENTATION = 274, SAMPLES = 277, ROWS_PER_STRIP = 278;
const STRIP_BYTES = 279, PLANAR = 284, PREDICTOR = 317, TILE_WIDTH = 322, TILE_HEIGHT = 323;
const TILE_OFFSETS = 324, TILE_BYTES = 325, SAMPLE_FORMAT = 339;

const UNSIGNED = 1, SIGNED = 2, FLOAT = 3; // values of SAMPLE_FORMAT
const NONE = 1, LZW = 5, DEFLATE = 8, DEFLATE_OLD = 32946, PACKBITS = 32773; // of COMPRESSION
/** The most bytes that one compressed byte can stand for: a smaller file cannot be honest about its size. */
const LARGEST_RATIO = new Map([[LZW, 3000], [DEFLATE, 1033], [DEFLATE_OLD, 1033], [PACKBITS, 64]]);
/** Bytes of one value by field type: BYTE, ASCII, SHORT, LONG, and those only skipped over here. */
const FIELD_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

type Fail = (what: string) => never;
type Directory = Map<number, number[]>;

/**
 * Reads every page of a TIFF file.
 *
 * 1 (as 0 and 255), 8, 16 and 32-bit whole numbers and 32 and 64-bit floats; gray, colour (interleaved
 * or planar) and palette (the indices are returned: label images are often stored so); strips and tiles;
 * uncompressed, LZW, deflate and PackBits, with either predictor; both byte orders. Signed 8 and 16-bit
 * values come back as an `Int32Array`. "White is zero" pages are inverted, so that white is the maximum.
 *
 * @param path the file
 * @returns its pages in order; they may differ in size and type
 * @throws {ImageFileError} if the file cannot be read; the sentence names it and says why
 * @see TIFF Revision 6.0, Adobe 1992; floating-point predictor: Adobe Photoshop TIFF Technical Note 3
 *
 * @example
 * ```ts
 * import { readTiff, writeTiff } from "./tiff.ts";
 *
 * const path = `${await Deno.makeTempDir()}/two.tif`;
 * const page = { data: Uint8Array.of(0, 128, 255), width: 3, height: 1 };
 * await writeTiff(path, [page, page]);
 * console.log((await readTiff(path)).length); // 2
 * ```
 */
export async function readTiff(path: string): Promise<Image<Pixels>[]> {
  return decodeTiff(await readBytes(path), path);
}

/**
 * {@linkcode readTiff} for bytes already in memory.
 *
 * @param bytes a whole TIFF file
 * @param name what an error calls it
 * @throws {ImageFileError} as {@linkcode readTiff}
 *
 * @example
 * ```ts
 * import { decodeTiff, encodeTiff } from "./tiff.ts";
 *
 * const [page] = decodeTiff(encodeTiff([{ data: Int32Array.of(-7, 7), width: 2, height: 1 }]));
 * console.log(page.data); // Int32Array(2) [ -7, 7 ]
 * ```
 */
export function decodeTiff(bytes: Uint8Array<ArrayBuffer>, name = "a TIFF file"): Image<Pixels>[] {
  let page = 0;
  const fail: Fail = (what) => {
    throw new ImageFileError(`${name}${page > 0 ? `, page ${page}` : ""}: ${what}`);
  };
  if (bytes.length < 8) {
    fail(`it has ${bytes.length} bytes, fewer than a TIFF header: it is cut off or no TIFF`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(0);
  const little = order === 0x4949; // "II", else "MM"
  const magic = view.getUint16(2, little);
  if ((order !== 0x4949 && order !== 0x4d4d) || (magic !== 42 && magic !== 43)) {
    fail("it is no TIFF file (it does not begin with II*\\0 or MM\\0*)");
  }
  if (magic === 43) fail("it is a BigTIFF, which is not read here; save it as a plain TIFF");

  const images: Image<Pixels>[] = [];
  const seen = new Set<number>();
  let total = 0;
  for (let at = view.getUint32(4, little); at !== 0;) {
    page++;
    if (seen.has(at)) fail("its directory was read before: the pages form a loop");
    seen.add(at);
    const { directory, next } = readDirectory(view, little, at, fail);
    const { image, bytes: size } = decodePage(bytes, little, directory, total, fail);
    total += size;
    images.push(image);
    at = next;
  }
  if (images.length === 0) fail("it has no page");
  return images;
}

function readDirectory(view: DataView, little: boolean, at: number, fail: Fail) {
  const inside = (from: number, count: number, what: string) => {
    if (from + count > view.byteLength) {
      fail(`${what} would end at byte ${from + count} of ${view.byteLength}: it is cut off`);
    }
  };
  inside(at, 2, "its directory");
  const entries = view.getUint16(at, little);
  inside(at, 2 + 12 * entries + 4, "its directory");
  const directory: Directory = new Map();
  for (let i = 0, entry = at + 2; i < entries; i++, entry += 12) {
    const tag = view.getUint16(entry, little);
    const type = view.getUint16(entry + 2, little);
    const count = view.getUint32(entry + 4, little);
    if (type !== 1 && type !== 3 && type !== 4) continue; // no tag used here has another type
    const length = count * FIELD_BYTES[type];
    const from = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    if (tag > SAMPLE_FORMAT) continue; // private tags may be large and even dangling
    inside(from, length, `tag ${tag}`);
    const values = new Array<number>(count);
    for (let k = 0; k < count; k++) {
      values[k] = type === 1
        ? view.getUint8(from + k)
        : type === 3
        ? view.getUint16(from + 2 * k, little)
        : view.getUint32(from + 4 * k, little);
    }
    if (count > 0) directory.set(tag, values);
  }
  return { directory, next: view.getUint32(at + 2 + 12 * entries, little) };
}

/** The rectangles of samples that a page is stored in: strips are tiles as wide as the page. */
function decodePage(
  file: Uint8Array<ArrayBuffer>,
  little: boolean,
  directory: Directory,
  before: number,
  fail: Fail,
): { image: Image<Pixels>; bytes: number } {
  const one = (tag: number, otherwise: number) => directory.get(tag)?.[0] ?? otherwise;
  const width = one(WIDTH, 0), height = one(HEIGHT, 0), channels = one(SAMPLES, 1);
  const bits = one(BITS, 1), format = one(SAMPLE_FORMAT, UNSIGNED);
  const compression = one(COMPRESSION, NONE), photometric = one(PHOTOMETRIC, 1);
  const predictor = one(PREDICTOR, 1), planar = one(PLANAR, 1) === 2 && channels > 1;
  if (width < 1 || height < 1 || channels < 1) {
    fail(`it declares ${width} x ${height} pixels of ${channels} channels; at least 1 is expected`);
  }
  if (directory.get(BITS)?.some((b) => b !== bits)) {
    fail(`its channels have ${directory.get(BITS)} bits; the same number is expected in each`);
  }
  const make = arrayOf(bits, format);
  if (make === undefined) {
    fail(
      `its values are ${bits}-bit of sample format ${format}; 1, 8, 16 and 32-bit whole numbers and ` +
        "32 and 64-bit floats are read",
    );
  }
  if (![NONE, LZW, DEFLATE, DEFLATE_OLD, PACKBITS].includes(compression)) {
    fail(`its compression is ${compression}; 1 (none), 5 (LZW), 8 (deflate) and 32773 are read`);
  }
  if (photometric > 3) {
    fail(`its photometric interpretation is ${photometric}; gray, RGB and palette are read`);
  }
  if (one(ORIENTATION, 1) !== 1) fail(`its orientation is ${one(ORIENTATION, 1)}; 1 is read`);
  if (one(FILL_ORDER, 1) !== 1) fail("its bits are stored in reversed order, which is not read");
  if (predictor > 1 && (bits === 1 || predictor > 3 || (predictor === 3) !== (format === FLOAT))) {
    fail(`its predictor is ${predictor}, which does not go with its ${bits}-bit values`);
  }

  const sampleBytes = Math.max(1, bits / 8);
  const decodedBytes = width * height * channels * sampleBytes;
  if (before + decodedBytes > MAX_DECODED_BYTES) {
    fail(
      `${width} x ${height} x ${channels} values of ${sampleBytes} bytes bring the file to ` +
        `${before + decodedBytes} bytes; at most ${MAX_DECODED_BYTES} are read: split it`,
    );
  }

  const tiled = directory.has(TILE_OFFSETS);
  const tileWidth = tiled ? one(TILE_WIDTH, 0) : width;
  const tileHeight = tiled ? one(TILE_HEIGHT, 0) : Math.min(height, one(ROWS_PER_STRIP, height));
  if (tileWidth < 1 || tileHeight < 1) fail(`its tiles are ${tileWidth} x ${tileHeight} pixels`);
  const across = Math.ceil(width / tileWidth), down = Math.ceil(height / tileHeight);
  const planes = planar ? channels : 1, together = planar ? 1 : channels;
  const offsets = directory.get(tiled ? TILE_OFFSETS : STRIP_OFFSETS) ?? [];
  const sizes = directory.get(tiled ? TILE_BYTES : STRIP_BYTES) ??
    (offsets.length === 1 && compression === NONE ? [decodedBytes] : []);
  const parts = across * down * planes;
  if (offsets.length < parts || sizes.length < parts) {
    fail(
      `${parts} ${tiled ? "tiles" : "strips"} are needed; ` +
        `${Math.min(offsets.length, sizes.length)} are listed`,
    );
  }
  // What a tile takes, and whether the bytes there could possibly hold it, before allocating anything.
  const rowBytes = bits === 1
    ? Math.ceil(tileWidth * together / 8)
    : tileWidth * together * sampleBytes;
  const rowsOf = (part: number) =>
    tiled
      ? tileHeight
      : Math.min(tileHeight, height - Math.floor(part % (across * down) / across) * tileHeight);
  for (let part = 0; part < parts; part++) {
    const end = offsets[part] + sizes[part], needed = rowBytes * rowsOf(part);
    if (end > file.length) {
      fail(
        `${tiled ? "tile" : "strip"} ${
          part + 1
        } of ${parts} would end at byte ${end} of ${file.length}: the file is cut off`,
      );
    }
    if (needed > sizes[part] * (LARGEST_RATIO.get(compression) ?? 1)) {
      fail(
        `${tiled ? "tile" : "strip"} ${part + 1} of ${parts} needs ${needed} bytes, which the ` +
          `${sizes[part]} stored ones cannot hold: its declared size is wrong or it is cut off`,
      );
    }
  }

  const out = make!(width * height * channels);
  for (let part = 0; part < parts; part++) {
    const plane = Math.floor(part / (across * down)), place = part % (across * down);
    const x0 = (place % across) * tileWidth, y0 = Math.floor(place / across) * tileHeight;
    const rows = rowsOf(part), needed = rowBytes * rows;
    const stored = file.subarray(offsets[part], offsets[part] + sizes[part]);
    let raw: Uint8Array<ArrayBuffer>;
    try {
      raw = decompress(stored, compression, needed);
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new ImageFileError(
        errorText(fail, `${tiled ? "tile" : "strip"} ${part + 1} of ${parts}: ${said}`),
        { cause },
      );
    }
    const lineBytesLittle = predictor === 3
      ? undoFloatPredictor(raw, rows, tileWidth * together, together, sampleBytes)
      : little;
    const samples = readSamples(raw, rows, tileWidth * together, bits, format, lineBytesLittle);
    if (predictor === 2) undoDifferences(samples, rows, tileWidth * together, together, bits);
    for (let y = 0; y < rows && y0 + y < height; y++) {
      const valid = Math.min(tileWidth, width - x0) * together;
      const from = y * tileWidth * together;
      if (!planar) {
        out.set(samples.subarray(from, from + valid), ((y0 + y) * width + x0) * channels);
      } else {
        for (let x = 0; x < valid; x++) {
          out[((y0 + y) * width + x0 + x) * channels + plane] = samples[from + x];
        }
      }
    }
  }
  if (photometric === 0 && format === UNSIGNED) { // white is zero
    const white = bits === 1 ? 255 : 2 ** bits - 1;
    for (let i = 0; i < out.length; i++) out[i] = white - out[i];
  }
  return {
    image: { data: out, width, height, ...(channels > 1 ? { channels } : {}) },
    bytes: decodedBytes,
  };
}

/** The sentence that `fail` would throw. */
function errorText(fail: Fail, what: string): string {
  try {
    return fail(what);
  } catch (error) {
    return (error as Error).message;
  }
}

function arrayOf(bits: number, format: number): ((length: number) => Pixels) | undefined {
  if (format === FLOAT) {
    if (bits === 32) return (n) => new Float32Array(n);
    if (bits === 64) return (n) => new Float64Array(n);
    return undefined;
  }
  if (format === SIGNED) return [8, 16, 32].includes(bits) ? (n) => new Int32Array(n) : undefined;
  if (format !== UNSIGNED && format !== 4) return undefined; // 4: undefined, read as unsigned
  if (bits === 1 || bits === 8) return (n) => new Uint8Array(n);
  if (bits === 16) return (n) => new Uint16Array(n);
  if (bits === 32) return (n) => new Uint32Array(n);
  return undefined;
}

function decompress(
  stored: Uint8Array,
  compression: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  switch (compression) {
    case LZW:
      return decodeLzw(stored, size);
    case DEFLATE:
    case DEFLATE_OLD:
      return inflate(stored, size);
    case PACKBITS:
      return unpackBits(stored, size);
    default:
      return stored.slice(0, size);
  }
}

/** PackBits (TIFF 6.0, Section 9): n >= 0 copies n + 1 bytes, n < 0 repeats one byte 1 - n times. */
function unpackBits(stored: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let reached = 0;
  for (let at = 0; reached < size;) {
    if (at + 1 >= stored.length) throw new Error(`its data ends after ${reached} of ${size} bytes`);
    const n = (stored[at++] << 24) >> 24;
    if (n >= 0) {
      out.set(stored.subarray(at, Math.min(at + n + 1, at + size - reached)), reached);
      at += n + 1;
      reached += n + 1;
    } else if (n !== -128) {
      out.fill(stored[at++], reached, reached + 1 - n);
      reached += 1 - n;
    }
  }
  return out;
}

/** Bytes as values; `raw` is a fresh copy, so a view on it is aligned. */
function readSamples(
  raw: Uint8Array<ArrayBuffer>,
  rows: number,
  perRow: number,
  bits: number,
  format: number,
  little: boolean,
): Pixels {
  if (bits === 1) { // each row begins at a new byte
    const samples = new Uint8Array(rows * perRow), rowBytes = Math.ceil(perRow / 8);
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < perRow; x++) {
        samples[y * perRow + x] = (raw[y * rowBytes + (x >> 3)] >> (7 - (x & 7))) & 1 ? 255 : 0;
      }
    }
    return samples;
  }
  const size = bits / 8;
  if (little !== NATIVE_LITTLE && size > 1) {
    for (let at = 0; at < raw.length; at += size) raw.subarray(at, at + size).reverse();
  }
  const { buffer } = raw;
  if (format === FLOAT) return size === 4 ? new Float32Array(buffer) : new Float64Array(buffer);
  if (format === SIGNED) {
    return size === 4
      ? new Int32Array(buffer)
      : Int32Array.from(size === 2 ? new Int16Array(buffer) : new Int8Array(buffer));
  }
  return size === 4 ? new Uint32Array(buffer) : size === 2 ? new Uint16Array(buffer) : raw;
}

const NATIVE_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Predictor 2: each value is stored as its difference to the one before it in the row, modulo 2^bits. */
function undoDifferences(
  samples: Pixels,
  rows: number,
  perRow: number,
  step: number,
  bits: number,
) {
  const up = 32 - bits; // sign-extends the sums of signed 8 and 16-bit values, which stand in 32 bits
  const narrow = samples instanceof Int32Array && up > 0;
  for (let y = 0; y < rows; y++) {
    for (let i = y * perRow + step; i < (y + 1) * perRow; i++) {
      const sum = samples[i] + samples[i - step];
      samples[i] = narrow ? (sum << up) >> up : sum;
    }
  }
}

/**
 * Predictor 3: a row's bytes are stored as all highest bytes, then all second bytes, ..., and then
 * differenced bytewise. Leaves big-endian values in `raw`.
 *
 * @returns false: not little-endian
 */
function undoFloatPredictor(
  raw: Uint8Array,
  rows: number,
  perRow: number,
  step: number,
  size: number,
): false {
  const line = new Uint8Array(perRow * size);
  for (let y = 0; y < rows; y++) {
    const row = raw.subarray(y * perRow * size, (y + 1) * perRow * size);
    for (let i = step; i < row.length; i++) row[i] += row[i - step];
    for (let i = 0; i < perRow; i++) {
      for (let b = 0; b < size; b++) line[i * size + b] = row[b * perRow + i];
    }
    row.set(line);
  }
  return false;
}

/** How {@linkcode encodeTiff} writes. */
export interface TiffOptions {
  /** Default "deflate". */
  readonly compression?: "none" | "deflate";
}

/**
 * A TIFF file (little-endian, one strip per page) of the given pages.
 *
 * @param pages at least one; each keeps its own size and the type of its array
 * @param options how
 * @throws {RangeError} if there is no page, or a page's data does not have its size
 *
 * @example
 * ```ts
 * import { decodeTiff, encodeTiff } from "./tiff.ts";
 *
 * const bytes = encodeTiff([{ data: Float32Array.of(0.25), width: 1, height: 1 }], { compression: "none" });
 * console.log(decodeTiff(bytes)[0].data[0]); // 0.25
 * ```
 */
export function encodeTiff(
  pages: readonly Image<Pixels>[],
  { compression = "deflate" }: TiffOptions = {},
): Uint8Array<ArrayBuffer> {
  if (pages.length === 0) throw new RangeError("a TIFF file needs at least one page; got none");
  const strips = pages.map((page, index) => {
    const { data, width, height, channels = 1 } = page;
    if (data.length !== width * height * channels || data.length === 0) {
      throw new RangeError(
        `page ${
          index + 1
        } has ${data.length} values; ${width} x ${height} x ${channels} are expected`,
      );
    }
    const raw = littleEndianBytes(data);
    return compression === "deflate" ? zlibSync(raw) : raw;
  });
  const entries = 11; // of each directory, below
  const fixed = 2 + 12 * entries + 4;
  const sizes = strips.map((s, i) =>
    fixed + 4 * (pages[i].channels ?? 1) + s.length + s.length % 2
  );
  const bytes = new Uint8Array(8 + sizes.reduce((a, b) => a + b, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8]);
  let at = 8;
  pages.forEach(({ data, width, height, channels = 1 }, index) => {
    const lists = at + fixed, strip = lists + 4 * channels;
    const format = data instanceof Float32Array || data instanceof Float64Array
      ? FLOAT
      : data instanceof Int32Array
      ? SIGNED
      : UNSIGNED;
    const perChannel = (
      tag: number,
      value: number,
      where: number,
    ): [number, number, number, number] => {
      if (channels <= 2) return [tag, 3, channels, value | (channels > 1 ? value << 16 : 0)];
      for (let c = 0; c < channels; c++) view.setUint16(where + 2 * c, value, true);
      return [tag, 3, channels, where];
    };
    // In ascending order of the tag: tag, type (3 = SHORT, 4 = LONG), count, value or where it stands.
    const fields: [number, number, number, number][] = [
      [WIDTH, 4, 1, width],
      [HEIGHT, 4, 1, height],
      perChannel(BITS, data.BYTES_PER_ELEMENT * 8, lists),
      [COMPRESSION, 3, 1, compression === "deflate" ? DEFLATE : NONE],
      [PHOTOMETRIC, 3, 1, channels >= 3 ? 2 : 1],
      [STRIP_OFFSETS, 4, 1, strip],
      [SAMPLES, 3, 1, channels],
      [ROWS_PER_STRIP, 4, 1, height],
      [STRIP_BYTES, 4, 1, strips[index].length],
      [PLANAR, 3, 1, 1],
      perChannel(SAMPLE_FORMAT, format, lists + 2 * channels),
    ];
    view.setUint16(at, entries, true);
    fields.forEach(([tag, type, count, value], i) => {
      const entry = at + 2 + 12 * i;
      view.setUint16(entry, tag, true);
      view.setUint16(entry + 2, type, true);
      view.setUint32(entry + 4, count, true);
      view.setUint32(entry + 8, value, true);
    });
    bytes.set(strips[index], strip);
    view.setUint32(at + 2 + 12 * entries, index + 1 < pages.length ? at + sizes[index] : 0, true);
    at += sizes[index];
  });
  return bytes;
}

function littleEndianBytes(data: Pixels): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (NATIVE_LITTLE || data.BYTES_PER_ELEMENT === 1) return bytes;
  const swapped = bytes.slice(), size = data.BYTES_PER_ELEMENT;
  for (let at = 0; at < swapped.length; at += size) swapped.subarray(at, at + size).reverse();
  return swapped;
}

/**
 * Writes a TIFF file, beside its place and renamed.
 *
 * @param path where it ends up
 * @param pages as {@linkcode encodeTiff}
 * @param options as {@linkcode encodeTiff}
 *
 * @example See {@linkcode readTiff}.
 */
export async function writeTiff(
  path: string,
  pages: readonly Image<Pixels>[],
  options: TiffOptions = {},
): Promise<void> {
  await writeFileAtomic(path, encodeTiff(pages, options));
}
