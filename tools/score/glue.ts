/**
 * `deno task score glue`: predictions of one of GLUE's tasks, or of SWAG, against the labels.
 *
 * @module
 */
import { basename, dirname } from "@std/path";
import { findTask, GLUE_TASKS, SWAG, type Task } from "../../lib/bert/tasks/mod.ts";
import { Problem } from "../command.ts";
import { required } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { readFile, requireFile } from "./files.ts";
import { printTable } from "./table.ts";

const TASKS: readonly Task[] = [...GLUE_TASKS, SWAG];

export const glue: Subcommand = {
  summary: "GLUE: Matthews and Pearson and Spearman correlation, accuracy, F1; SWAG",
  usage: `deno task score glue --task NAME --gold FILE --predictions FILE [--json]

  --task         ${TASKS.map(({ name }) => name).join(", ")}
  --gold         the official file with the labels, for example dev.tsv; or Hugging Face's parquet file
  --predictions  GLUE's submission format: a header, then "index <tab> prediction"; without the header,
                 or predictions alone, one in a line, are read too
  --json         numbers for a program

Scores are shares of 1, correlations between -1 and 1. F1 is that of the second class (equivalent,
duplicate). Labels may be written as the task's files write them, or by name.`,
  options: {
    task: { type: "string" },
    gold: { type: "string" },
    predictions: { type: "string" },
  },

  async run(flags) {
    const task = findTask(required(flags, "task"));
    if (!TASKS.includes(task)) {
      throw new Problem(
        `${task.name} is not scored here; --task is one of ${
          TASKS.map(({ name }) => name).join(", ")
        }`,
      );
    }
    const gold = required(flags, "gold"), path = required(flags, "predictions");
    await requireFile(gold, "gold");
    // "./dev" is a file of that name, "dev" would be the split.
    const examples = await task.read(dirname(gold), `./${basename(gold)}`);
    const unlabelled = examples.findIndex((example) => !("label" in example));
    if (unlabelled >= 0) {
      throw new Problem(
        `${gold}: example ${unlabelled} has no label, as in a test file; expected a file with the true labels`,
      );
    }
    const predictions = task.submission.read(await readFile(path, "predictions"), path, examples);
    const scores = task.score(examples, predictions);
    const json = { task: task.name, examples: examples.length, ...scores };
    const rows = task.metrics.map((
      metric,
    ) => [metric.replace("_", " "), scores[metric].toFixed(6)]);
    return { json, text: printTable([[task.name, `${examples.length} examples`], ...rows]) };
  },
};
