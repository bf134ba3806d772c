/**
 * Files from the network that arrive whole or not at all.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { statfs } from "node:fs/promises";
import { basename, dirname, join } from "@std/path";
import { lockFile } from "./file_lock.ts";
import { watchInterrupt } from "./interrupt.ts";

/** Thrown when a file could not be fetched. The message says from where, what happened and what to do. */
export class DownloadError extends Error {
  override name = "DownloadError";
}

/** What {@linkcode download} tells whoever waits. */
export interface DownloadProgress {
  /** Bytes that lie on disk, those of an earlier try included. */
  readonly done: number;
  /** Bytes in all, where the server or the caller knows it. */
  readonly total: number | undefined;
}

/** Options of {@linkcode download}. */
export interface DownloadOptions {
  /** Size of the whole file; a file of another size is refused. */
  readonly bytes?: number;
  /** Its SHA-256 in hexadecimal; a file with another one is refused. */
  readonly sha256?: string;
  /** Headers of the request. */
  readonly headers?: Record<string, string>;
  /** Stops; what has arrived is kept, and the next call goes on from there. */
  readonly signal?: AbortSignal;
  /** Is told about every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Is told what goes wrong and is tried again. */
  readonly note?: (sentence: string) => void;
  /** Tries in a row without a single new byte before an address is given up. Default 5. */
  readonly attempts?: number;
  /** Milliseconds before the first retry; doubled each time, up to a minute. Default 1000. */
  readonly backOff?: number;
  /** Milliseconds without a byte after which a connection counts as broken. Default 30,000. */
  readonly patience?: number;
}

/** The reason of this address is final: another try would say the same. */
class Refusal extends Error {}
/** The machine's fault, not the address's: no other address would help. */
class LocalFailure extends Error {}

/**
 * Fetches a file, unless it is there already with the right size and checksum.
 *
 * The bytes go into `<path>.part`. A connection that breaks or falls silent is tried again with growing
 * pauses and goes on at the byte where it broke (`Range`, `If-Range`); so does a later call after a stop or
 * a crash. Only a file with the right size and checksum is renamed to `path`, in one step. Two processes that
 * want the same file take turns, and the second finds it there. A web page that comes in place of a file (a
 * request to log in) is recognised. `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured, as Deno's `fetch`
 * does.
 *
 * @param addresses where the file is; a later one is tried when those before it failed
 * @param path where it ends up; the folder is made
 * @throws {DownloadError} if no address gave the file; the sentence says why each failed
 * @throws {DOMException} named AbortError, if `signal` or the notebook's stop button ended it
 *
 * @example
 * ```ts
 * import { download } from "./download.ts";
 *
 * const server = Deno.serve({ hostname: "localhost", port: 0, onListen() {} }, () => new Response("hello"));
 * const path = `${await Deno.makeTempDir()}/hello.bin`;
 * await download([`http://localhost:${server.addr.port}/hello.bin`], path, { bytes: 5 });
 * console.log(await Deno.readTextFile(path)); // hello
 * await server.shutdown();
 * ```
 */
export async function download(
  addresses: readonly string[],
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  const stop = stopSignal(options.signal);
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    using _lock = await lockFile(
      join(dirname(path), `.${basename(path).replace(/^\./, "")}.lock`),
      {
        signal: stop.signal,
        onWait: () =>
          options.note?.(`another process is fetching ${basename(path)}: waiting for it`),
      },
    );
    if (await isWhole(path, options)) return;
    await requireSpace(path, options.bytes);
    const failures: string[] = [];
    for (const address of addresses) {
      try {
        return await fromAddress(address, path, { ...options, signal: stop.signal });
      } catch (error) {
        stop.signal.throwIfAborted();
        if (error instanceof LocalFailure) throw new DownloadError(error.message, { cause: error });
        failures.push(`${shown(address)}: ${said(error)}`);
        options.note?.(failures.at(-1)!);
      }
    }
    throw new DownloadError(
      `${basename(path)} could not be fetched. ${failures.join(". ")}. Check the network (and ` +
        `HTTPS_PROXY where there is a proxy) and run this again, or put the file at ${path} by hand`,
    );
  } finally {
    stop.release();
  }
}

/** One address, tried until it gives the file, refuses it, or gives nothing new `attempts` times in a row. */
async function fromAddress(
  address: string,
  path: string,
  options: DownloadOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { attempts = 5, backOff = 1000, signal, note } = options;
  let fruitless = 0, checksumFailed = false;
  while (true) {
    const before = await sizeOf(`${path}.part`);
    try {
      await receive(address, path, options);
      await finish(path, options);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LocalFailure) throw error;
      if (error instanceof WrongContent && before > 0 && !checksumFailed) {
        checksumFailed = true; // an earlier try may have left another version's bytes: once from the start
        note?.(`${said(error)}; fetching it again from the start`);
        continue;
      }
      if (error instanceof Refusal) throw error;
      fruitless = await sizeOf(`${path}.part`) > before ? 1 : fruitless + 1;
      if (fruitless >= attempts) {
        throw new Error(`${said(error)} (${attempts} tries in a row brought nothing)`, {
          cause: error,
        });
      }
      const asked = error instanceof Busy ? error.seconds * 1000 : 0;
      const pause = Math.min(60_000, Math.max(asked, backOff * 2 ** (fruitless - 1)));
      note?.(`${shown(address)}: ${said(error)}; trying again in ${(pause / 1000).toFixed(1)} s`);
      await sleep(pause, signal);
    }
  }
}

