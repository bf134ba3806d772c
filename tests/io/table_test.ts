import { assertEquals, assertThrows } from "@std/assert";
import { readCommaSeparated, readTabSeparated } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const cells = (rows: readonly { readonly cells: readonly string[] }[]) => rows.map((r) => r.cells);

Deno.test("in a table with tabs quotation marks are text, and only a line feed ends a row", () => {
  const rows = readTabSeparated('\ufeff"a\tb"c\r\nd\u2028e\u0085\t\rf\n\n \n');
  assertEquals(rows, [
    { line: 1, cells: ['"a', 'b"c'] },
    { line: 2, cells: ["d\u2028e\u0085", "\rf"] },
  ]);
});

Deno.test("an empty line inside a table is a row, so that it can be missed", () => {
  assertEquals(readTabSeparated("a\n\nb").map(({ line }) => line), [1, 2, 3]);
});

Deno.test("what is written with commas and quotation marks is read back", () => {
  const random = createRandom(4);
  const letters = ["a", "b", ",", '"', "\n", " ", "é", "\r\n"];
  for (let round = 0; round < 200; round++) {
    const width = random.int(2, 5);
    const table = Array.from(
      { length: random.int(1, 5) },
      () =>
        Array.from(
          { length: width },
          () => Array.from({ length: random.int(0, 4) }, () => random.pick(letters)).join(""),
        ),
    );
    const quoted = (cell: string) =>
      /[,"\r\n]/.test(cell) || random.bool(0.3) ? `"${cell.replaceAll('"', '""')}"` : cell;
    const end = random.pick(["\n", "\r\n"]);
    const text = table.map((row) => row.map(quoted).join(",")).join(end) + random.pick(["", end]);
    assertEquals(cells(readCommaSeparated(text)), table, JSON.stringify(text));
  }
});

Deno.test("rows of a table with commas know their first line", () => {
  const rows = readCommaSeparated('\ufeffa,b\n"x\n\ny",z\n1,2\n');
  assertEquals(rows.map(({ line }) => line), [1, 2, 5]);
});

Deno.test("a cell that opens with a quotation mark and does not close is refused", () => {
  for (const text of ['a\n"b', 'a\n"b"c,d']) {
    assertThrows(() => readCommaSeparated(text), RangeError, "a quotation mark in line 2");
  }
});
