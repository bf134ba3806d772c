import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { useBackend } from "../../lib/backend/mod.ts";
import { sinusoidalPositions } from "../../lib/bert/mod.ts";

await useBackend({ prefer: "cpu" });

Deno.test("sinusoids: the paper's values in the columns of sines and cosines", async () => {
  const table = sinusoidalPositions(4, 6, { std: Math.SQRT1_2 }); // amplitude 1
  const rows = await table.array();
  table.dispose();
  assertEquals(rows[0], [0, 0, 0, 1, 1, 1]);
  const angles = [3, 3 / 10_000 ** (2 / 6), 3 / 10_000 ** (4 / 6)];
  const expected = [...angles.map(Math.sin), ...angles.map(Math.cos)];
  expected.forEach((x, i) => assertAlmostEquals(rows[3][i], x, 1e-6));
});

Deno.test("sinusoids: the resemblance of two places depends on their distance alone", async () => {
  const table = sinusoidalPositions(32, 64, { std: 0.04, base: 100 });
  const products = await table.matMul(table, false, true).array() as number[][];
  table.dispose();
  for (const distance of [0, 1, 5, 20]) {
    for (let place = 0; place + distance < 32; place++) {
      assertAlmostEquals(products[place][place + distance], products[0][distance], 1e-6);
    }
  }
  assertAlmostEquals(products[0][0], 64 * 0.04 ** 2, 1e-6); // H std^2
  assertThrows(() => sinusoidalPositions(4, 5), RangeError, "hiddenSize is 5");
});