/** The server asks to come back later. */
class Busy extends Error {
  constructor(message: string, readonly seconds: number) {
    super(message);
  }
}

/** All bytes came, but they are not the file. */
class WrongContent extends Refusal {}

/** What a `.part` file belongs to. */
interface Origin {
  readonly address: string;
  /** ETag or Last-Modified of what was begun; the server sends the rest only of the same. */
  readonly validator?: string;
}

async function receive(
  address: string,
  path: string,
  options: DownloadOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const { headers = {}, signal, patience = 30_000, onProgress, bytes } = options;
  const part = `${path}.part`, note = `${part}.json`;
  const origin = await readOrigin(note);
  let have = await sizeOf(part);
  // Without a checksum, bytes of an unknown version must not be mixed.
  const resumable = origin?.address === address &&
    (origin.validator !== undefined || options.sha256 !== undefined);
  if (!resumable) have = 0;
  if (bytes !== undefined && have >= bytes) {
    if (have === bytes) return;
    have = 0;
  }
  const silence = new AbortController();
  let alarm: ReturnType<typeof setTimeout> | undefined;
  const awake = () => {
    clearTimeout(alarm);
    alarm = setTimeout(() => silence.abort(), patience);
  };
  const quiet = () => new Error(`nothing came for ${(patience / 1000).toFixed(1)} s`);
  let file: Deno.FsFile | undefined;
  try {
    awake();
    const response = await fetch(address, {
      headers: {
        ...headers,
        ...(have > 0 ? { range: `bytes=${have}-` } : {}),
        ...(have > 0 && origin?.validator ? { "if-range": origin.validator } : {}),
        "accept-encoding": "identity", // sizes and ranges count the file's own bytes
      },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    const body = response.body;
    try {
      if (response.status === 416 && have > 0) {
        await Deno.remove(part).catch(() => {});
        throw new Error("the server does not go on where the last try ended");
      }
      requireFile(response, address, path);
    } catch (error) {
      await body?.cancel().catch(() => {});
      throw error;
    }
    const start = startOf(response, have);
    const length = response.headers.get("content-length");
    const total = length === null || response.headers.has("content-encoding")
      ? undefined
      : start + Number(length);
    if (bytes !== undefined && total !== undefined && total !== bytes) {
      await body?.cancel().catch(() => {});
      throw new Refusal(
        `the file there has ${total} bytes, ${bytes} are expected: it is another one`,
      );
    }
    file = await openPart(part, start);
    await write(
      note,
      JSON.stringify({ address, validator: validatorOf(response) } as Origin),
      part,
    );
    let done = start;
    if (body !== null) {
      for await (const piece of body) {
        awake();
        if (start === 0 && done === 0) refuseWebPage(piece, response, path);
        if (bytes !== undefined && done + piece.length > bytes) {
          throw new Refusal(`more than the expected ${bytes} bytes came: it is another file`);
        }
        await writeAll(file, piece, part, total ?? bytes);
        done += piece.length;
        onProgress?.({ done, total: total ?? bytes });
      }
    }
    const expected = total ?? bytes;
    if (expected !== undefined && done < expected) {
      throw new Error(`the connection broke after ${done} of ${expected} bytes`);
    }
    await file.sync().catch(() => {});
  } catch (error) {
    if (silence.signal.aborted && !signal.aborted) throw quiet();
    throw error;
  } finally {
    clearTimeout(alarm);
    file?.close();
  }
}

/** @throws {Refusal | Busy} unless the answer is a file */
function requireFile(response: Response, address: string, path: string) {
  const { status, statusText } = response;
  if (status === 408 || status === 429 || status >= 500) {
    const asked = Number(response.headers.get("retry-after"));
    throw new Busy(
      `the server answers ${status} ${statusText}`,
      Number.isFinite(asked) ? asked : 0,
    );
  }
  if (!response.ok) throw new Refusal(`the server answers ${status} ${statusText}`.trim());
  const type = response.headers.get("content-type") ?? "";
  if (/^text\/html/i.test(type) && !/\.html?$/i.test(path)) throw webPage(response, address);
}

function refuseWebPage(piece: Uint8Array, response: Response, path: string) {
  if (/\.html?$/i.test(path)) return;
  const head = new TextDecoder().decode(piece.subarray(0, 200)).trimStart().toLowerCase();
  if (head.startsWith("<!doctype html") || head.startsWith("<html")) {
    throw webPage(response, response.url);
  }
}

const webPage = (response: Response, address: string) =>
  new Refusal(
    `a web page came in place of the file` +
      (response.redirected ? ` (sent on to ${shown(response.url)})` : "") +
      `, perhaps one that asks to log in: open ${shown(address)} in a browser`,
  );

/** At which byte the body begins. */
function startOf(response: Response, have: number): number {
  if (have === 0 || response.status !== 206) return 0;
  const [, from] = response.headers.get("content-range")?.match(/^bytes (\d+)-/) ?? [];
  if (Number(from) !== have) {
    throw new Error(`the server was asked for byte ${have} and sends byte ${from ?? "unknown"}`);
  }
  return have;
}

function validatorOf(response: Response): string | undefined {
  const etag = response.headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return etag;
  return response.headers.get("last-modified") ?? undefined;
}

async function readOrigin(path: string): Promise<Origin | undefined> {
  try {
    const { address, validator } = JSON.parse(await Deno.readTextFile(path));
    return {
      address: String(address),
      ...(typeof validator === "string" ? { validator } : {}),
    };
  } catch {
    return undefined; // none, or not ours: begin anew
  }
}

async function openPart(part: string, start: number): Promise<Deno.FsFile> {
  try {
    const file = await Deno.open(part, { write: true, create: true });
    if ((await file.stat()).size !== start) await file.truncate(start);
    await file.seek(start, Deno.SeekMode.Start);
    return file;
  } catch (error) {
    throw localFailure(error, part);
  }
}

async function writeAll(file: Deno.FsFile, piece: Uint8Array, part: string, total?: number) {
  try {
    for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
  } catch (error) {
    throw localFailure(error, part, total);
  }
}

async function write(path: string, text: string, part: string) {
  try {
    await Deno.writeTextFile(path, text);
  } catch (error) {
    throw localFailure(error, part);
  }
}

function localFailure(error: unknown, part: string, total?: number): LocalFailure {
  const full = /no space left|os error 28|os error 112/i.test(said(error));
  return new LocalFailure(
    full
      ? `the disk of ${dirname(part)} is full${
        total === undefined ? "" : `; the file takes ${total} bytes`
      }: free some space and run this again, it goes on where it stopped`
      : `${part} cannot be written (${
        said(error)
      }): check that the folder may be written to, or set DATA_DIR to another`,
    { cause: error },
  );
}

/** The checks before the rename, and the rename. */
async function finish(path: string, options: DownloadOptions) {
  const part = `${path}.part`;
  const wrong = await wrongWith(part, options);
  if (wrong !== undefined) {
    await discard(part);
    throw new WrongContent(wrong);
  }
  try {
    await Deno.rename(part, path);
  } catch (error) {
    throw localFailure(error, part);
  }
  await Deno.remove(`${part}.json`).catch(() => {});
}

async function discard(part: string) {
  for (const path of [part, `${part}.json`]) await Deno.remove(path).catch(() => {});
}

/** What is wrong with a file's size or checksum, in words. */
export async function wrongWith(
  path: string,
  { bytes, sha256 }: Pick<DownloadOptions, "bytes" | "sha256">,
): Promise<string | undefined> {
  const size = await sizeOf(path);
  if (bytes !== undefined && size !== bytes) return `it has ${size} bytes, ${bytes} are expected`;
  if (sha256 === undefined) return undefined;
  const found = await sha256Of(path);
  return found === sha256.toLowerCase()
    ? undefined
    : `its SHA-256 is ${found}, ${sha256} is expected: damaged on its way, or another file`;
}

/**
 * The SHA-256 of a file in hexadecimal, read piece by piece.
 *
 * @param path the file
 */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const piece = new Uint8Array(1 << 20);
  for (let n = await file.read(piece); n !== null; n = await file.read(piece)) {
    hash.update(piece.subarray(0, n));
  }
  return hash.digest("hex");
}

async function isWhole(path: string, options: DownloadOptions): Promise<boolean> {
  if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return false;
  return await wrongWith(path, options) === undefined;
}

async function sizeOf(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}

/** A file that will not fit is not begun. */
async function requireSpace(path: string, bytes: number | undefined) {
  if (bytes === undefined) return;
  let free: number;
  try {
    const { bavail, bsize } = await statfs(dirname(path));
    free = bavail * bsize;
  } catch {
    return; // a file system that does not say
  }
  const missing = bytes - await sizeOf(`${path}.part`);
  if (missing > free) {
    throw new DownloadError(
      `${basename(path)} takes ${bytes} bytes, and the disk of ${
        dirname(path)
      } has ${free} free: free ` +
        "some space, or set DATA_DIR to a folder on another disk",
    );
  }
}

/** An abort signal that also follows the notebook's stop button. */
export function stopSignal(
  signal?: AbortSignal,
): { readonly signal: AbortSignal; release(): void } {
  const button = new AbortController(), interrupt = watchInterrupt();
  const timer = setInterval(() => {
    if (interrupt.requested) button.abort(new DOMException("stopped", "AbortError"));
  }, 200);
  return {
    signal: signal === undefined ? button.signal : AbortSignal.any([signal, button.signal]),
    release: () => clearInterval(timer),
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** An address without the password that may stand in it, and without a signed query. */
function shown(address: string): string {
  try {
    const url = new URL(address);
    url.username = url.password = url.search = "";
    return url.href;
  } catch {
    return address;
  }
}

const said = (error: unknown) => error instanceof Error ? error.message : String(error);
