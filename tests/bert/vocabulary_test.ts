import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SPECIAL_TOKENS, Vocabulary } from "../../lib/bert/mod.ts";

Deno.test("a vocabulary without [UNK] is refused by name", async () => {
  const file = await Deno.makeTempFile({ suffix: ".txt" });
  await Deno.writeTextFile(file, "[PAD]\n[CLS]\n[SEP]\n[MASK]\na\n");
  await assertRejects(() => Vocabulary.fromText(file), Error, `${file} has 5 pieces but no [UNK]`);
  await Deno.remove(file);
});

Deno.test("unknown ids and pieces are sentences with the range", () => {
  const vocabulary = new Vocabulary([...SPECIAL_TOKENS, "a"]);
  assertThrows(
    () => vocabulary.piece(6),
    RangeError,
    "id 6 is outside the vocabulary, which has ids 0 to 5",
  );
  assertThrows(() => vocabulary.id("b"), Error, `"b" is not a piece`);
  assertEquals(vocabulary.find("b"), undefined);
});

Deno.test("a vocabulary written as text is read back", async () => {
  const file = await Deno.makeTempFile({ suffix: ".txt" });
  const vocabulary = new Vocabulary([...SPECIAL_TOKENS, "é", "##🙂"]);
  await Deno.writeTextFile(file, vocabulary.toText());
  assertEquals((await Vocabulary.fromText(file)).pieces, vocabulary.pieces);
  await Deno.remove(file);
});

Deno.test("a capital letter outside the brackets makes a vocabulary cased", () => {
  assertEquals(new Vocabulary([...SPECIAL_TOKENS, "a"]).isCased, false);
  assertEquals(new Vocabulary([...SPECIAL_TOKENS, "É"]).isCased, true);
});
