import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { adaptedRandError } from "../../lib/metrics/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

for (const [k, pair] of golden.pairs.entries()) {
  Deno.test(`adapted Rand error is scikit-image's on pair ${k}`, () => {
    const truth = labelImage(pair.truth, pair), result = labelImage(pair.result, pair);
    for (
      const [options, expected] of [
        [{}, pair.adaptedRand],
        [{ alpha: 0.2 }, pair.adaptedRandAlpha02],
      ] as const
    ) {
      const { error, precision, recall } = adaptedRandError(truth, result, options);
      [error, precision, recall].forEach((v, i) => assertAlmostEquals(v, expected[i], 1e-12));
    }
  });
}

Deno.test("adapted Rand error of scikit-image's own example", () => {
  const size = { width: 2, height: 2 };
  const truth = labelImage([2, 1, 1, 2], size), result = labelImage([1, 2, 3, 1], size);
  const { error, precision, recall } = adaptedRandError(truth, result);
  assertAlmostEquals(error, 0.3333333, 1e-6);
  assertEquals([precision, recall], [0.5, 1]);
});

Deno.test("adapted Rand error exchanges precision and recall with its arguments", () => {
  const { truth, result, ...size } = golden.pairs[4];
  const inside = (labels: number[]) => labelImage(labels.map((v) => v + 1), size); // no label 0
  const there = adaptedRandError(inside(truth), inside(result));
  const back = adaptedRandError(inside(result), inside(truth));
  assertAlmostEquals(back.error, there.error, 1e-14);
  assertEquals([back.precision, back.recall], [there.recall, there.precision]);
});

Deno.test("adapted Rand error refuses an empty truth, another size and a wild alpha", () => {
  const one = labelImage([1], { width: 1, height: 1 }), none = labelImage([0], one);
  assertThrows(() => adaptedRandError(none, one), RangeError, "the true label image is empty");
  assertThrows(() => adaptedRandError(one, one, { alpha: 2 }), RangeError, "alpha is 2");
  const two = labelImage([1, 1], { width: 2, height: 1 });
  assertThrows(() => adaptedRandError(one, two), RangeError, "the result is 2 x 1");
});
