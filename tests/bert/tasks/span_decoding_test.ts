import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  bestNullThreshold,
  decodeSpans,
  type SpanExample,
  spanWindows,
  withNullThreshold,
} from "../../../lib/bert/tasks/mod.ts";
import { squadScores } from "../../../lib/metrics/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { smallWorldTokenizer } from "./support.ts";
import { golden } from "./task_golden.ts";

const tokenizer = await smallWorldTokenizer();
type Case = (typeof golden.spans)[number];

function decode(golden_: Case, { padding = 0, nullThreshold = 0 } = {}) {
  const { context, question, logits, noAnswer } = golden_;
  const example: SpanExample = { id: "1", context, question, answers: [] };
  const windows = spanWindows([example], tokenizer, golden_);
  const beyond = new Array(padding).fill(99);
  const rows = logits.map(([start, end]) =>
    Float32Array.of(...start, ...beyond, ...end, ...beyond)
  );
  return decodeSpans([example], windows, rows, noAnswer, { ...golden_, nullThreshold })[0];
}

Deno.test("answers, their order and their probabilities are those found by trying all pairs of places", () => {
  for (const golden_ of golden.spans) {
    const { text, nBest, nullScore } = decode(golden_);
    const { best, ...said } = golden_.said;
    assertEquals(text, said.text);
    assertEquals(nBest!.map(({ text }) => text), best.map(([text]) => text));
    nBest!.forEach(({ score, probability }, i) => {
      assertAlmostEquals(score, best[i][1], 1e-5);
      assertAlmostEquals(probability, best[i][2], 1e-5);
    });
    if (golden_.noAnswer && said.null !== null) assertAlmostEquals(nullScore!, said.null, 1e-5);
  }
});

Deno.test("what stands beyond a window's end is not looked at", () => {
  for (const golden_ of golden.spans) {
    assertEquals(decode(golden_, { padding: 7 }), decode(golden_));
  }
});

Deno.test("the threshold decides between silence and the best answer", () => {
  const cases = golden.spans.filter(({ noAnswer, said }) => noAnswer && said.best.length > 0);
  assertEquals(cases.length > 3, true);
  for (const golden_ of cases) {
    const { nullScore, nBest } = decode(golden_);
    assertEquals(decode(golden_, { nullThreshold: nullScore! - 1e-3 }).text, "");
    const spoken = decode(golden_, { nullThreshold: nullScore! + 1e-3 });
    assertEquals([spoken.text, spoken.start], [nBest![0].text, nBest![0].start]);
  }
});

Deno.test("every answer stands where it says", () => {
  for (const golden_ of golden.spans) {
    for (const { text, start } of decode(golden_).nBest!) {
      assertEquals(golden_.context.slice(start, start + text.length), text);
    }
  }
});

Deno.test("logits that are too few are refused", () => {
  const example = { id: "1", context: "a b", question: "c", answers: [] };
  const windows = spanWindows([example], tokenizer);
  assertThrows(() => decodeSpans([example], windows, [], false), RangeError, "0 rows of logits");
  assertThrows(
    () => decodeSpans([example], windows, [new Float32Array(4)], false),
    RangeError,
    "a window of 6 places has 2 start logits",
  );
});

Deno.test("the best threshold is the one that trying every threshold finds", () => {
  const random = createRandom(8);
  for (let round = 0; round < 30; round++) {
    const examples = Array.from({ length: 12 }, (_, i): SpanExample => ({
      id: `${i}`,
      context: "Anna Smith met Ben",
      question: "?",
      answers: random.bool() ? [] : [{ text: "Anna Smith", start: 0 }, { text: "Anna", start: 0 }],
    }));
    const predictions = examples.map(() => ({
      text: "",
      nBest: [{
        text: random.pick(["Anna", "Smith met", "Ben"]),
        start: 0,
        score: 1,
        probability: 1,
      }],
      nullScore: random.int(-4, 5) / 2,
    }));
    const truths = examples.map(({ answers }) => answers.map(({ text }) => text));
    const f1At = (threshold: number) => {
      const said = predictions.map((one) => withNullThreshold(one, threshold).text);
      return squadScores(truths, said, { version: "2.0" }).f1;
    };
    const { threshold, f1 } = bestNullThreshold(examples, predictions);
    assertAlmostEquals(f1At(threshold), f1, 1e-9);
    const all = [-Infinity, ...predictions.map(({ nullScore }) => nullScore)];
    assertAlmostEquals(Math.max(...all.map(f1At)), f1, 1e-9);
  }
});

Deno.test("predictions of v1.1 have no null score, and no threshold", () => {
  const example = { id: "1", context: "a", question: "b", answers: [] };
  assertThrows(
    () => bestNullThreshold([example], [{ text: "a" }]),
    RangeError,
    "number 0 has none",
  );
});
