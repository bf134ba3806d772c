/** Where in a file something stands. */
export interface FilePlace {
  readonly path: string;
  /** From 1; of a text file. */
  readonly line?: number;
  /** From 1; of a parquet file, or another file without lines. */
  readonly row?: number;
}

/**
 * A file that is absent, or does not hold what the task expects of it. The sentence says which file and
 * line, what was found, and what was expected.
 */
export class TaskFileError extends Error {
  override readonly name: string = "TaskFileError";
  /** Where it happened. */
  readonly place: FilePlace;

  constructor(place: FilePlace, said: string, options?: ErrorOptions) {
    const { path, line, row } = place;
    const at = line !== undefined ? `, line ${line}` : row !== undefined ? `, row ${row}` : "";
    super(`${path}${at}: ${said}`, options);
    this.place = place;
  }
}

/** The file of a split is not there at all: a test set that was not fetched, say. */
export class NoTaskFileError extends TaskFileError {
  override readonly name: string = "NoTaskFileError";
}

/** A value as an error shows it: short, with its quotation marks. */
export function shown(value: unknown): string {
  const text = typeof value === "bigint" ? `${value}` : JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Names as an error lists them: "0 or 1", "a, b or c". */
export function oneOf(names: readonly string[]): string {
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
}

/** "1 column", "3 columns". */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
