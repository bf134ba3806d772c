/**
 * `deno task score squad`: exact match and F1 of answers.
 *
 * @module
 */
import { readAnswers, readSquadJson } from "../../lib/bert/tasks/mod.ts";
import { squadScores, type SquadShare } from "../../lib/metrics/mod.ts";
import { readFile } from "./files.ts";
import { printTable, required, type Score } from "./subcommand.ts";

export const squad: Score = {
  summary: "SQuAD v1.1 and v2.0: exact match and F1, as the official scripts",
  usage: `deno task score squad --dataset FILE --predictions FILE [--json]

  --dataset      dev-v1.1.json or dev-v2.0.json, or another file of that form
  --predictions  a JSON object, question id to answer; "" says that there is none (v2.0)
  --json         numbers for a program

The numbers are percent. The rules of v2.0 hold where some question of the data set has no answer. A
question without a prediction counts as wrong in v1.1 and does not count in v2.0; predictions for other
questions do not count: so the official scripts have it, and a line says how many there are.`,
  options: { dataset: { type: "string" }, predictions: { type: "string" } },

  async run(flags, { note }) {
    const dataset = required(flags, "dataset"), path = required(flags, "predictions");
    const examples = readSquadJson(await readFile(dataset, "dataset"), dataset);
    const { answers, others } = readAnswers(await readFile(path, "predictions"), path, examples);
    const scores = squadScores(examples.map(({ answers }) => answers.map((a) => a.text)), answers);
    const version = examples.some(({ answers }) => answers.length === 0) ? "2.0" : "1.1";
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
    };
    const row = (name: string, { exactMatch, f1, total }: SquadShare) => [
      name,
      exactMatch.toFixed(4),
      f1.toFixed(4),
      `${total}`,
    ];
    const text = printTable([
      [`SQuAD ${version}`, "exact match", "F1", "questions"],
      row("all", scores),
      ...given.map(([name, share]) => row(name.replace("_", " "), share)),
    ]);
    return { json, text };
  },
};

function numbers({ exactMatch, f1, total }: SquadShare) {
  return { exact_match: exactMatch, f1, total };
}
