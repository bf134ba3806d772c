/**
 * `deno task data`: what the course can download, fetching it, and whether it is whole.
 *
 * @module
 */
import {
  type CatalogueEntry,
  CatalogueError,
  checkEntry,
  dataDir,
  DownloadError,
  findEntry,
  getEntry,
  readCatalogue,
  ZipError,
} from "../lib/io/mod.ts";
import { Problem, runTask } from "./command.ts";

const usage = `
Data sets and models of the course. They go into DATA_DIR, or data/cache where that is not set.
Nothing else in this project reads the network by itself.

usage: deno task data list [--json]
       deno task data get NAME ... [options]
       deno task data check [NAME ...] [--json]

  list     what there is, how large, on what terms, and whether it is here
  get      fetches; goes on where an earlier try stopped; "glue" and "ctc" fetch every entry of the kind
  check    compares sizes and checksums of what is here; exit code 1 if anything is damaged

  --accept-terms    accept an entry's terms (asked for once)
  --catalogue FILE  another catalogue than data/catalogue.json
  --hub ADDRESS     another hub than the public one (also HF_ENDPOINT)
  --index ADDRESS   the package index's simple API (default: PIP_INDEX_URL, else what pip uses)
  --json            print the result as JSON
  --help            print this

Ctrl-C stops; what has arrived is kept (exit code 130).
`;

const options = {
  "accept-terms": { type: "boolean" },
  catalogue: { type: "string" },
  hub: { type: "string" },
  index: { type: "string" },
  json: { type: "boolean" },
} as const;

type Catalogue = ReadonlyMap<string, CatalogueEntry>;

await runTask(usage, options, async (flags, [what, ...names]) => {
  try {
    const catalogue = await readCatalogue(flags.catalogue);
    if (what === "list") return await list(catalogue, flags.json ?? false);
    if (what === "check") return await check(chosen(catalogue, names), flags.json ?? false);
    if (what === "get") {
      if (names.length === 0) {
        throw new Problem("say what to get: deno task data list has the names");
      }
      return await get(chosen(catalogue, names), flags);
    }
  } catch (error) {
    const isSentence = [CatalogueError, DownloadError, ZipError].some((k) => error instanceof k);
    throw isSentence ? new Problem((error as Error).message) : error;
  }
  throw new Problem(`say list, get or check${what ? `, not "${what}"` : ""}; --help explains them`);
});

/** The entries of these names, or all; "glue" stands for every entry "glue-...". */
function chosen(catalogue: Catalogue, names: readonly string[]): CatalogueEntry[] {
  if (names.length === 0) return [...catalogue.values()];
  return names.flatMap((name) => {
    const group = [...catalogue.values()].filter((entry) => entry.name.startsWith(`${name}-`));
    return catalogue.has(name) || group.length === 0 ? [findEntry(catalogue, name)] : group;
  });
}

async function list(catalogue: Catalogue, json: boolean): Promise<boolean> {
  const rows = [];
  for (const entry of catalogue.values()) {
    const { present, problems } = await checkPresence(entry);
    rows.push({
      name: entry.name,
      kind: entry.kind,
      title: entry.title,
      bytes: sizeOf(entry) ?? null,
      licence: entry.licence,
      terms: entry.terms ?? null,
      home: entry.home,
      folder: entry.folder,
      state: problems.length === 0 ? "here" : present ? "not whole" : "not here",
      download: entry.sources.length > 0,
    });
  }
  if (json) {
    console.log(JSON.stringify(rows, undefined, 1));
    return true;
  }
  console.log(`data directory: ${dataDir()}\n`);
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, title, bytes, licence, terms, state, download } of rows) {
    const size = bytes === null ? "" : `, ${megabytes(bytes)}`;
    console.log(`${name.padEnd(width)}  ${state.padEnd(9)} ${title}${size}`);
    const how = download ? terms === null ? "" : "; terms to accept" : "; by hand";
    console.log(`${" ".repeat(width)}            ${licence}${how}`);
  }
  return true;
}

