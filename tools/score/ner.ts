/**
 * `deno task score ner`: entities found in sentences.
 *
 * @module
 */
import { readConll, TaskFileError } from "../../lib/bert/tasks/mod.ts";
import {
  conllevalAccuracy,
  conllevalShare,
  entitiesOf,
  type EntityScores,
  entityScores,
  type EntityShare,
} from "../../lib/metrics/mod.ts";
import { required } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { readFile } from "./files.ts";
import { printTable } from "./table.ts";

export const ner: Subcommand = {
  summary: "named entities: precision, recall and F1, as conlleval and seqeval",
  usage: `deno task score ner --file FILE [--json]

  --file  CoNLL's columns, a word in a line, an empty line between sentences: the last two columns are
          the true and the predicted tag (O, B-PER, I-PER ...; E- and S- are understood)
  --json  numbers for a program

precision, recall, f1 and accuracy are shares of 1, as seqeval gives them; "conlleval" has the same as
that script prints it, in percent with two digits. "strict" is seqeval's mode of that name: an entity
that breaks the scheme of its tags (BIO2, or BIOES where E- or S- occur) is none. A line -DOCSTART- with
tags counts as a word, as conlleval has it.`,
  options: { file: { type: "string" } },

  async run(flags) {
    const path = required(flags, "file");
    const sentences = readConll(await readFile(path, "file"), path, { countDocstart: true });
    const column = (fromEnd: number) =>
      sentences.map(({ rows }) =>
        rows.map(({ line, cells }) => {
          const tag = cells[cells.length - fromEnd];
          try {
            entitiesOf([tag]);
          } catch {
            throw new TaskFileError(
              { path, line },
              `the ${
                fromEnd === 2 ? "true" : "predicted"
              } tag is "${tag}"; expected O, or B, I, E ` +
                `or S, a hyphen and a type, in the last two columns`,
            );
          }
          return tag;
        })
      );
    const truth = column(2), predicted = column(1);
    const isBioes = [truth, predicted].flat(2).some((tag) => /^[ES]/.test(tag));
    const scheme = isBioes ? "BIOES" : "BIO2";
    const scores = entityScores(truth, predicted);
    const strict = entityScores(truth, predicted, { strict: scheme });
    return { json: json(scores, strict, scheme), text: text(scores, strict, scheme) };
  },
};

function json(scores: EntityScores, strict: EntityScores, scheme: string) {
  const { precision, recall, f1, accuracy, correct, predicted, total, words, types } = scores;
  const share = (s: EntityShare) => ({ precision: s.precision, recall: s.recall, f1: s.f1 });
  const printed = { accuracy: conllevalAccuracy(scores), ...conllevalShare(scores) };
  return {
    ...{ precision, recall, f1, accuracy, correct, predicted, total, words },
    types: Object.fromEntries(types),
    conlleval: Object.fromEntries(
      Object.entries(printed).map(([name, percent]) => [name, Number(percent)]),
    ),
    strict: { scheme, ...share(strict) },
  };
}

/** conlleval's report, and a line for the strict reading. */
function text(scores: EntityScores, strict: EntityScores, scheme: string): string {
  const { words, total, predicted, correct, types } = scores;
  const row = (name: string, counts: EntityShare) => {
    const { precision, recall, fb1 } = conllevalShare(counts);
    return [name, ...[precision, recall, fb1].map((value) => `${value} %`), `${counts.predicted}`];
  };
  return `${words} words, ${total} entities; found: ${predicted}, correct: ${correct}; ` +
    `${conllevalAccuracy(scores)} % of the tags are right\n\n` +
    printTable([
      ["entities", "precision", "recall", "F1", "found"],
      row("all", scores),
      ...[...types].map(([type, share]) => row(type, share)),
      row(`all, strict ${scheme}`, strict),
    ]);
}
