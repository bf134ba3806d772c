/** A row of a table and where it stands in the file. */
export interface TableRow {
  /** Of the row's first character, from 1. */
  readonly line: number;
  /** As written, without quotes where they are not part of the text. */
  readonly cells: readonly string[];
}

/**
 * The rows of a text with tabs between the cells, as benchmarks publish them: nothing is quoted, so a
 * quotation mark is a character like any other. A byte-order mark, carriage returns before the line
 * ends and empty lines at the end are no content. Only a line feed ends a line (Unicode's other line
 * separators occur inside sentences).
 *
 * @param text the whole file
 *
 * @example
 * ```ts
 * import { readTabSeparated } from "./table.ts";
 *
 * const rows = readTabSeparated('\ufeffa\tb\r\n"x\ty\r\n');
 * console.log(rows); // [{ line: 1, cells: ["a", "b"] }, { line: 2, cells: ['"x', "y"] }]
 * ```
 */
export function readTabSeparated(text: string): TableRow[] {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  while (lines.length > 0 && lines[lines.length - 1].trim() === "") lines.pop();
  return lines.map((line, i) => ({ line: i + 1, cells: line.replace(/\r$/, "").split("\t") }));
}

/**
 * The rows of a text with commas between the cells (RFC 4180): a cell in quotation marks may hold
 * commas, line ends and, doubled, quotation marks.
 *
 * @param text the whole file
 * @throws {RangeError} if a cell that begins with a quotation mark does not end with one; says in which line
 *
 * @example
 * ```ts
 * import { readCommaSeparated } from "./table.ts";
 *
 * const rows = readCommaSeparated('a,b\n"x, ""y""",z\n');
 * console.log(rows[1]); // { line: 2, cells: ['x, "y"', "z"] }
 * ```
 */
export function readCommaSeparated(text: string): TableRow[] {
  const rows: TableRow[] = [];
  let cells: string[] = [];
  let line = 1, first = 1; // of the character at hand, of the row's first
  const cell = /("(?:[^"]|"")*"|(?!")[^,\r\n]*)(,|\r?\n|\r|$)/y;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (cell.lastIndex < text.length || cells.length > 0) {
    const found = cell.exec(text);
    if (found === null) {
      throw new RangeError(
        `the cell that begins with a quotation mark in line ${line} does not end with one before the ` +
          `next comma or the end of the row`,
      );
    }
    const [all, written, end] = found;
    cells.push(written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
    line += all.split("\n").length - 1;
    if (end === ",") continue;
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: first, cells });
    [cells, first] = [[], line];
  }
  return rows;
}
