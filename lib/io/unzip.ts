/**
 * ZIP archives from the network, unpacked without trust in what they say of themselves. Source of the
 * format: PKWARE, APPNOTE.TXT 6.3.10, Sections 4.3 and 4.4.
 *
 * @module
 */
import { Inflate } from "fflate";
import { crc32 } from "node:zlib";
import { basename, dirname, join } from "@std/path";
import { stopSignal } from "./download.ts";

/** Thrown for an archive that is damaged, or that would harm the machine that unpacks it. */
export class ZipError extends Error {
  override name = "ZipError";
}

/** Options of {@linkcode unzip}. */
export interface UnzipOptions {
  /**
   * Where a file of the archive goes, relative to the folder; undefined leaves it out. Default: its own
   * name.
   */
  readonly place?: (name: string) => string | undefined;
  /** Bytes that all files together may have. Default 4 GiB. */
  readonly limit?: number;
  /** Files that the archive may hold. Default 100,000. */
  readonly files?: number;
  /** Stops between two pieces. */
  readonly signal?: AbortSignal;
}

/** What an archive's directory says of a file. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly stored: number;
  /** Bytes unpacked. */
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

const STORED = 0, DEFLATED = 8;
/** The most that deflate can do: 258 bytes of two bits, and a little for the headers. */
const LARGEST_RATIO = 1033;

/**
 * Unpacks an archive. The whole directory is looked at before the first byte is written: names that lead
 * out of the folder (`../`, absolute ones, drive letters), links, files that share their compressed bytes, and
 * sizes that deflate cannot reach or that are over the limit are refused. While a file is unpacked, in
 * pieces, it is stopped as soon as it grows past its declared size, and its CRC-32 is compared at the end. Each file
 * is written beside its place and renamed.
 *
 * @param path the archive
 * @param folder where to
 * @returns the paths that were written, relative to the folder
 * @throws {ZipError} if the archive is damaged or refused; the sentence says why
 *
 * @example
 * ```ts
 * import { zipSync } from "fflate";
 * import { unzip } from "./unzip.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeFile(`${folder}/a.zip`, zipSync({ "b/c.txt": new TextEncoder().encode("hello") }));
 * console.log(await unzip(`${folder}/a.zip`, folder)); // [ "b/c.txt" ]
 * ```
 */
export async function unzip(
  path: string,
  folder: string,
  options: UnzipOptions = {},
): Promise<string[]> {
  const { place = (name) => name, limit = 2 ** 32, files: most = 100_000 } = options;
  const fail = (what: string): never => {
    throw new ZipError(`${path} is not unpacked: ${what}`);
  };
  const stop = stopSignal(options.signal);
  try {
    using file = await Deno.open(path);
    const { size: length } = await file.stat();
    const entries = await readDirectory(file, length, most, fail);
    const wanted: { entry: Entry; to: string }[] = [];
    for (const entry of entries) {
      requireSafe(entry.name, fail);
      if (entry.name.endsWith("/")) continue; // a folder
      const to = place(entry.name);
      if (to === undefined) continue;
      requireSafe(to, fail);
      wanted.push({ entry, to });
    }
    const total = wanted.reduce((sum, { entry }) => sum + entry.size, 0);
    if (total > limit) fail(`its files have ${total} bytes, more than the limit of ${limit}`);
    const places = new Set<string>();
    for (const { to } of wanted) {
      if (places.has(to)) fail(`two of its files would be ${to}`);
      places.add(to);
    }
    for (const { entry, to } of wanted) {
      stop.signal.throwIfAborted();
      await extract(file, entry, join(folder, ...to.split("/")), stop.signal, fail);
    }
    return wanted.map(({ to }) => to);
  } finally {
    stop.release();
  }
}

function requireSafe(name: string, fail: (what: string) => never) {
  const parts = name.split("/");
  const wrong = name === "" || name.startsWith("/") || /[\\\0]|^[a-z]:/i.test(name) ||
    parts.some((part) => part === ".." || part === ".");
  if (wrong) fail(`the name ${JSON.stringify(name)} leads out of the folder or nowhere`);
}

