import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { sentenceTask, type SentenceTaskOptions } from "../../../lib/bert/tasks/mod.ts";
import { pearson, spearman } from "../../../lib/metrics/mod.ts";
import { smallWorldTokenizer } from "./support.ts";

const tokenizer = await smallWorldTokenizer();
const source = { splits: ["train", "dev"], read: () => Promise.resolve([]) };
const make = (answer: SentenceTaskOptions["answer"], family: "pair" | "single" = "pair") =>
  sentenceTask({ name: "test", title: "?", family, answer, source });
const classes = make({
  labels: ["no", "yes"],
  metrics: ["f1", "accuracy", "matthews_correlation"],
});
const numbers = make({ range: [0, 5], metrics: ["pearson", "spearman"] });

Deno.test("a pair becomes one sequence with the number of its class, cut at its longer text", () => {
  const long = "the town of corbury lies on the river and the river is long";
  const examples = [{ id: "0", a: long, b: "the mill", label: "yes" }, { id: "1", a: "a" }];
  const [pair, single] = classes.features(examples, tokenizer, { maxLength: 12 });
  assertEquals(pair.targets, [1]);
  assertEquals(pair.example, 0);
  assertEquals(
    tokenizer.pieces(pair.encodings[0].inputIds),
    tokenizer.pieces(tokenizer.encode(long, "the mill", { maxLength: 12 }).inputIds),
  );
  assertEquals(tokenizer.pieces(single.encodings[0].inputIds), ["[CLS]", "a", "[SEP]"]);
  assertEquals("targets" in single, false); // no label, as in a test file
});

Deno.test("without being told otherwise a sequence has at most 128 pieces", () => {
  const [{ encodings }] = classes.features([{ id: "0", a: "river ".repeat(300) }], tokenizer);
  assertEquals(encodings[0].inputIds.length, 128);
});

Deno.test("the class of the largest logit is predicted; a regression's logit is the prediction", () => {
  const examples = ["0", "1"].map((id) => ({ id, a: "x", label: 1 }));
  const logits = [Float32Array.of(1, 3), Float32Array.of(0.5, 0.25)];
  assertEquals(classes.predict(examples, [], logits), ["yes", "no"]);
  assertEquals(numbers.predict(examples, [], [Float32Array.of(7.5), Float32Array.of(-1)]), [
    7.5,
    -1,
  ]);
});

Deno.test("scores are those of the metrics that the task names", () => {
  const truth = ["yes", "yes", "no", "no", "yes"], said = ["yes", "no", "no", "yes", "yes"];
  const examples = truth.map((label, i) => ({ id: `${i}`, a: "x", label }));
  const scores = classes.score(examples, said);
  assertEquals(Object.keys(scores), ["f1", "accuracy", "matthews_correlation"]);
  assertAlmostEquals(scores.f1, 2 / 3);
  assertAlmostEquals(scores.accuracy, 3 / 5);
  assertAlmostEquals(scores.matthews_correlation, 1 / 6, 1e-12); // (2*1 - 1*1) / sqrt(3*3*2*2)
  const x = [1, 2, 3, 4], y = [1, 1.5, 4, 2];
  const rated = x.map((label, i) => ({ id: `${i}`, a: "x", label }));
  assertEquals(numbers.score(rated, y), { pearson: pearson(x, y), spearman: spearman(x, y) });
});

Deno.test("a label that the task does not know, a test file's lack of one, and too few predictions are refused", () => {
  const example = { id: "4", a: "x", label: "perhaps" };
  assertThrows(
    () => classes.features([example], tokenizer),
    RangeError,
    'test: a label is "perhaps"; expected no or yes',
  );
  assertThrows(
    () => classes.score([{ id: "4", a: "x" }], ["no"]),
    RangeError,
    "example 4 has no label",
  );
  assertThrows(() => classes.score([example], []), RangeError, "0 predictions for 1 examples");
});
