import { join } from "@std/path";
import { NoTaskFileError, oneOf, TaskFileError } from "./task_file_error.ts";

/** Where the files of a benchmark lie. */
export interface FileLayout {
  /**
   * Folders below the one that is given, for example "glue/MRPC"; the given one itself is looked into
   * first. Hugging Face's, for example "mrpc", are among them.
   */
  readonly folders: readonly string[];
  /**
   * The files of every split by their official names, one or several to choose from. One `*` stands for
   * anything.
   */
  readonly files: Readonly<Record<string, string | readonly string[]>>;
  /** What Hugging Face calls a split, where it is not the same: `{ dev: "validation" }` is always in it. */
  readonly hubSplits?: Readonly<Record<string, string>>;
}

/** The files that hold a split. */
export interface FoundFiles {
  /** More than one only where a parquet file comes in parts. */
  readonly paths: readonly string[];
  readonly parquet: boolean;
}

/** How Hugging Face names a split's file: validation-00000-of-00001.parquet, or validation.parquet. */
const HUB_FILE = /^(.+?)(?:-(\d{5})-of-(\d{5})(?:-[0-9a-f]+)?)?\.parquet$/;

/**
 * Looks for a split: first the official file, then Hugging Face's, in every folder in turn.
 *
 * @param layout where to look
 * @param folder what the user gave
 * @param split one of the layout's, or the name of a file
 * @throws {TaskFileError} if nothing is there; the sentence says what was looked for
 */
export async function findFiles(
  layout: FileLayout,
  folder: string,
  split: string,
): Promise<FoundFiles> {
  const known = Object.hasOwn(layout.files, split);
  const names = known ? [layout.files[split]].flat() : [split];
  const hubName = layout.hubSplits?.[split] ?? (split === "dev" ? "validation" : split);
  const looked: string[] = [];
  for (const place of ["", ...layout.folders]) {
    const there = join(folder, place);
    if (!known && await isFile(join(there, split))) { // also where the folder may not be listed
      return { paths: [join(there, split)], parquet: split.endsWith(".parquet") };
    }
    const entries = await filesOf(there);
    if (entries === undefined) continue;
    looked.push(there);
    for (const name of names) {
      const found = entries.find((entry) => matches(entry, name));
      if (found) return { paths: [join(there, found)], parquet: found.endsWith(".parquet") };
    }
    const parts = known ? partsOf(entries, hubName, there) : [];
    if (parts.length > 0) {
      return { paths: parts.map((name) => join(there, name)), parquet: true };
    }
  }
  if (looked.length === 0) {
    throw new NoTaskFileError(
      { path: folder },
      `there is no such folder; expected one that holds ${names[0]}`,
    );
  }
  const wanted = known ? [...names, `${hubName}-00000-of-00001.parquet`] : names;
  const splits = Object.keys(layout.files);
  throw new NoTaskFileError(
    { path: folder },
    `there is no ${oneOf(wanted)} (looked in ${looked.join(", ")})` +
      (known ? "" : `; "${split}" is no split either: there are ${splits.join(", ")}`),
  );
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}

async function filesOf(folder: string): Promise<string[] | undefined> {
  try {
    const names: string[] = [];
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory) names.push(name);
    }
    return names.sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}

function matches(entry: string, name: string): boolean {
  const [before, after] = name.split("*");
  if (after === undefined) return entry === name;
  return entry.length >= name.length - 1 && entry.startsWith(before) && entry.endsWith(after);
}

function partsOf(entries: readonly string[], hubName: string, folder: string): string[] {
  const parts = entries.map((entry) => entry.match(HUB_FILE))
    .filter((match) => match?.[1] === hubName).map((match) => match!);
  const [, , , total] = parts[0] ?? [];
  if (total !== undefined && parts.length !== Number(total)) {
    throw new TaskFileError(
      { path: join(folder, parts[0][0]) },
      `${parts.length} of its ${Number(total)} parts are there; expected all of them`,
    );
  }
  return parts.map(([name]) => name);
}

/**
 * The content of a text file.
 *
 * @throws {TaskFileError} if it is empty, or not UTF-8
 */
export async function readText(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TaskFileError({ path }, "is not UTF-8 text", { cause });
  }
  if (text.replace(/^\ufeff/, "").trim() === "") {
    throw new TaskFileError(
      { path },
      `is empty (${bytes.length} bytes); expected a row per example`,
    );
  }
  return text;
}
