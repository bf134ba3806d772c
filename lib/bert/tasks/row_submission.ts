import { readTabSeparated, type TableRow } from "../../io/mod.ts";
import type { Submission, TaskExample } from "./task.ts";
import { counted, shown, TaskFileError } from "./task_file_error.ts";

/** How the lines of a submission are written. */
export interface RowSubmissionOptions<Example, Prediction> {
  fileName(split: string): string;
  /** A prediction as it stands in the file. */
  format(prediction: Prediction, example: Example): string;
  /**
   * The prediction that a cell holds; undefined if it is none.
   */
  parse(cell: string): Prediction | undefined;
  /** What {@linkcode parse} understands, for the error: "0 or 1". */
  readonly expected: string;
}

/**
 * GLUE's submissions: a header `index <tab> prediction`, then a row for every example. Read are also
 * rows without the header, and predictions alone, one in a line and in order.
 */
export function rowSubmission<Example extends TaskExample, Prediction>(
  options: RowSubmissionOptions<Example, Prediction>,
): Submission<Example, Prediction> {
  return {
    fileName: options.fileName,
    write(examples, predictions) {
      const rows = predictions.map((prediction, i) =>
        `${examples[i].id}\t${options.format(prediction, examples[i])}\n`
      );
      return `index\tprediction\n${rows.join("")}`;
    },
    read(text, path, examples) {
      if (text.trim() === "") throw new TaskFileError({ path }, "is empty; expected predictions");
      const rows = readTabSeparated(text);
      if (isHeader(rows[0], options.parse)) rows.shift();
      const places = new Map(examples.map(({ id }, i) => [id, i]));
      const predictions: (Prediction | undefined)[] = examples.map(() => undefined);
      const alone = rows.every(({ cells }) => cells.length === 1);
      rows.forEach(({ line, cells }, i) => {
        if (!alone && cells.length !== 2) {
          throw new TaskFileError(
            { path, line },
            `${counted(cells.length, "column")}; expected two, the index and the prediction`,
          );
        }
        const cell = cells[cells.length - 1].trim();
        const at = alone ? i : places.get(cells[0].trim());
        if (at === undefined || at >= examples.length) {
          throw new TaskFileError(
            { path, line },
            alone
              ? `prediction ${
                i + 1
              } of ${rows.length}; the gold file has ${examples.length} examples`
              : `index ${shown(cells[0])} is no example of the gold file, whose indices are ` +
                `${examples[0].id} to ${examples[examples.length - 1].id}`,
          );
        }
        if (predictions[at] !== undefined) {
          throw new TaskFileError({ path, line }, `a second prediction for index ${cells[0]}`);
        }
        predictions[at] = options.parse(cell);
        if (predictions[at] === undefined) {
          throw new TaskFileError(
            { path, line },
            `the prediction is ${shown(cell)}; expected ${options.expected}`,
          );
        }
      });
      const missing = predictions.findIndex((prediction) => prediction === undefined);
      if (missing >= 0) {
        throw new TaskFileError(
          { path },
          `there is no prediction for example ${
            examples[missing].id
          }; expected one for each of the ` +
            `${examples.length} of the gold file, found ${rows.length}`,
        );
      }
      return predictions as Prediction[];
    },
  };
}

/** A first line that is no row: `index prediction`, whatever the words. */
function isHeader({ cells }: TableRow, parse: (cell: string) => unknown): boolean {
  return parse(cells[cells.length - 1].trim()) === undefined &&
    (cells.length === 1 ? /^(?:prediction|label)s?$/i.test(cells[0].trim()) : !/\d/.test(cells[0]));
}
