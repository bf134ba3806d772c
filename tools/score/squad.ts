/**
 * `deno task score squad`: exact match and F1 of answers.
 *
 * @module
 */
import {
  readAnswers,
  readNullScores,
  readSquadFile,
  type SquadFile,
} from "../../lib/bert/tasks/mod.ts";
import {
  bestSquadThresholds,
  type SquadScores,
  squadScores,
  type SquadShare,
} from "../../lib/metrics/mod.ts";
import { Problem } from "../command.ts";
import { type Flags, numberOf, required } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { readFile } from "./files.ts";
import { printTable } from "./table.ts";

export const squad: Subcommand = {
  summary: "SQuAD v1.1 and v2.0: exact match and F1, as the official scripts",
  usage: `deno task score squad --dataset FILE --predictions FILE [--na-probs FILE] [--json]

  --dataset       dev-v1.1.json or dev-v2.0.json, or another file of that form
  --predictions   a JSON object, question id to answer; "" says that there is none (v2.0)
  --na-probs      v2.0: a JSON object, question id to a number, the larger the surer the system is that
                  there is no answer. Adds the thresholds with the best exact match and F1
  --na-threshold  where the number is larger, the answer counts as "" (default 1)
  --json          numbers for a program

The numbers are percent. The rules of v2.0 hold where the data set says so, or some question has no answer. A
question without a prediction counts as wrong in v1.1 and does not count in v2.0; predictions for other
questions do not count: so the official scripts have it, and a line says how many there are.`,
  options: {
    dataset: { type: "string" },
    predictions: { type: "string" },
    "na-probs": { type: "string" },
    "na-threshold": { type: "string" },
  },

  async run(flags, note) {
    const dataset = required(flags, "dataset"), path = required(flags, "predictions");
    const { examples, version } = readSquadFile(await readFile(dataset, "dataset"), dataset);
    const { answers, others } = readAnswers(await readFile(path, "predictions"), path, examples);
    const truths = examples.map(({ answers }) => answers.map((a) => a.text));
    const judged = { examples, truths, answers, version } as const;
    const { scores, thresholds } = await withSilence(flags, judged);
    if (others > 0) note(`${path}: ${others} answers are to no question of ${dataset}; ignored`);
    if (scores.unanswered > 0) {
      note(
        `${path}: ${scores.unanswered} of ${examples.length} questions have no answer; ` +
          (version === "2.0" ? "they do not count" : "they count as wrong"),
      );
    }
    const parts = { has_answer: scores.hasAnswer, no_answer: scores.noAnswer };
    const given = Object.entries(parts).filter(([, share]) => share !== undefined) as [
      string,
      SquadShare,
    ][];
    const json = {
      ...numbers(scores),
      version,
      unanswered: scores.unanswered,
      ...Object.fromEntries(given.map(([name, share]) => [name, numbers(share)])),
      ...thresholds,
    };
    const row = (name: string, { exactMatch, f1, total }: SquadShare) => [
      name,
      exactMatch.toFixed(4),
      f1.toFixed(4),
      `${total}`,
    ];
    const table = printTable([
      [`SQuAD ${version}`, "exact match", "F1", "questions"],
      row("all", scores),
      ...given.map(([name, share]) => row(name.replace("_", " "), share)),
    ]);
    const best = Object.entries(thresholds).map(([name, value]) => `${name} ${value}`);
    return { json, text: [table, ...best].join("\n") };
  },
};

/** The scores, of v2.0 with silence where `--na-probs` is above `--na-threshold`, and the best thresholds. */
async function withSilence(
  flags: Flags,
  { examples, truths, answers, version }: SquadFile & {
    readonly truths: readonly (readonly string[])[];
    readonly answers: readonly (string | undefined)[];
  },
): Promise<{ scores: SquadScores; thresholds: Readonly<Record<string, number>> }> {
  const scores = squadScores(truths, answers, { version });
  const path = flags["na-probs"];
  if (typeof path !== "string") return { scores, thresholds: {} };
  const threshold = numberOf(flags, "na-threshold", 1);
  if (version !== "2.0") {
    throw new Problem(`--na-probs is for v2.0, but every question of the data set has an answer`);
  }
  const isAnswered = (i: number) => answers[i] !== undefined;
  const nulls = readNullScores(await readFile(path, "na-probs"), path, examples, isAnswered);
  const silenced = [...answers];
  for (const { question, score } of nulls) {
    if (score > threshold && isAnswered(question)) silenced[question] = "";
  }
  const { exact, f1 } = bestSquadThresholds(scores, truths, answers, nulls);
  return {
    scores: squadScores(truths, silenced, { version }),
    thresholds: {
      best_exact: exact.score,
      best_exact_thresh: exact.threshold,
      best_f1: f1.score,
      best_f1_thresh: f1.threshold,
    },
  };
}

function numbers({ exactMatch, f1, total }: SquadShare) {
  return { exact_match: exactMatch, f1, total };
}
