import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { accuracy, binaryF1, matthewsCorrelation } from "../../lib/metrics/mod.ts";
import { golden } from "./text_golden.ts";

Deno.test("accuracy, F1 and Matthews's correlation are scikit-learn's, for two classes and for more", () => {
  for (const { truth, predicted, ...expected } of golden.classification) {
    assertAlmostEquals(accuracy(truth, predicted), expected.accuracy, 1e-15);
    assertEquals(binaryF1(truth, predicted, 1), expected.f1); // to the last digit
    assertAlmostEquals(matthewsCorrelation(truth, predicted), expected.matthews, 1e-14);
  }
});

Deno.test("Matthews's correlation does not depend on the names of the classes, and is 1 for the truth", () => {
  const { truth, predicted, matthews } = golden.classification[4];
  const named = (labels: number[]) => labels.map((label) => "edcba"[label]);
  assertAlmostEquals(matthewsCorrelation(named(truth), named(predicted)), matthews, 1e-14);
  assertEquals(matthewsCorrelation(truth, truth), 1);
});

Deno.test("predictions that are not as many as the labels are refused", () => {
  assertThrows(() => accuracy([1, 2], [1]), RangeError, "2 true values and 1 predictions");
  assertThrows(() => matthewsCorrelation([], []), RangeError, "at least one");
  assertThrows(() => binaryF1([1], [], 1), RangeError, "1 true values and 0 predictions");
});
