import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { constant, warmupCosine, warmupLinear } from "../../lib/train/mod.ts";

Deno.test("BERT's schedule starts at 0, drops a little where warm-up ends, and ends at 0", () => {
  const at = warmupLinear({ peak: 1e-4, warmup: 10_000, total: 1_000_000 });
  assertEquals(at(0), 0);
  assertAlmostEquals(at(9_999), 1e-4 * 0.9999, 1e-12);
  assertAlmostEquals(at(10_000), 1e-4 * 0.99, 1e-12);
  assertEquals(at(1_000_000), 0);
  assertEquals(at(2_000_000), 0);
});

Deno.test("the cosine warms up from above 0, falls all the way and stays at 0", () => {
  const at = warmupCosine({ peak: 2, warmup: 10, total: 110 });
  assertEquals(at(0) > 0, true);
  for (let step = 1; step < 10; step++) assertEquals(at(step) > at(step - 1), true);
  for (let step = 11; step <= 110; step++) assertEquals(at(step) < at(step - 1), true);
  assertEquals([at(9), at(10)], [2, 2]);
  assertAlmostEquals(at(60), 1, 1e-12);
  assertAlmostEquals(at(110), 0, 1e-12);
  assertEquals(at(500), at(110));
});

Deno.test("schedules refuse numbers that do not fit", () => {
  assertThrows(() => constant(0), RangeError, "positive number; got 0");
  assertThrows(
    () => warmupLinear({ peak: 1, warmup: 5, total: 5 }),
    RangeError,
    "0 <= warmup < total; got warmup 5, total 5",
  );
  assertThrows(() => warmupCosine({ peak: NaN, warmup: 0, total: 5 }), RangeError, "got NaN");
});
