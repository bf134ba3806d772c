import { assertEquals } from "@std/assert";
import { conllevalAccuracy, conllevalShare, entityScores } from "../../lib/metrics/mod.ts";
import { golden } from "./text_golden.ts";

Deno.test("percent are printed as conlleval prints them, to the last digit", () => {
  let ties = 0;
  for (const { text, conlleval } of golden.files) {
    const sentences = text.trim().split("\n\n").map((sentence) =>
      sentence.split("\n").map((line) => line.split(" "))
    );
    const column = (c: number) => sentences.map((rows) => rows.map((cells) => cells[c]));
    const scores = entityScores(column(2), column(3));
    const { precision, recall, fb1 } = conllevalShare(scores);
    const printed = [conllevalAccuracy(scores), precision, recall, fb1].map(Number);
    const { accuracy, words } = conlleval;
    assertEquals(printed, [accuracy, conlleval.precision, conlleval.recall, conlleval.f1]);
    if (Math.abs(100 * scores.accuracy - accuracy) > 0.00499) ties++;
    assertEquals(scores.words, words);
  }
  assertEquals(golden.files.length, 24);
  assertEquals(ties > 5, true, "too few of the files have a share halfway between two digits");
});

Deno.test("nothing found and nothing there are 0 per cent", () => {
  assertEquals(conllevalShare({ correct: 0, predicted: 0, total: 0 }), {
    precision: "0.00",
    recall: "0.00",
    fb1: "0.00",
  });
});
