import { accuracy, binaryF1, matthewsCorrelation, pearson, spearman } from "../../metrics/mod.ts";
import { type ColumnName, type FileRecord, readColumns, textOf } from "./columns.ts";
import { type FileLayout, findFiles } from "./data_files.ts";
import { rowSubmission } from "./row_submission.ts";
import { argmax, checkCounts, fromSource, type Source, type TaskText, truths } from "./source.ts";
import type { Feature, Scores, SentenceExample, SentenceTask } from "./task.ts";
import { oneOf, shown, TaskFileError } from "./task_file_error.ts";

/** The scores of a classification. F1 is that of the second label, as GLUE's MRPC and QQP have it. */
export type ClassMetric = "accuracy" | "f1" | "matthews_correlation";

/** The scores of a regression. */
export type NumberMetric = "pearson" | "spearman";

/** What is to be said of a text. */
export type SentenceAnswer =
  | {
    /** The classes by name, in the order in which Hugging Face numbers them. */
    readonly labels: readonly string[];
    /** How the files write them, if not by their names: `["0", "1"]`. */
    readonly written?: readonly string[];
    /** The first one is the headline. */
    readonly metrics: readonly ClassMetric[];
  }
  | {
    /** The smallest and the largest number there is. */
    readonly range: readonly [least: number, most: number];
    /** The first one is the headline. */
    readonly metrics: readonly NumberMetric[];
  };

/** Where a task about texts has its examples, and what they are. */
export interface SentenceTaskOptions extends TaskText {
  readonly family: "single" | "pair";
  readonly answer: SentenceAnswer;
  readonly source: Source<SentenceExample>;
  /** The file of a submission by split. Default: the task's name with ".tsv". */
  readonly submissionFiles?: Readonly<Record<string, string>>;
}

/** Files with a row for every example. */
export interface SentenceLayout extends FileLayout {
  /** Names of the columns; a single sentence has no `b`. */
  readonly columns: {
    readonly a: readonly ColumnName[];
    readonly b?: readonly ColumnName[];
    readonly label: readonly ColumnName[];
  };
  /** Up to this share of the training file's rows may have too few columns, and is left out. Default none. */
  readonly brokenShare?: number;
}

/**
 * A task that says a class or a number for a text or a pair of texts.
 *
 * @example
 * ```ts
 * import { sentenceFiles, sentenceTask } from "./mod.ts";
 *
 * const answer = { labels: ["ham", "spam"], metrics: ["f1", "accuracy"] } as const;
 * const spam = sentenceTask({
 *   name: "spam",
 *   title: "Is the message an advertisement?",
 *   family: "single",
 *   answer,
 *   source: sentenceFiles(answer, {
 *     folders: [],
 *     files: { train: "train.tsv", dev: "dev.tsv" },
 *     columns: { a: ["message"], label: ["kind"] },
 *   }),
 * });
 * console.log(spam.head, spam.headline); // { kind: "classes", labels: ["ham", "spam"] } f1
 * ```
 */
export function sentenceTask(options: SentenceTaskOptions): SentenceTask {
  const { name, title, family, answer, source, submissionFiles } = options;
  return {
    name,
    title,
    family,
    head: "labels" in answer
      ? { kind: "classes", labels: answer.labels }
      : { kind: "number", range: answer.range },
    metrics: answer.metrics,
    headline: answer.metrics[0],
    ...fromSource(source),

    features: (examples, tokenizer, { maxLength = 128 } = {}) =>
      examples.map(({ a, b, label }, example): Feature => ({
        example,
        encodings: [tokenizer.encode(a, b, { maxLength, truncation: "longest" })],
        ...(label === undefined ? {} : {
          targets: [labelNumber(answer, label, name)],
        }),
      })),

    predict(examples, _features, logits) {
      checkCounts(name, examples.length, logits.length);
      return logits.map((row) => "labels" in answer ? answer.labels[argmax(row)] : row[0]);
    },

    score(examples, predictions): Scores {
      checkCounts(name, examples.length, predictions.length);
      const truth = truths(name, examples, ({ label }) => label);
      if ("labels" in answer) {
        const metrics: Record<ClassMetric, () => number> = {
          accuracy: () => accuracy(truth, predictions),
          f1: () => binaryF1(truth, predictions, answer.labels[1]),
          matthews_correlation: () => matthewsCorrelation(truth, predictions),
        };
        return Object.fromEntries(answer.metrics.map((metric) => [metric, metrics[metric]()]));
      }
      const metrics = { pearson, spearman };
      const pair = [truth.map(Number), predictions.map(Number)] as const;
      return Object.fromEntries(answer.metrics.map((metric) => [metric, metrics[metric](...pair)]));
    },

    submission: rowSubmission({
      fileName: (split) => submissionFiles?.[split] ?? `${name}.tsv`,
      ...("labels" in answer ? classCells(answer) : numberCells(answer)),
    }),
  };
}

