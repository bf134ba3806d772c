/*
 * SQuAD v1.1 (Rajpurkar 2016) and v2.0 (2018): paragraphs of Wikipedia with questions, as the official
 * JSON or Hugging Face's parquet files.
 */
import { type ParquetValue, readParquet } from "../../io/mod.ts";
import { textOf } from "./columns.ts";
import { type FileLayout, findFiles, readText } from "./data_files.ts";
import { lineOf, parseJson } from "./json_file.ts";
import type { Source } from "./source.ts";
import { spanTask } from "./span_task.ts";
import type { Answer, SpanExample, SpanTask } from "./task.ts";
import { type FilePlace, shown, TaskFileError } from "./task_file_error.ts";

/** How the official JSON is built; every field is checked when it is read. */
interface SquadJson {
  readonly version?: unknown;
  readonly data?: readonly {
    readonly title?: string;
    readonly paragraphs?: readonly {
      readonly context?: unknown;
      readonly qas?: readonly {
        readonly id?: unknown;
        readonly question?: unknown;
        readonly answers?: readonly { readonly text?: unknown; readonly answer_start?: unknown }[];
      }[];
    }[];
  }[];
}

/**
 * The questions of a file in SQuAD's JSON, in its order. `answer_start` counts code points, as Python does;
 * here it becomes UTF-16 units. A question has no answer where "answers" is empty (as evaluate-v2.0.py has it,
 * whatever "is_impossible" says).
 *
 * @param text the file
 * @param path for the sentences of errors
 * @throws {TaskFileError} if the file is not of this form, or an answer does not stand where it should
 *
 * @example
 * ```ts
 * import { readSquadJson } from "./mod.ts";
 *
 * const qas = [{ id: "q1", question: "Who?", answers: [{ text: "Anna", answer_start: 0 }] }];
 * const data = [{ title: "A", paragraphs: [{ context: "Anna met Ben.", qas }] }];
 * console.log(readSquadJson(JSON.stringify({ data }), "a.json")[0].answers); // [{ text: "Anna", start: 0 }]
 * ```
 */
export function readSquadJson(text: string, path: string): readonly SpanExample[] {
  return readSquadFile(text, path).examples;
}

/** What stands in a file in SQuAD's JSON. */
export interface SquadFile {
  readonly examples: readonly SpanExample[];
  /** Whose rules score it: those of v2.0 if it says that version, or some question has no answer. */
  readonly version: "1.1" | "2.0";
}

/**
 * {@linkcode readSquadJson}, and the version of the file.
 *
 * @example
 * ```ts
 * import { readSquadFile } from "./mod.ts";
 *
 * const qas = [{ id: "q1", question: "Why?", answers: [] }];
 * const data = [{ title: "A", paragraphs: [{ context: "Anna met Ben.", qas }] }];
 * console.log(readSquadFile(JSON.stringify({ data }), "a.json").version); // 2.0
 * ```
 */
export function readSquadFile(text: string, path: string): SquadFile {
  const json = parseJson(text, path) as SquadJson | null;
  if (!Array.isArray(json?.data)) {
    throw new TaskFileError({ path }, `there is no list "data"; expected SQuAD's JSON`);
  }
  const list = <T>(
    value: readonly T[] | null | undefined,
    what: string,
  ): readonly NonNullable<T>[] => {
    const items: unknown = value ?? [];
    const fits = Array.isArray(items) &&
      items.every((item) => typeof item === "object" && item !== null);
    if (!fits) {
      throw new TaskFileError({ path }, `${what} is ${shown(value)}; expected a list of objects`);
    }
    return items as NonNullable<T>[];
  };
  const examples = list((json as SquadJson).data, `"data"`).flatMap(({ title, paragraphs }) =>
    list(paragraphs, `"paragraphs"`).flatMap(({ context, qas }) =>
      list(qas, `"qas"`).map(({ id, question, answers }) => {
        const place = (): FilePlace => ({
          path,
          line: typeof id === "string" ? lineOf(text, id) : undefined,
        });
        return checked(
          place,
          { id, question, context, title },
          list(answers, `"answers"`).map(({ text, answer_start }) => [text, answer_start]),
        );
      })
    )
  );
  if (examples.length === 0) throw new TaskFileError({ path }, "holds no question");
  const { version } = json as SquadJson;
  const says2 = typeof version === "string" && /^v?2/i.test(version);
  const is2 = says2 || examples.some(({ answers }) => answers.length === 0);
  return { examples, version: is2 ? "2.0" : "1.1" };
}

