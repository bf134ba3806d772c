import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pearson, ranks, spearman } from "../../lib/metrics/mod.ts";
import { golden } from "./text_golden.ts";

Deno.test("Pearson's and Spearman's correlations are SciPy's, with and without ties", () => {
  for (const { x, y, ...expected } of golden.correlation) {
    assertAlmostEquals(pearson(x, y), expected.pearson, 1e-12);
    assertAlmostEquals(spearman(x, y), expected.spearman, 1e-12);
    assertEquals([...ranks(x)], expected.ranks);
  }
});

Deno.test("Spearman's correlation sees only the order", () => {
  const { x, y } = golden.correlation[2];
  assertAlmostEquals(spearman(x.map((v) => v ** 3), y), spearman(x, y), 1e-12);
  assertAlmostEquals(spearman(x, y.map((v) => -v)), -spearman(x, y), 1e-12);
});

Deno.test("a constant has no correlation", () => {
  assertEquals(pearson([1, 2, 3], [0.1, 0.1, 0.1]), NaN);
  assertEquals(spearman([2, 2], [1, 5]), NaN);
});

Deno.test("what is no finite number, or too few of them, is refused", () => {
  assertThrows(() => pearson([1], [1]), RangeError, "at least two");
  assertThrows(() => pearson([1, 2], [1]), RangeError, "2 values against 1");
  assertThrows(() => spearman([1, NaN], [1, 2]), RangeError, "value 1 is NaN");
});
