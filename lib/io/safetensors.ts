/**
 * The safetensors format: an 8-byte little-endian header length N, N bytes of JSON that give every
 * tensor's dtype, shape and byte range, then the raw little-endian values. Source: the format
 * description of huggingface/safetensors; its rules (no overlap, no holes, no trailing bytes, header
 * of at most 100 MB) are all checked here.
 *
 * @module
 */
import { writeFileAtomic } from "./atomic_write.ts";

/** The element types that are read and written. F16 and BF16 are widened to 32 bits when read. */
export type SafetensorsDtype =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U8"
  | "BOOL";

/** The typed arrays that hold a tensor's values in memory. */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** One named tensor: values in row-major order. */
export interface SafeTensor {
  /** How it is, or will be, stored. */
  readonly dtype: SafetensorsDtype;
  /** Sizes per dimension; `[]` is a single number. */
  readonly shape: readonly number[];
  /** The values; `Float32Array` for F32, F16 and BF16. */
  readonly data: TensorData;
}

/** A decoded file. */
export interface SafetensorsFile {
  /** In the order in which the values lie in the file. */
  readonly tensors: Map<string, SafeTensor>;
  /** The `__metadata__` entry: text by name. */
  readonly metadata: Record<string, string>;
}

const BYTES: Record<SafetensorsDtype, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};
const HEADER_LIMIT = 100_000_000;

/** Thrown for a file that is not a whole, well-formed safetensors file. */
export class SafetensorsError extends Error {
  override name = "SafetensorsError";
}

