import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { readAnswers, readSquadJson } from "../../lib/bert/tasks/mod.ts";
import { answerF1, normalizeAnswer, squadScores } from "../../lib/metrics/mod.ts";
import { dataPath, testWith } from "../support/needs.ts";
import { golden } from "./text_golden.ts";

Deno.test("answers are normalised, and their words compared, as Python does it", () => {
  for (const { said, right, normalized, f1, f1v2 } of golden.answers) {
    assertEquals(normalizeAnswer(said), normalized, JSON.stringify(said));
    assertEquals(answerF1(said, right), f1, JSON.stringify([said, right]));
    assertEquals(answerF1(said, right, true), f1v2, JSON.stringify([said, right]));
  }
});

const OFFICIAL = {
  LogisticRegression: [40.14191106906339, 50.98153647324461], // 40.14 and 50.98 in the task's description
  rnet_ensemble: [82.46925260170293, 88.47785965423249],
  BERT_ensemble: [86.20624408703878, 92.19557978351145],
};

for (const [system, [exactMatch, f1]] of Object.entries(OFFICIAL)) {
  const file = `squad/predictions_${system}_v1.1.json`;
  testWith({ data: file }, `the official script's digits for the system ${system}`, async () => {
    const read = (name: string) => Deno.readTextFile(dataPath(name));
    const examples = readSquadJson(await read("squad/dev-v1.1.json"), "dev-v1.1.json");
    const { answers } = readAnswers(await read(file), file, examples);
    const truths = examples.map(({ answers }) => answers.map(({ text }) => text));
    const scores = squadScores(truths, answers);
    assertEquals([scores.exactMatch, scores.f1, scores.total], [exactMatch, f1, 10570]);
  });
}

const ANNA = ["Anna", "Anna Smith"];

Deno.test("the best of the people's answers counts, and in v1.1 a missing prediction is wrong", () => {
  const { exactMatch, f1, total, unanswered } = squadScores([ANNA, ["Ben"]], ["anna", undefined]);
  assertEquals({ exactMatch, f1, total, unanswered }, {
    exactMatch: 50,
    f1: 50,
    total: 2,
    unanswered: 1,
  });
});

Deno.test("v2.0 wants silence where there is no answer, and leaves missing predictions out", () => {
  const truths = [ANNA, [], [], ["Ben"], ["the"]];
  const scores = squadScores(truths, ["Anna Jones", "", "Ben", undefined, ""]);
  assertAlmostEquals(scores.exactMatch, 50);
  // Words of "Anna Jones" and "Anna": F1 2/3. "the" has no word left: "" is right.
  assertAlmostEquals(scores.f1, 100 * (2 / 3 + 1 + 0 + 1) / 4, 1e-12);
  assertAlmostEquals(scores.noAnswer!.exactMatch, 50);
  assertAlmostEquals(scores.hasAnswer!.f1, 100 * (2 / 3 + 1) / 2, 1e-12);
  assertEquals([scores.total, scores.hasAnswer!.total, scores.unanswered], [4, 2, 1]);
});

Deno.test("questions without answers are not scored by the rules of v1.1", () => {
  assertThrows(
    () => squadScores([["x"], []], ["x", ""], { version: "1.1" }),
    RangeError,
    "question 1 has no answer: that is SQuAD 2.0",
  );
  assertThrows(() => squadScores([["x"]], []), RangeError, "1 questions and 0 predictions");
});
