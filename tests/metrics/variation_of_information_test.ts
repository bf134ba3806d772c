import { assertAlmostEquals, assertEquals } from "@std/assert";
import { variationOfInformation } from "../../lib/metrics/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

for (const [k, pair] of golden.pairs.entries()) {
  Deno.test(`variation of information is scikit-image's on pair ${k}`, () => {
    const truth = labelImage(pair.truth, pair), result = labelImage(pair.result, pair);
    const { total, splits, mergers } = variationOfInformation(truth, result);
    assertAlmostEquals(splits, pair.variation[0], 1e-12);
    assertAlmostEquals(mergers, pair.variation[1], 1e-12);
    assertEquals(total, splits + mergers);
  });
}

Deno.test("variation of information is a distance: 0 to itself, the same both ways", () => {
  const [{ truth, result, ...size }] = golden.pairs;
  const a = labelImage(truth, size), b = labelImage(result, size);
  assertEquals(variationOfInformation(a, a).total, 0);
  const there = variationOfInformation(a, b), back = variationOfInformation(b, a);
  assertAlmostEquals(there.total, back.total, 1e-14);
  assertAlmostEquals(there.splits, back.mergers, 1e-14);
});