/**
 * Reads a safetensors file from its bytes.
 *
 * @param bytes the whole file
 * @param name what to call it in an error, usually its path
 * @throws {SafetensorsError} if the file is cut off, overlong, overlapping or inconsistent; the
 * sentence names the file, the tensor and both values
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
 *
 * const tensors = new Map([["x", { dtype: "F32" as const, shape: [2], data: new Float32Array([1, 2]) }]]);
 * const { tensors: again } = decodeSafetensors(encodeSafetensors(tensors), "memory");
 * console.log(again.get("x")!.data); // Float32Array [1, 2]
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const fail = (what: string): never => {
    throw new SafetensorsError(`${name} is not a usable safetensors file: ${what}`);
  };
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, and the header length alone takes 8`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > HEADER_LIMIT) {
    fail(
      `its header claims ${headerLength} bytes, more than the format's limit of ${HEADER_LIMIT}`,
    );
  }
  if (8 + headerLength > bytes.length) {
    fail(
      `its header claims ${headerLength} bytes but only ${bytes.length - 8} follow: ` +
        "the file is cut off; fetch it again",
    );
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fail);
  const body = bytes.subarray(8 + headerLength);

  const metadata: Record<string, string> = {};
  const entries: {
    key: string;
    dtype: SafetensorsDtype;
    shape: number[];
    at: number;
    end: number;
  }[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") {
      for (
        const [k, v] of Object.entries(asRecord(value, () => fail("__metadata__ is not an object")))
      ) {
        if (typeof v !== "string") fail(`metadata "${k}" is not a text`);
        metadata[k] = v as string;
      }
      continue;
    }
    const entry = asRecord(value, () => fail(`the entry of "${key}" is not an object`));
    const { dtype, shape, data_offsets: offsets } = entry;
    if (typeof dtype !== "string" || !Object.hasOwn(BYTES, dtype)) {
      fail(
        `"${key}" has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(BYTES).join(", ")}`,
      );
    }
    if (!isSizes(shape)) {
      fail(`"${key}" has shape ${JSON.stringify(shape)}; whole numbers are expected`);
    }
    if (!isSizes(offsets) || (offsets as number[]).length !== 2) {
      fail(`"${key}" has data_offsets ${JSON.stringify(offsets)}; [begin, end] is expected`);
    }
    const [at, end] = offsets as [number, number];
    const need = (shape as number[]).reduce((n, d) => n * d, BYTES[dtype as SafetensorsDtype]);
    if (end - at !== need) {
      fail(
        `"${key}" (${dtype} [${shape}]) needs ${need} bytes but its data_offsets span ${end - at}`,
      );
    }
    if (end > body.length) {
      fail(
        `"${key}" ends at byte ${end} but only ${body.length} bytes of values are there: ` +
          "the file is cut off; fetch it again",
      );
    }
    entries.push({ key, dtype: dtype as SafetensorsDtype, shape: shape as number[], at, end });
  }

  entries.sort((a, b) => a.at - b.at || a.end - b.end);
  let reached = 0, before = "the start";
  const tensors = new Map<string, SafeTensor>();
  for (const { key, dtype, shape, at, end } of entries) {
    if (at < reached) {
      fail(`"${key}" begins at byte ${at}, inside "${before}" which ends at ${reached}`);
    }
    if (at > reached) {
      fail(`bytes ${reached} to ${at} between "${before}" and "${key}" belong to no tensor`);
    }
    tensors.set(key, { dtype, shape, data: decodeValues(dtype, body.slice(at, end)) });
    reached = end;
    before = key;
  }
  if (reached !== body.length) {
    fail(`${body.length - reached} bytes follow the last tensor, "${before}"; none are expected`);
  }
  return { tensors, metadata };
}

/**
 * Writes tensors in the safetensors format, values 8-byte aligned, in the map's order.
 *
 * @param tensors by name; `F16` and `BF16` values are rounded to nearest even from the 32-bit data
 * @param metadata texts to store with them
 * @throws {SafetensorsError} if a tensor's data does not have the size of its shape
 *
 * @example
 * ```ts
 * import { encodeSafetensors } from "./safetensors.ts";
 *
 * const bytes = encodeSafetensors(new Map([["a", { dtype: "I32", shape: [], data: Int32Array.of(7) }]]));
 * console.log(bytes.length % 8); // 4: one header, one 4-byte value
 * ```
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let size = 0;
  // Widest elements first keep every tensor aligned to its element size; the order within is kept.
  const ordered = [...tensors].sort(([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]);
  for (const [key, { dtype, shape, data }] of ordered) {
    const count = shape.reduce((n, d) => n * d, 1);
    if (data.length !== count) {
      throw new SafetensorsError(
        `"${key}" has ${data.length} values but its shape [${shape}] needs ${count}`,
      );
    }
    header[key] = { dtype, shape, data_offsets: [size, size + count * BYTES[dtype]] };
    size += count * BYTES[dtype];
  }
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  const padded = Math.ceil(encoded.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(encoded, 8);
  bytes.fill(0x20, 8 + encoded.length, 8 + padded); // the format pads with spaces
  let at = 8 + padded;
  for (const [, { dtype, data }] of ordered) {
    const raw = encodeValues(dtype, data);
    bytes.set(raw, at);
    at += raw.length;
  }
  return bytes;
}

/**
 * Reads a safetensors file.
 *
 * @param path the file
 * @throws {SafetensorsError} if it is damaged, or cannot be read; the sentence names it
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "./safetensors.ts";
 *
 * const path = `${await Deno.makeTempDir()}/weights.safetensors`;
 * await writeSafetensors(path, new Map([["w", { dtype: "F32", shape: [1], data: new Float32Array(1) }]]));
 * console.log([...(await readSafetensors(path)).tensors.keys()]); // ["w"]
 * ```
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new SafetensorsError(`${path} cannot be read: ${said}`, { cause });
  }
  return decodeSafetensors(bytes, path);
}

/**
 * Writes a safetensors file beside its place and renames it ({@linkcode writeFileAtomic}).
 *
 * @param path where it ends up
 * @param tensors by name
 * @param metadata texts to store with them
 *
 * @example See {@linkcode readSafetensors}.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Record<string, string> = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}

function parseHeader(bytes: Uint8Array, fail: (what: string) => never): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return fail("its header is not JSON");
  }
  return asRecord(parsed, () => fail("its header is not a JSON object"));
}

function asRecord(value: unknown, otherwise: () => never): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return otherwise();
  return value as Record<string, unknown>;
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/** `raw` is a fresh copy, so its buffer starts at 0 and every view is aligned. */
function decodeValues(dtype: SafetensorsDtype, raw: Uint8Array): TensorData {
  const { buffer } = raw;
  switch (dtype) {
    case "F64":
      return new Float64Array(buffer);
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return Float32Array.from(new Float16Array(buffer));
    case "BF16": // the upper half of a 32-bit float
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (v) => v << 16).buffer);
    case "I64":
      return new BigInt64Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "I16":
      return new Int16Array(buffer);
    case "I8":
      return new Int8Array(buffer);
    default:
      return raw;
  }
}

function encodeValues(dtype: SafetensorsDtype, data: TensorData): Uint8Array {
  const asBytes = (a: ArrayBufferView) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  switch (dtype) {
    case "F16":
      return asBytes(Float16Array.from(data as Float32Array));
    case "BF16": {
      const bits = new Uint32Array(Float32Array.from(data as Float32Array).buffer);
      return asBytes(Uint16Array.from(bits, toBfloat16));
    }
    case "F64":
      return asBytes(data instanceof Float64Array ? data : Float64Array.from(data as Float32Array));
    case "F32":
      return asBytes(data instanceof Float32Array ? data : Float32Array.from(data as Float64Array));
    default:
      if (data.BYTES_PER_ELEMENT !== BYTES[dtype]) {
        throw new SafetensorsError(`${dtype} cannot be written from a ${data.constructor.name}`);
      }
      return asBytes(data);
  }
}

/** Round to nearest, ties to even; a NaN stays a NaN. */
function toBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
