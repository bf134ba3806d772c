import { assertEquals, assertThrows } from "@std/assert";
import { SWAG } from "../../../lib/bert/tasks/mod.ts";
import { assertRefuses, parquetFolder, smallWorldTokenizer, withFiles } from "./support.ts";

const HEADER =
  ",video-id,fold-ind,startphrase,sent1,sent2,gold-source,ending0,ending1,ending2,ending3";
const EXAMPLE = {
  id: "0",
  a: "She opens the box, slowly.",
  choices: ['She says "no".', "She looks inside.", "She flies.", "She is a box."],
};
const ROW =
  '0,v1,1,x,"She opens the box, slowly.",She,gold,"says ""no"".",looks inside.,flies.,is a box.';

Deno.test("SWAG is read in its official layout: commas, quotation marks, the noun before every ending", async () => {
  const files = {
    "SWAG/train.csv": `${HEADER},label\n${ROW},1\n`,
    "SWAG/val.csv": `${HEADER},label\r\n${ROW},3\r\n`,
    "SWAG/test.csv": `${HEADER}\n${ROW}\n`,
  };
  await withFiles(files, async (folder) => {
    assertEquals(await SWAG.read(folder, "train"), [{ ...EXAMPLE, label: 1 }]);
    assertEquals(await SWAG.read(folder, "dev"), [{ ...EXAMPLE, label: 3 }]);
    assertEquals(await SWAG.read(folder, "test"), [EXAMPLE]);
  });
});

Deno.test("SWAG is read from Hugging Face's parquet files", async () => {
  const [{ a, choices, label }] = await SWAG.read(parquetFolder, "train");
  assertEquals([a, choices[1], label], ["She opens the box.", "She looks inside.", 1]);
});

Deno.test("every choice is a sequence with the first sentence before it", async () => {
  const tokenizer = await smallWorldTokenizer();
  const example = { id: "0", a: "the river", choices: ["a", "b", "c", "d"], label: 2 };
  const [{ encodings, targets }] = SWAG.features([example], tokenizer);
  assertEquals(targets, [2]);
  assertEquals(
    encodings.map(({ inputIds }) => tokenizer.pieces(inputIds).join(" ")),
    ["a", "b", "c", "d"].map((b) =>
      tokenizer.pieces(tokenizer.encode("the river", b).inputIds).join(" ")
    ),
  );
  assertEquals(SWAG.predict([example], [], [Float32Array.of(0, 1, 3, 2)]), [2]);
  assertEquals(SWAG.score([example, example], [2, 0]), { accuracy: 0.5 });
});

Deno.test("a choice that there is not, and examples with fewer choices, are refused", async () => {
  for (const label of ["4", "-2", "1.5", "x", ""]) {
    await assertRefuses(
      { "val.csv": `${HEADER},label\n${ROW},${label}\n` },
      (folder) => SWAG.read(folder, "dev"),
      `val.csv, line 2: the label is "${label}"; expected a whole number from 0 to 3`,
    );
  }
  await assertRefuses(
    { "val.csv": `${HEADER},label\n${ROW},1\n"unclosed\n` },
    (folder) => SWAG.read(folder, "dev"),
    "val.csv: the cell that begins with a quotation mark in line 3",
  );
  const tokenizer = await smallWorldTokenizer();
  assertThrows(
    () => SWAG.features([{ id: "0", a: "x", choices: ["y"] }], tokenizer),
    RangeError,
    "example 0 has 1 choices; expected 4",
  );
});
