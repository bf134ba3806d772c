import { accuracy } from "../../metrics/mod.ts";
import { type ColumnName, readColumns, textOf } from "./columns.ts";
import { type FileLayout, findFiles } from "./data_files.ts";
import { rowSubmission } from "./row_submission.ts";
import { argmax, checkCounts, fromSource, type Source, type TaskText, truths } from "./source.ts";
import type { ChoiceExample, ChoiceTask, Feature } from "./task.ts";
import { shown, TaskFileError } from "./task_file_error.ts";

/** Where a task of choices has its examples, and how many choices there are. */
export interface ChoiceTaskOptions extends TaskText {
  readonly choices: number;
  readonly source: Source<ChoiceExample>;
}

/** Files with a row for every example. */
export interface ChoiceLayout extends FileLayout {
  readonly columns: {
    /** What all choices go on from. */
    readonly a: readonly ColumnName[];
    /** How every choice begins, if that is a column of its own. */
    readonly beginning?: readonly ColumnName[];
    /** The ends of the choices. */
    readonly endings: readonly (readonly ColumnName[])[];
    /** The number of the right one, from 0. */
    readonly label: readonly ColumnName[];
  };
}

/**
 * A task that says which of C continuations is right: every one is a sequence [CLS] A [SEP] choice [SEP]
 * (Devlin 2019, Sect. 4.4).
 *
 * @example
 * ```ts
 * import { choiceTask } from "./mod.ts";
 *
 * const example = { id: "0", a: "It rains.", choices: ["She opens the umbrella.", "She swims."], label: 0 };
 * const task = choiceTask({
 *   name: "what next",
 *   title: "What happens next?",
 *   choices: 2,
 *   source: { splits: ["train", "dev"], read: () => Promise.resolve([example]) },
 * });
 * console.log(task.predict([example], [], [Float32Array.of(2, -1)])); // [0]
 * ```
 */
export function choiceTask({ name, title, choices, source }: ChoiceTaskOptions): ChoiceTask {
  return {
    name,
    title,
    family: "choice",
    head: { kind: "choice", choices },
    metrics: ["accuracy"],
    headline: "accuracy",
    ...fromSource(source),

    features: (examples, tokenizer, { maxLength = 128 } = {}) =>
      examples.map(({ id, a, choices: texts, label }, example): Feature => {
        if (texts.length !== choices) {
          throw new RangeError(
            `${name}: example ${id} has ${texts.length} choices; expected ${choices}`,
          );
        }
        return {
          example,
          encodings: texts.map((b) => tokenizer.encode(a, b, { maxLength, truncation: "longest" })),
          ...(label === undefined ? {} : { targets: [label] }),
        };
      }),

    predict(examples, _features, logits) {
      checkCounts(name, examples.length, logits.length);
      return logits.map((row) => argmax(row));
    },

    score(examples, predictions) {
      checkCounts(name, examples.length, predictions.length);
      return { accuracy: accuracy(truths(name, examples, ({ label }) => label), predictions) };
    },

    submission: rowSubmission({
      fileName: () => `${name}.tsv`,
      format: (prediction) => `${prediction}`,
      parse: (cell) => choiceNumber(cell, choices),
      expected: `a whole number from 0 to ${choices - 1}`,
    }),
  };
}

/** The examples of official files (CSV by its name, else TSV) and of Hugging Face's parquet files. */
export function choiceFiles(layout: ChoiceLayout): Source<ChoiceExample> {
  const { a, beginning, endings, label } = layout.columns;
  const wanted = [a, label, ...endings, ...(beginning ? [beginning] : [])];
  return {
    splits: Object.keys(layout.files),
    async read(folder, split) {
      const { records } = await readColumns(await findFiles(layout, folder, split), wanted);
      return records.map(({ place, values: [a, label, ...rest] }, i): ChoiceExample => {
        const texts = rest.map((value, k) => textOf(value, `the text of choice ${k}`, place));
        const start = beginning ? texts.pop() : "";
        const right = label === undefined || label === -1
          ? undefined
          : choiceNumber(`${label}`, endings.length);
        if (right === undefined && label !== undefined && label !== -1) {
          throw new TaskFileError(
            place,
            `the label is ${shown(label)}; expected a whole number from 0 to ${endings.length - 1}`,
          );
        }
        return {
          id: `${i}`,
          a: textOf(a, "the text", place),
          choices: texts.map((text) => `${start} ${text}`.trim()),
          ...(right === undefined ? {} : { label: right }),
        };
      });
    },
  };
}

function choiceNumber(cell: string, choices: number): number | undefined {
  return /^\d+$/.test(cell) && Number(cell) < choices ? Number(cell) : undefined;
}
