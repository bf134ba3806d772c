import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attentionShare } from "../../lib/bert/mod.ts";

Deno.test("a head that looks back has share 1 one before and 0 elsewhere; rows without that place do not count", () => {
  // Two heads, three places: the first looks one back (the first place at itself), the second spreads evenly.
  const values = [1, 0, 0, 1, 0, 0, 0, 1, 0, ...Array(9).fill(1 / 3)];
  assertEquals(attentionShare(values, 3, 0, (r) => r - 1), 1);
  assertEquals(attentionShare(values, 3, 0, (r) => r + 1), 0);
  assertAlmostEquals(attentionShare(values, 3, 0, (r) => r), 1 / 3);
  assertAlmostEquals(attentionShare(values, 3, 1, () => 2), 1 / 3);
});