async function readDirectory(
  file: Deno.FsFile,
  length: number,
  most: number,
  fail: (what: string) => never,
): Promise<Entry[]> {
  // The end record stands last, in front of a comment of at most 65,535 bytes.
  const from = Math.max(0, length - 22 - 65_535);
  const tail = await readAt(file, from, length - from);
  const end = viewOf(tail);
  let at = tail.length - 22;
  while (at >= 0 && end.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) return fail("it has no end record: it is no ZIP archive, or it is cut off");
  const count = end.getUint16(at + 10, true);
  const size = end.getUint32(at + 12, true), start = end.getUint32(at + 16, true);
  if (count === 0xffff || start === 0xffffffff) {
    fail("it is in the ZIP64 format, which is not read");
  }
  if (count > most) fail(`it holds ${count} files, more than the limit of ${most}`);
  if (start + size > from + at) {
    fail(`its directory would end at byte ${start + size}, behind its end record: it is damaged`);
  }
  const bytes = await readAt(file, start, size), view = viewOf(bytes);
  const entries: Entry[] = [];
  for (let p = 0, n = 0; n < count; n++) {
    if (p + 46 > size || view.getUint32(p, true) !== 0x02014b50) {
      fail(`its directory breaks off after ${n} of ${count} files: it is damaged`);
    }
    const flags = view.getUint16(p + 8, true), method = view.getUint16(p + 10, true);
    const nameLength = view.getUint16(p + 28, true);
    const next = p + 46 + nameLength + view.getUint16(p + 30, true) + view.getUint16(p + 32, true);
    if (next > size) fail(`its directory breaks off in file ${n + 1} of ${count}: it is damaged`);
    const name = new TextDecoder().decode(bytes.subarray(p + 46, p + 46 + nameLength));
    const entry: Entry = {
      name,
      method,
      crc: view.getUint32(p + 16, true),
      stored: view.getUint32(p + 20, true),
      size: view.getUint32(p + 24, true),
      at: view.getUint32(p + 42, true),
    };
    const mode = view.getUint32(p + 38, true) >>> 16; // Unix's, where the archive was made there
    if ((mode & 0xf000) === 0xa000) fail(`${name} is a link`);
    if (flags & 1) fail(`${name} is encrypted`);
    if (method !== STORED && method !== DEFLATED) {
      fail(`${name} is compressed by method ${method}; only deflate and none are read`);
    }
    if (method === STORED && entry.size !== entry.stored) {
      fail(`${name} has ${entry.size} bytes, of which ${entry.stored} are stored: it is damaged`);
    }
    if (entry.size > entry.stored * LARGEST_RATIO) {
      fail(`${name}: ${entry.stored} bytes cannot unpack to ${entry.size}`);
    }
    entries.push(entry);
    p = next;
  }
  const byPlace = [...entries].sort((a, b) => a.at - b.at);
  byPlace.forEach(({ name, at, stored }, i) => {
    const until = byPlace[i + 1]?.at ?? start;
    if (at + 30 + stored > until) fail(`${name} overlaps what stands behind it in the archive`);
  });
  return entries;
}

async function extract(
  file: Deno.FsFile,
  { name, method, crc, stored, size, at }: Entry,
  path: string,
  signal: AbortSignal,
  fail: (what: string) => never,
) {
  const local = viewOf(await readAt(file, at, 30));
  if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50) {
    fail(`${name} does not begin where the directory says: the archive is damaged`);
  }
  const start = at + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const beside = join(
    dirname(path),
    `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.part`,
  );
  let done = 0, sum = 0;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const out = await Deno.open(beside, { write: true, createNew: true });
    try {
      let pieces: Uint8Array[] = [];
      const take = (piece: Uint8Array) => {
        done += piece.length;
        if (done > size) fail(`${name} unpacks to more than the ${size} bytes it declares`);
        sum = crc32(piece, sum);
        pieces.push(piece);
      };
      const inflate = new Inflate(take);
      const step = 1 << 16;
      for (let read = 0; read < stored; read += step) {
        signal.throwIfAborted();
        const piece = await readAt(file, start + read, Math.min(step, stored - read));
        if (piece.length === 0) fail(`${name} is cut off`);
        if (method === STORED) take(piece);
        else {
          try {
            inflate.push(piece, read + step >= stored);
          } catch (error) {
            if (error instanceof ZipError) throw error;
            fail(`${name} is damaged (${(error as Error).message})`);
          }
        }
        for (const part of pieces) {
          for (let w = 0; w < part.length;) w += await out.write(part.subarray(w));
        }
        pieces = [];
      }
    } finally {
      out.close();
    }
    if (done !== size || sum !== crc) {
      fail(`${name} is damaged: ${done} of ${size} bytes came, or others than were packed`);
    }
    await Deno.rename(beside, path);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    if (error instanceof ZipError || signal.aborted) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const why = /no space left/i.test(said)
      ? `the disk is full; ${name} takes ${size} bytes`
      : said;
    throw new ZipError(`${name} could not be unpacked to ${path}: ${why}`, { cause: error });
  }
}

async function readAt(file: Deno.FsFile, at: number, length: number): Promise<Uint8Array> {
  await file.seek(at, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const n = await file.read(bytes.subarray(done));
    if (n === null) break;
    done += n;
  }
  return bytes.subarray(0, done);
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
