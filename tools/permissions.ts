/**
 * What each task may do. `start.ts` starts a task with these permissions of Deno and no others.
 *
 * Every task may read the project and Deno's own cache of packages, and what its command names: a word of the
 * command line that is a path is readable, and the folder after `--out` writable. Everything else is listed here.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { type CatalogueSource, readCatalogue } from "../lib/io/mod.ts";
import { root } from "./command.ts";

/** The needs of a task, beside what its command line names. */
export interface Needs {
  /** The program, from the project's root. */
  readonly program: string;
  /** Folders that it writes, from the root. */
  readonly writes?: readonly string[];
  /** Whether it computes: opens the BLAS library, if there is one, and looks for a graphics card. */
  readonly computes?: boolean;
  /** Whether it reads DATA_DIR. Default true. */
  readonly data?: boolean;
  /** Whether it fetches files into DATA_DIR, from the hosts that the catalogue names. */
  readonly fetches?: boolean;
  /** Programs that it starts. */
  readonly runs?: readonly string[];
}

/** The tasks that `start.ts` starts. */
export const TASKS: Readonly<Record<string, Needs>> = {
  score: { program: "tools/score.ts" },
  train: { program: "tools/train.ts", writes: ["build"], computes: true },
  compare: { program: "tools/compare.ts", writes: ["build"], computes: true },
  "compare-objectives": {
    program: "tools/compare_objectives.ts",
    writes: ["build"],
    computes: true,
  },
  "compare-start": { program: "tools/compare_start.ts", writes: ["build"], computes: true },
  data: { program: "tools/data.ts", fetches: true },
  fuzz: { program: "tests/fuzz/run.ts", writes: ["build", "tests/fuzz/found"], data: false },
};

/** Variables of the environment that the project reads. */
const VARIABLES = ["DATA_DIR", "MODELS_DIR", "NOTEBOOK_INTERRUPT_FILE", "NO_COLOR"];
const OF_BACKENDS = ["TF_BACKEND", "TF_THREADS", "TF_BLAS", "XDG_RUNTIME_DIR"];
const OF_DOWNLOADS = ["HF_ENDPOINT", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"];

/** The system's BLAS, by the names under which lib/backend/wasm/openblas.ts looks for it. */
const SYSTEM_BLAS = [
  "libopenblas.so.0",
  "libopenblas.so",
  "libopenblas.dll",
  "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
  "/System/Library/Frameworks/Accelerate.framework/Accelerate",
];

/** Hosts to which a host sends on those who ask for a file. */
const SENT_ON: Readonly<Record<string, readonly string[]>> = { "huggingface.co": ["*.hf.co"] };

/**
 * The options of `deno run` for a command.
 *
 * @param task one of {@linkcode TASKS}
 * @param words what follows the task's name
 * @param packages where Deno keeps npm packages
 * @returns options such as `--allow-read=...`; a permission that is not named is refused, without a question
 */
export async function permissionFlags(
  task: string,
  words: readonly string[],
  packages: string,
): Promise<string[]> {
  const { writes = [], computes = false, data = true, fetches = false, runs = [] } = TASKS[task];
  const dataFolder = resolve(Deno.env.get("DATA_DIR") || join(root, "data", "cache"));
  const downloading = fetches && words[0] === "get";
  const read = [root, packages, ...namedPaths(words)];
  const write = [...writes.map((folder) => join(root, folder)), ...outputs(words)];
  const environment = [...VARIABLES];
  const run = [...runs];
  const flags = ["--no-prompt"];
  if (data) {
    const models = Deno.env.get("MODELS_DIR");
    read.push(dataFolder, join(dirname(dataFolder), "models"), ...(models ? [models] : []));
  }
  if (computes) {
    environment.push(...OF_BACKENDS);
    const blas = Deno.env.get("TF_BLAS");
    const libraries = blas ? [blas] : [...await wheelFolders(), ...SYSTEM_BLAS];
    flags.push("--allow-sys=systemMemoryInfo"); // to refuse what does not fit
    if (blas !== "off") flags.push(`--allow-ffi=${libraries.join(",")}`);
  }
  if (downloading) {
    environment.push(...OF_DOWNLOADS);
    write.push(dataFolder);
    // They are asked which package index pip uses.
    run.push(...Deno.build.os === "windows" ? ["python", "py"] : ["python3", "python"]);
    flags.push("--unstable-subdomain-wildcards", netFlag(await hosts(words.slice(1))));
  }
  flags.push(`--allow-read=${unique(read)}`, `--allow-env=${environment}`);
  if (write.length > 0) {
    flags.push(`--allow-read=${unique(write)}`, `--allow-write=${unique(write)}`);
  }
  if (run.length > 0) flags.push(`--allow-run=${run}`);
  return flags;
}

const unique = (paths: readonly string[]) => [...new Set(paths)].join(",");

/** The words of a command that may be paths: `--model DIR`, `--corpus=A,B`, `FILE`. */
function namedPaths(words: readonly string[]): string[] {
  return words.flatMap((word) => (word.startsWith("-") ? word.split("=").slice(1) : [word]))
    .flatMap((word) => word.split(","))
    .filter((word) => word !== "" && !word.includes("://"))
    .map((word) => resolve(word));
}

/** What follows `--out`. */
function outputs(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    if (word.startsWith("--out=")) return [word.slice("--out=".length)];
    return word === "--out" && i + 1 < words.length ? [words[i + 1]] : [];
  }).map((word) => resolve(word));
}

/** The folders of the wheel `scipy-openblas32` in `.venv`. */
async function wheelFolders(): Promise<string[]> {
  const venv = join(root, ".venv"), inside = join("site-packages", "scipy_openblas32");
  const folders = [join(venv, "Lib", inside)]; // Windows
  for (const lib of ["lib", "lib64"]) {
    const versions = await Array.fromAsync(Deno.readDir(join(venv, lib))).catch(() => []);
    folders.push(...versions.map(({ name }) => join(venv, lib, name, inside)));
  }
  return folders;
}

/**
 * The hosts that a download may ask, or "any": a package index says itself at which host its files lie, and they
 * are believed for their checksum.
 */
async function hosts(words: readonly string[]): Promise<string[] | "any"> {
  const option = (name: string) => words[words.indexOf(name) + 1];
  const catalogue = await readCatalogue(
    words.includes("--catalogue") ? option("--catalogue") : undefined,
  );
  const found = words.filter((word) => word.includes("://")).map((word) => new URL(word).host);
  for (const { name, sources } of catalogue.values()) {
    if (!words.some((word) => name === word || name.startsWith(`${word}-`))) continue;
    for (const source of sources) {
      if (source.kind === "wheel") return "any";
      found.push(...hostsOf(source));
    }
  }
  return found.flatMap((host) => [host, ...SENT_ON[host] ?? []]);
}

function hostsOf(source: CatalogueSource): string[] {
  switch (source.kind) {
    case "files":
      return [new URL(source.base).host];
    case "archive":
      return source.addresses.map((address) => new URL(address).host);
    case "hub":
      return [new URL(Deno.env.get("HF_ENDPOINT") || "https://huggingface.co").host];
    case "wheel":
      return [];
  }
}

const netFlag = (hosts: readonly string[] | "any") =>
  hosts === "any" ? "--allow-net" : `--allow-net=${[...new Set(hosts)]}`;
