import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { table } from "../../lib/plot/mod.ts";
import { clockText, countText, numberText } from "../../lib/plot/number_text.ts";

const rows = [{ net: "U-Net", error: 0.0612345, n: 12 }, { net: "a|b <i>", error: 0.2 }];

Deno.test("a table is aligned text, the best number bold, absent fields a dash", () => {
  assertEquals(
    String(table(rows, { caption: "Errors", digits: 3, highlight: { error: "min" } })),
    [
      "Errors",
      "",
      "| net      |      error |   n |",
      "| -------- | ---------: | --: |",
      "| U-Net    | **0.0612** |  12 |",
      "| a\\|b <i> |        0.2 |   – |",
    ].join("\n"),
  );
});

Deno.test("a table escapes what comes from data, in cells, heads and caption", () => {
  const evil = "<script>1</script>";
  const { data } = table([{ [evil]: evil }], { caption: evil }).render();
  const html = data["text/html"] as string;
  assert(!html.includes("<script"));
  assertEquals(html.split("&lt;script&gt;").length - 1, 3);
});

Deno.test("columns choose, order and name the fields", () => {
  const text = String(table(rows, { columns: [{ key: "error", label: "E", decimals: 2 }, "net"] }));
  assertStringIncludes(text, "|    E | net");
  assertStringIncludes(text, "| 0.06 | U-Net");
  assert(!text.includes("12"));
});

Deno.test("a column that no row has is an error that names the fields", () => {
  assertThrows(
    () => table(rows, { columns: ["eror"] }),
    RangeError,
    `"eror"; the fields are net, error, n`,
  );
});

Deno.test("the largest can be the best, and all that share it are", () => {
  const { data } = table([{ f1: 2 }, { f1: 2 }, { f1: 1 }], { highlight: { f1: "max" } }).render();
  assertEquals((data["text/html"] as string).match(/<strong>2<\/strong>/g)?.length, 2);
});

Deno.test("numbers keep the digits that matter", () => {
  assertEquals(
    [0, 1, -0.5, 1 / 3, 1234.5678, 99_999.9, 2e-5, 1.5e20, NaN, -Infinity, 0.1 + 0.2].map((x) =>
      numberText(x)
    ),
    ["0", "1", "-0.5", "0.3333", "1235", "100000", "2e-5", "1.5e20", "NaN", "-∞", "0.3"],
  );
  assertEquals([0, 59.6, 3600, NaN].map(clockText), ["0:00", "1:00", "1:00:00", "–"]);
  assertEquals([countText(1, "pixel"), countText(12345, "pixel")], [
    "1 pixel",
    "12\u202f345 pixels",
  ]);
});