/**
 * The examples of official files (TSV, or CSV by its name) and of Hugging Face's parquet files.
 *
 * @param answer as the task has it: it says how labels are written
 * @param layout where the files and the columns are
 *
 * @example See {@linkcode sentenceTask}.
 */
export function sentenceFiles(
  answer: SentenceAnswer,
  layout: SentenceLayout,
): Source<SentenceExample> {
  const { a, b, label } = layout.columns;
  const fromCell = labelReader(answer);
  const wanted = b ? [a, label, b] : [a, label];
  return {
    splits: Object.keys(layout.files),
    async read(folder, split) {
      const { records, classNames } = await readColumns(
        await findFiles(layout, folder, split),
        wanted,
        split === "train" ? layout.brokenShare : 0,
      );
      const absent = b !== undefined && records[0].values[2] === undefined;
      if (absent) {
        throw new TaskFileError(
          records[0].place,
          `there is no second text; expected a column ${b.map((name) => `"${name}"`).join(" or ")}`,
        );
      }
      return records.map(({ place, values }, i): SentenceExample => {
        const said = values[1] === undefined
          ? undefined
          : readLabel(values[1], { place, classNames: classNames[1] });
        return {
          id: `${i}`,
          a: textOf(values[0], "the text", place),
          ...(b ? { b: textOf(values[2], "the second text", place) } : {}),
          ...(said === undefined ? {} : { label: said }),
        };
      });
    },
  };

  function readLabel(
    value: unknown,
    { place, classNames }: Pick<FileRecord, "place"> & { classNames?: readonly string[] },
  ): string | number | undefined {
    let said: string | number | undefined;
    if (typeof value === "string") said = fromCell(value.trim());
    else if (value === -1) return undefined; // Hugging Face's "not published"
    else if (typeof value === "number" && "range" in answer) {
      // 3.8 is a float32 there, 3.799999952316284; its seven digits are what was written.
      said = fromCell(value.toPrecision(7));
    } else if (typeof value === "number" && "labels" in answer) {
      const named = classNames?.[value];
      said = named === undefined ? answer.labels[value] : fromCell(named) ?? answer.labels[value];
    }
    if (said === undefined) {
      throw new TaskFileError(
        place,
        `the label is ${shown(value)}; expected ${expectation(answer)}`,
      );
    }
    return said;
  }
}

/** The target of a label: its number, or itself in a regression. */
function labelNumber(answer: SentenceAnswer, label: string | number, task: string): number {
  if ("range" in answer && typeof label === "number") return label;
  const number = "labels" in answer ? answer.labels.indexOf(`${label}`) : -1;
  if (number >= 0) return number;
  const expected = "labels" in answer ? oneOf(answer.labels) : expectation(answer);
  throw new RangeError(`${task}: a label is ${shown(label)}; expected ${expected}`);
}

function expectation(answer: SentenceAnswer): string {
  if ("range" in answer) return `a number from ${answer.range[0]} to ${answer.range[1]}`;
  return oneOf(answer.written ?? answer.labels);
}

type Classes = Extract<SentenceAnswer, { labels: unknown }>;
type Numbers = Extract<SentenceAnswer, { range: unknown }>;

/** A class's name, or a number within the range, from what a file has; undefined if it is neither. */
function labelReader(answer: SentenceAnswer): (cell: string) => string | number | undefined {
  if ("labels" in answer) return classCells(answer).parse;
  const [least, most] = answer.range;
  return (cell) => {
    const value = finiteNumber(cell);
    return value !== undefined && value >= least && value <= most ? value : undefined;
  };
}

/** Classes in a submission, by their names or as the files write them. */
function classCells(answer: Classes) {
  const { labels, written = labels } = answer;
  const names = new Map([...labels, ...written].map((key, i) => [key, labels[i % labels.length]]));
  return {
    format: (label: string | number) => written[labels.indexOf(`${label}`)],
    parse: (cell: string): string | number | undefined => names.get(cell),
    expected: expectation(answer),
  };
}

/**
 * Numbers in a submission. What goes to the benchmark's server (examples without labels) is kept in the
 * range; where the truth is known every digit is kept, so that the file scores as the model did.
 */
function numberCells({ range: [least, most] }: Numbers) {
  return {
    format: (value: string | number, { label }: SentenceExample) =>
      `${label === undefined ? Math.min(most, Math.max(least, Number(value))) : value}`,
    parse: (cell: string): string | number | undefined => finiteNumber(cell),
    expected: "a number",
  };
}

function finiteNumber(cell: string): number | undefined {
  const value = cell === "" ? NaN : Number(cell);
  return Number.isFinite(value) ? value : undefined;
}
