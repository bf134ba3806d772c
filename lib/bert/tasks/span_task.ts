import { type NullScore, squadScores } from "../../metrics/mod.ts";
import { lineOf, parseJson } from "./json_file.ts";
import { checkCounts, fromSource, type Source, type TaskText } from "./source.ts";
import { decodeSpans } from "./span_decoding.ts";
import { type SpanWindow, spanWindows } from "./span_windows.ts";
import type { SpanExample, SpanTask } from "./task.ts";
import { shown, TaskFileError } from "./task_file_error.ts";

/** Where a task of questions about passages has its examples. */
export interface SpanTaskOptions extends TaskText {
  /** Whether a passage may have no answer (SQuAD 2.0). */
  readonly noAnswer: boolean;
  readonly source: Source<SpanExample>;
}

/**
 * A task that finds where in a passage the answer to a question stands, scored by SQuAD's exact match and
 * F1. A submission is one JSON object, question id to answer.
 *
 * @example
 * ```ts
 * import { spanTask } from "./mod.ts";
 *
 * const answers = [{ text: "Ben", start: 9 }];
 * const example = { id: "q1", context: "Anna met Ben.", question: "Whom did Anna meet?", answers };
 * const task = spanTask({
 *   name: "who met whom",
 *   title: "Who met whom?",
 *   noAnswer: false,
 *   source: { splits: ["train", "dev"], read: () => Promise.resolve([example]) },
 * });
 * console.log(task.score([example], [{ text: "met Ben" }])); // { f1: 66.66666666666666, exact_match: 0 }
 * ```
 */
export function spanTask({ name, title, noAnswer, source }: SpanTaskOptions): SpanTask {
  return {
    name,
    title,
    family: "span",
    head: { kind: "span", noAnswer },
    metrics: ["f1", "exact_match"],
    headline: "f1",
    ...fromSource(source),
    features: spanWindows,
    predict: (examples, windows, logits, options) =>
      decodeSpans(examples, windows as readonly SpanWindow[], logits, noAnswer, options),

    score(examples, predictions) {
      checkCounts(name, examples.length, predictions.length);
      const { exactMatch, f1 } = squadScores(
        examples.map(({ answers }) => answers.map(({ text }) => text)),
        predictions.map(({ text }) => text),
        { version: noAnswer ? "2.0" : "1.1" },
      );
      return { f1, exact_match: exactMatch };
    },

    submission: {
      fileName: (split) => `${name}_${split}_predictions.json`,
      write: (examples, predictions) => byId(examples, predictions.map(({ text }) => text)),
      ...(noAnswer
        ? {
          beside: (split, examples, predictions) => ({
            [`${name}_${split}_null_odds.json`]: byId(
              examples,
              predictions.map(({ nullScore = 0 }) => Math.min(nullScore, SURELY_NONE)),
            ),
          }),
        }
        : {}),
      read: (text, path, examples) =>
        readAnswers(text, path, examples).answers.map((text) => ({ text: text ?? "" })),
    },
  };
}

/** Stands in a file for an infinite null score, which JSON does not know: no span was possible at all. */
const SURELY_NONE = 1e9;

/** A JSON object, question id to value. */
function byId(examples: readonly SpanExample[], values: readonly (string | number)[]): string {
  return JSON.stringify(
    Object.fromEntries(examples.map(({ id }, i) => [id, values[i]])),
    null,
    1,
  ) + "\n";
}

/** A file of answers beside the questions that it is for. */
export interface AnswerFile {
  /** [N] one for each question; undefined where the file has none. */
  readonly answers: readonly (string | undefined)[];
  /** How many answers of the file are to no question of the data set. */
  readonly others: number;
}

/**
 * Reads a file of predictions, question id to answer.
 *
 * @param text the file
 * @param path for the sentences of errors
 * @param examples the questions
 * @throws {TaskFileError} if it is no such file, or not one of its ids is a question's
 */
export function readAnswers(
  text: string,
  path: string,
  examples: readonly SpanExample[],
): AnswerFile {
  const said = readById(text, path, "answers");
  const answers = examples.map(({ id }) => {
    const answer = said.get(id);
    if (said.has(id) && typeof answer !== "string") {
      throw new TaskFileError(
        { path, line: lineOf(text, id) },
        `the answer to question ${id} is ${shown(answer)}; expected a text`,
      );
    }
    return answer as string | undefined;
  });
  const others = said.size - answers.filter((answer) => answer !== undefined).length;
  if (others === said.size) {
    throw new TaskFileError(
      { path },
      `none of its ${said.size} ids (the first is ${
        shown([...said.keys()][0])
      }) is a question of the ` +
        `data set, whose first id is ${shown(examples[0].id)}`,
    );
  }
  return { answers, others };
}

/**
 * Reads how sure a system is that the questions have no answer: a JSON object, question id to number, as
 * google-research/bert writes `null_odds.json` and evaluate-v2.0.py reads it.
 *
 * @param text the file
 * @param path for the sentences of errors
 * @param examples the questions; each must have its number, unless `needed` says that it does without
 * @param needed whether question i must have one. Default: all
 * @returns in the order of the file, without those of other questions
 * @throws {TaskFileError} if it is no such file, a value is no number, or a question has none
 *
 * @example
 * ```ts
 * import { readNullScores } from "./mod.ts";
 *
 * const questions = [{ id: "q1", context: "Anna met Ben.", question: "Why?", answers: [] }];
 * console.log(readNullScores('{"q1": 2.5}', "null_odds.json", questions)); // [{ question: 0, score: 2.5 }]
 * ```
 */
export function readNullScores(
  text: string,
  path: string,
  examples: readonly SpanExample[],
  needed: (question: number) => boolean = () => true,
): NullScore[] {
  const said = readById(text, path, "numbers");
  const questions = new Map(examples.map(({ id }, i) => [id, i]));
  const without = examples.findIndex(({ id }, i) => needed(i) && !said.has(id));
  if (without >= 0) {
    throw new TaskFileError(
      { path },
      `has no number for question ${
        examples[without].id
      }; expected one for every answered question`,
    );
  }
  return [...said].flatMap(([id, score]) => {
    const question = questions.get(id);
    if (question === undefined) return [];
    if (typeof score !== "number") {
      throw new TaskFileError(
        { path, line: lineOf(text, id) },
        `the value of question ${id} is ${shown(score)}; expected a number`,
      );
    }
    return [{ question, score }];
  });
}

/** A JSON object by question id. */
function readById(text: string, path: string, what: string): Map<string, unknown> {
  const json = parseJson(text, path);
  const wanted = `a JSON object of question ids and ${what}`;
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TaskFileError({ path }, `holds ${shown(json)}; expected ${wanted}`);
  }
  const said = new Map<string, unknown>(Object.entries(json));
  if (said.size === 0) throw new TaskFileError({ path }, `is empty; expected ${wanted}`);
  return said;
}
