import { basename, dirname, join } from "@std/path";
import { readTabSeparated } from "../../io/mod.ts";
import { readColumns } from "./columns.ts";
import { findFiles, readText } from "./data_files.ts";
import { sentenceFiles, type SentenceLayout } from "./sentence_task.ts";
import type { SentenceAnswer } from "./sentence_task.ts";
import type { Source } from "./source.ts";
import type { SentenceExample } from "./task.ts";
import { counted, shown, TaskFileError } from "./task_file_error.ts";

/** The corpus as Microsoft publishes it, and GLUE's list of the pairs of its training file that are dev. */
const TRAIN = "msr_paraphrase_train.txt", TEST = "msr_paraphrase_test.txt", DEV_IDS = "dev_ids.tsv";

/**
 * MRPC from GLUE's files, or made from the original ones as GLUE makes it: the pairs in `dev_ids.tsv` (two
 * numbers of sentences in a row) are dev, the others of the training file are train, in its order; the test
 * set loses its labels. The original test file with its labels is read by its name.
 *
 * @param answer as the task has it
 * @param layout of GLUE's files; the original ones are added
 */
export function mrpcFiles(answer: SentenceAnswer, layout: SentenceLayout): Source<SentenceExample> {
  const { train, dev, test } = layout.files;
  const files = {
    train: [train, TRAIN].flat(),
    dev: [dev, TRAIN].flat(),
    test: [test, TEST].flat(),
  };
  const both = { ...layout, files };
  const source = sentenceFiles(answer, both);
  return {
    ...source,
    async read(folder, split) {
      if (!Object.hasOwn(files, split)) return await source.read(folder, split); // a file's name
      const found = await findFiles(both, folder, split);
      const [path] = found.paths;
      const name = basename(path);
      if (name !== TRAIN && name !== TEST) return await source.read(folder, split);
      const examples = await source.read(dirname(path), name);
      if (name === TEST) return examples.map(({ label: _, ...example }) => example);
      const isDev = await devRows(path);
      return examples.filter((_, i) => isDev[i] === (split === "dev"))
        .map((example, i) => ({ ...example, id: `${i}` }));
    },
  };
}

/** For every row of the training file whether it is in dev. */
async function devRows(path: string): Promise<boolean[]> {
  const listed = join(dirname(path), DEV_IDS);
  let text: string;
  try {
    text = await readText(listed);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new TaskFileError(
      { path: listed },
      `there is no such file; expected GLUE's list of the pairs of ${TRAIN} that are its dev set`,
      { cause },
    );
  }
  const { records } = await readColumns({ paths: [path], parquet: false }, [["#1 ID"], ["#2 ID"]]);
  const rows = new Map(records.map(({ values }, i) => [values.join(" "), i]));
  const isDev = records.map(() => false);
  for (const { line, cells } of readTabSeparated(text)) {
    const row = rows.get(cells.map((cell) => cell.trim()).join(" "));
    if (row === undefined) {
      throw new TaskFileError(
        { path: listed, line },
        `${counted(cells.length, "column")}, ${
          shown(cells.join(" "))
        }; expected two, the "#1 ID" and "#2 ID" ` +
          `of a pair in ${TRAIN}`,
      );
    }
    isDev[row] = true;
  }
  return isDev;
}
