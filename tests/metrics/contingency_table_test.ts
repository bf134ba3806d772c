import { assertEquals, assertThrows } from "@std/assert";
import { contingencyTable, marginal } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

Deno.test("a contingency table counts every pair of labels once, however many and however large", () => {
  const random = createRandom(3);
  const label = () => random.int(90) * 23_456_789 - 1_000_000_000;
  const a = Int32Array.from({ length: 50_000 }, label);
  const b = Int32Array.from({ length: 50_000 }, label);
  const expected = new Map<string, number>();
  a.forEach((v, i) => {
    const pair = `${v} ${b[i]}`;
    expected.set(pair, (expected.get(pair) ?? 0) + 1);
  });
  const { rows, columns, counts, total } = contingencyTable(a, b);
  assertEquals(rows.length, expected.size);
  rows.forEach((row, k) => assertEquals(counts[k], expected.get(`${row} ${columns[k]}`)));
  assertEquals(total, 50_000);
});

Deno.test("ignored pixels are in no count", () => {
  const a = Int32Array.of(0, 0, 1, 1, 2, 0), b = Int32Array.of(1, 1, 1, 0, 0, 0);
  const table = contingencyTable(a, b, { ignore: 0 });
  assertEquals(table.total, 3);
  assertEquals(marginal(table, "rows"), new Map([[1, 2], [2, 1]]));
  assertEquals(marginal(table, "columns"), new Map([[1, 1], [0, 2]]));
});

Deno.test("two pictures of different size have no contingency table", () => {
  assertThrows(
    () => contingencyTable(new Int32Array(4), new Int32Array(5)),
    RangeError,
    "a contingency table of 4 and 5 labels",
  );
});