/** As {@linkcode checkEntry}, by names and sizes alone: a list is to be quick. */
async function checkPresence(entry: CatalogueEntry) {
  const files = entry.files.map(({ path, bytes }) => ({ path, ...(bytes ? { bytes } : {}) }));
  return await checkEntry({ ...entry, name: "", files });
}

/** What comes over the network. */
function sizeOf({ files, sources: [source] }: CatalogueEntry): number | undefined {
  if (source?.kind === "archive") return source.bytes;
  const sizes = files.map(({ bytes }) => bytes);
  return sizes.every((bytes) => bytes !== undefined)
    ? sizes.reduce((sum, bytes) => sum + bytes, 0)
    : undefined;
}

async function check(entries: readonly CatalogueEntry[], json: boolean): Promise<boolean> {
  const results = [];
  for (const entry of entries) {
    const { present, problems } = await checkEntry(entry);
    const state = problems.length === 0 ? "whole" : present ? "damaged" : "not here";
    const { name, unpinned } = entry;
    results.push({ name, state, problems: present ? problems : [], unpinned: unpinned ?? null });
    if (json) continue;
    console.log(`${name}: ${state}`);
    if (present && unpinned !== undefined) console.log(`  not all is pinned: ${unpinned}`);
    if (present) { for (const problem of problems) console.log(`  ${problem}`); }
  }
  if (json) console.log(JSON.stringify(results, undefined, 1));
  return results.every(({ state }) => state !== "damaged");
}

async function get(
  entries: readonly CatalogueEntry[],
  flags: { "accept-terms"?: boolean; hub?: string; index?: string; json?: boolean },
): Promise<boolean> {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort(new DOMException("stopped", "AbortError")));
  const got: { name: string; folder: string }[] = [];
  for (const entry of entries) {
    const line = progressLine();
    try {
      console.error(`${entry.name}: ${entry.title} (${entry.licence})`);
      const folder = await getEntry(entry, {
        signal: stop.signal,
        hub: flags.hub,
        index: flags.index,
        note: (sentence) => line.say(`  ${sentence}`),
        onProgress: (file, { done, total }) => line.show(file, done, total),
        acceptTerms: ({ terms, home }) => flags["accept-terms"] || ask(terms!, home),
      });
      line.end();
      got.push({ name: entry.name, folder });
      if (!flags.json) console.log(`${entry.name} is in ${folder}`);
    } catch (error) {
      line.end();
      if (!stop.signal.aborted) throw error;
      console.error("stopped; what has arrived is kept, the same command goes on from there");
      Deno.exit(130);
    }
  }
  if (flags.json) console.log(JSON.stringify(got, undefined, 1));
  return true;
}

function ask(terms: string, home: string): boolean {
  if (!Deno.stdin.isTerminal()) return false;
  return confirm(`${terms}.\n(${home})\nDo you accept these terms?`);
}

/** Progress in one line of a terminal; in a file a line every ten seconds. */
function progressLine() {
  const terminal = Deno.stderr.isTerminal(), encoder = new TextEncoder();
  const write = (text: string) => Deno.stderr.writeSync(encoder.encode(text));
  let shownAt = -Infinity, began = performance.now(), of = "", first = 0, open = false;
  return {
    show(file: string, done: number, total: number | undefined) {
      const now = performance.now();
      if (file !== of) [of, began, first, shownAt] = [file, now, done, terminal ? -Infinity : now];
      if (now - shownAt < (terminal ? 200 : 10_000)) return;
      shownAt = now;
      const rate = (done - first) / ((now - began) / 1000);
      const left = total !== undefined && rate > 0
        ? `, about ${Math.ceil((total - done) / rate)} s left`
        : "";
      const share = total ? ` of ${megabytes(total)} (${Math.floor(100 * done / total)} %)` : "";
      const text = `  ${file}: ${megabytes(done)}${share}${left}`;
      write(terminal ? `\r${text.padEnd(78)}` : `${text}\n`);
      open = terminal;
    },
    say(sentence: string) {
      this.end();
      console.error(sentence);
    },
    end() {
      if (open) write("\n");
      open = false;
    },
  };
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
