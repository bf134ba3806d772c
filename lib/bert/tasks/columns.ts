import { readCommaSeparated, readParquet, readTabSeparated, type TableRow } from "../../io/mod.ts";
import { type FoundFiles, readText } from "./data_files.ts";
import { counted, type FilePlace, shown, TaskFileError } from "./task_file_error.ts";

/**
 * What a column is called, in the official file or in Hugging Face's; a number, from 0, is its place in
 * an official file that has no header.
 */
export type ColumnName = string | number;

/** One example as the file has it. */
export interface FileRecord {
  readonly place: FilePlace;
  /** The values of the columns that were asked for; undefined where the file has no such column. */
  readonly values: readonly unknown[];
}

/** What a file with columns holds. */
export interface ColumnFile {
  readonly records: readonly FileRecord[];
  /** For columns of numbered classes in parquet files: the names, as the file has them. */
  readonly classNames: readonly (readonly string[] | undefined)[];
}

/**
 * Reads the columns of TSV, CSV (by its name) or parquet files.
 *
 * @param files as found
 * @param wanted for every column its names; the first column must be there, the others may be absent
 * @param brokenShare up to this share of a text file's rows may have too few columns, and is left out
 * @throws {TaskFileError} if a file is empty, a row has too few columns, or the first column is absent
 */
export async function readColumns(
  files: FoundFiles,
  wanted: readonly (readonly ColumnName[])[],
  brokenShare = 0,
): Promise<ColumnFile> {
  if (!files.parquet) return await readTextColumns(files.paths[0], wanted, brokenShare);
  const records: FileRecord[] = [];
  let classNames: ColumnFile["classNames"] = [];
  for (const path of files.paths) {
    const { columns, rows, classNames: named } = await readParquet(path);
    const names = wanted.map((choices) =>
      choices.find((name): name is string => typeof name === "string" && columns.includes(name))
    );
    if (names[0] === undefined) throw noColumn({ path }, wanted[0], columns);
    classNames = names.map((name) => name === undefined ? undefined : named.get(name));
    rows.forEach((row, i) =>
      records.push({
        place: { path, row: i + 1 },
        values: names.map((name) => name === undefined ? undefined : row[name]),
      })
    );
  }
  if (records.length === 0) {
    throw new TaskFileError({ path: files.paths[0] }, "holds no row; expected one per example");
  }
  return { records, classNames };
}

async function readTextColumns(
  path: string,
  wanted: readonly (readonly ColumnName[])[],
  brokenShare: number,
): Promise<ColumnFile> {
  const text = await readText(path);
  let rows: TableRow[];
  try {
    rows = path.endsWith(".csv") ? readCommaSeparated(text) : readTabSeparated(text);
  } catch (cause) {
    throw new TaskFileError({ path }, (cause as Error).message, { cause });
  }
  const header = rows[0].cells.map((cell) => cell.trim());
  const isHeader = wanted[0].some((name) => typeof name === "string" && header.includes(name));
  const places = wanted.map((choices) => {
    const name = choices.find((choice) =>
      isHeader ? header.includes(`${choice}`) : typeof choice === "number"
    );
    return isHeader ? header.indexOf(`${name}`) : typeof name === "number" ? name : -1;
  });
  if (places[0] < 0) throw noColumn({ path, line: 1 }, wanted[0], header);
  const width = isHeader ? header.length : Math.max(...places) + 1;
  if (isHeader) rows = rows.slice(1);
  if (rows.length === 0) {
    throw new TaskFileError({ path, line: 2 }, "the file ends after its header; expected examples");
  }
  const whole = rows.filter(({ cells }) => cells.length >= width);
  if (rows.length - whole.length > brokenShare * rows.length) {
    const { line, cells } = rows.find(({ cells }) => cells.length < width)!;
    throw new TaskFileError(
      { path, line },
      `${counted(cells.length, "column")}; expected ${width}` +
        (isHeader ? ` (${header.join(", ")})` : "") + `. The row begins ${shown(cells[0])}`,
    );
  }
  const records = whole.map(({ line, cells }) => ({
    place: { path, line },
    values: places.map((at) => at < 0 ? undefined : cells[at]),
  }));
  return { records, classNames: wanted.map(() => undefined) };
}

function noColumn(place: FilePlace, wanted: readonly ColumnName[], found: readonly string[]) {
  const names = wanted.filter((name) => typeof name === "string").map((name) => `"${name}"`);
  return new TaskFileError(
    place,
    `there is no column ${names.join(" or ")}; the columns are ${shown(found.join(", "))}`,
  );
}

/** A value that must be a text. */
export function textOf(value: unknown, what: string, place: FilePlace): string {
  if (typeof value === "string") return value;
  throw new TaskFileError(place, `${what} is ${shown(value)}; expected a text`);
}
