import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { confusionMatrix, semanticScores } from "../../lib/metrics/mod.ts";
import { golden } from "../support/labels_golden.ts";

for (const { classes, truth, predicted, ...expected } of golden.classes) {
  Deno.test(`FCN's four scores of ${classes} classes are those of its formula in numpy`, () => {
    const scores = semanticScores(confusionMatrix(truth, predicted, classes));
    assertAlmostEquals(scores.pixelAccuracy, expected.pixelAccuracy, 1e-14);
    assertAlmostEquals(scores.meanAccuracy, expected.meanAccuracy, 1e-14);
    assertAlmostEquals(scores.meanIu, expected.meanIu, 1e-14);
    assertAlmostEquals(scores.frequencyWeightedIu, expected.frequencyWeightedIu, 1e-14);
  });
}

Deno.test("a confusion matrix has a row per true class and leaves the ignored class out", () => {
  const { counts } = confusionMatrix([0, 0, 1, 255, 1], [0, 1, 1, 1, 1], 2, { ignore: 255 });
  assertEquals([...counts], [1, 1, 0, 2]);
});

Deno.test("a confusion matrix refuses classes out of range, and an empty one has no scores", () => {
  assertThrows(() => confusionMatrix([0, 3], [0, 0], 3), RangeError, "item 1 has true class 3");
  assertThrows(() => confusionMatrix([0], [0.5], 3), RangeError, "predicted class 0.5");
  assertThrows(() => confusionMatrix([0], [], 3), RangeError, "1 true classes but 0");
  assertThrows(() => semanticScores(confusionMatrix([], [], 3)), RangeError, "is empty");
});