/** v1.1 and v2.0 have the same file names there: v2.0 is known by its questions without an answer. */
function requireUnanswerable(examples: readonly SpanExample[], path: string) {
  if (examples.some(({ answers }) => answers.length === 0)) return;
  throw new TaskFileError(
    { path },
    "every question has an answer, as in SQuAD 1.1; expected SQuAD 2.0's file",
  );
}

async function readSquadParquet(path: string): Promise<SpanExample[]> {
  const { rows } = await readParquet(path);
  if (rows.length === 0) throw new TaskFileError({ path }, "holds no question");
  return rows.map(({ id, question, context, title, answers }, i) => {
    const place = { path, row: i + 1 };
    const { text, answer_start } = (answers ?? {}) as Record<string, ParquetValue[]>;
    if (!Array.isArray(text) || !Array.isArray(answer_start)) {
      throw new TaskFileError(
        place,
        `"answers" is ${shown(answers)}; expected lists "text" and "answer_start"`,
      );
    }
    return checked(
      () => place,
      { id, question, context, title },
      text.map((said, k) => [said, answer_start[k]]),
    );
  });
}

/** @param placeOf where it stands; looked for only when something is wrong */
function checked(
  placeOf: () => FilePlace,
  fields: { id: unknown; question: unknown; context: unknown; title?: unknown },
  answers: readonly (readonly [text: unknown, start: unknown])[],
): SpanExample {
  const text = (value: unknown, what: string) =>
    typeof value === "string" ? value : textOf(value, what, placeOf());
  const id = text(fields.id, "a question's id");
  const context = text(fields.context, `the passage of question ${id}`);
  return {
    id,
    context,
    question: text(fields.question, `question ${id}`),
    answers: answers.map(([said, start]): Answer => {
      const answer = text(said, `an answer to question ${id}`);
      const at = toUtf16(context, start);
      const found = at === undefined ? undefined : context.slice(at, at + answer.length);
      if (found !== answer) {
        throw new TaskFileError(
          placeOf(),
          `question ${id}: the passage has ${shown(found)} at answer_start ${
            shown(start)
          }; expected ` +
            `the answer, ${shown(answer)}`,
        );
      }
      return { text: answer, start: at! };
    }),
    ...(typeof fields.title === "string" ? { title: fields.title } : {}),
  };
}

/** A place in code points as one in UTF-16 units; they differ where a text has emoji or rare scripts. */
function toUtf16(text: string, codePoints: unknown): number | undefined {
  if (typeof codePoints !== "number" || !Number.isInteger(codePoints) || codePoints < 0) {
    return undefined;
  }
  if (codePoints > text.length) return undefined;
  if (!/[\ud800-\udbff]/.test(text)) return codePoints;
  let at = 0;
  for (let k = 0; k < codePoints; k++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

/**
 * The examples of files in SQuAD's JSON, and of Hugging Face's parquet files.
 *
 * @param layout where the files are; `unanswerable`: a parquet file must have questions without an answer
 */
export function squadFiles(
  { unanswerable = false, ...layout }: FileLayout & { readonly unanswerable?: boolean },
): Source<SpanExample> {
  return {
    splits: Object.keys(layout.files),
    async read(folder, split) {
      const { paths, parquet } = await findFiles(layout, folder, split);
      if (!parquet) return readSquadJson(await readText(paths[0]), paths[0]);
      const examples = (await Promise.all(paths.map(readSquadParquet))).flat();
      if (unanswerable) requireUnanswerable(examples, paths[0]);
      return examples;
    },
  };
}

/** Every question has its answer in the passage. "train" is the whole file, else a part of it. */
export const SQUAD_1: SpanTask = spanTask({
  name: "SQuAD",
  title: "Where in the passage does the answer to the question stand?",
  noAnswer: false,
  source: squadFiles({
    folders: ["squad", "SQuAD", "plain_text", "squad/plain_text"],
    files: {
      train: ["train-v1.1.json", "train-v1.1*.json"],
      dev: ["dev-v1.1.json", "dev-v1.1*.json"],
    },
  }),
});

/** Half of the questions of the dev set have no answer in the passage. */
export const SQUAD_2: SpanTask = spanTask({
  name: "SQuAD2",
  title: "Where in the passage does the answer to the question stand, if there is one?",
  noAnswer: true,
  source: squadFiles({
    unanswerable: true,
    folders: ["squad2", "SQuAD2", "squad_v2", "squad_v2/squad_v2", "squad", "SQuAD"],
    files: {
      train: ["train-v2.0.json", "train-v2.0*.json"],
      dev: ["dev-v2.0.json", "dev-v2.0*.json"],
    },
  }),
});
