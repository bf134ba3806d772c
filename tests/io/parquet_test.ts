import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { ParquetError, readParquet } from "../../lib/io/mod.ts";

const file = (name: string) =>
  fromFileUrl(new URL(`../golden/task_parquet/${name}`, import.meta.url));

Deno.test("a parquet file gives texts, whole numbers as numbers, and the names of its classes", async () => {
  const { columns, rows, classNames } = await readParquet(
    file("mrpc/validation-00000-of-00001.parquet"),
  );
  assertEquals(columns, ["sentence1", "sentence2", "label", "idx"]);
  assertEquals(rows[1], {
    sentence1: "It rains.",
    sentence2: "It snows – café 😀.",
    label: 0,
    idx: 11,
  });
  assertEquals(classNames.get("label"), ["not_equivalent", "equivalent"]);
});

Deno.test("lists and records inside a row are read, also of empty lists", async () => {
  const { columns, rows } = await readParquet(file("squad_v2/validation-00000-of-00001.parquet"));
  assertEquals(columns, ["id", "title", "context", "question", "answers"]);
  assertEquals(rows.map(({ answers }) => answers), [
    { text: ["Anna"], answer_start: [2] },
    { text: [], answer_start: [] },
  ]);
  const tagged = await readParquet(file("conll2003/train-00000-of-00001.parquet"));
  assertEquals(tagged.rows[0].tokens, ["Anna", "Smith", "sleeps"]);
  assertEquals(tagged.rows[0].ner_tags, [1, 2, 0]);
  assertEquals(tagged.classNames.get("ner_tags")?.[1], "B-PER");
});

Deno.test("a file without names of classes, uncompressed, is read too", async () => {
  const { rows, classNames } = await readParquet(file("mnli/train-00001-of-00002.parquet"));
  assertEquals([rows.length, classNames.size], [2, 0]);
});

Deno.test("what is no parquet file, or half of one, is refused by its name", async () => {
  const whole = await Deno.readFile(file("mrpc/validation-00000-of-00001.parquet"));
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  try {
    for (const bytes of [new TextEncoder().encode("no parquet at all"), whole.slice(0, 900)]) {
      await Deno.writeFile(path, bytes);
      await assertRejects(() => readParquet(path), ParquetError, `${path} cannot be read`);
    }
  } finally {
    await Deno.remove(path);
  }
});
