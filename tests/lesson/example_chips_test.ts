import { assertEquals } from "@std/assert";
import { BertTokenizer, SPECIAL_TOKENS, Vocabulary } from "../../lib/bert/mod.ts";
import { exampleChips } from "../../lib/lesson/mod.ts";

Deno.test("an exercise shows its hidden pieces with their answers below", () => {
  const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, "she", "slept", "rain"]));
  const { plain, source } = exampleChips({
    inputIds: Int32Array.of(2, 5, 4, 3, 7, 3), // [CLS] she [MASK] [SEP] rain [SEP]
    tokenTypeIds: Int32Array.of(0, 0, 0, 0, 1, 1),
    maskedPositions: Int32Array.of(2),
    maskedLabels: Int32Array.of(6),
    isRandomNext: true,
  }, tokenizer);
  assertEquals(plain, "B is from elsewhere: [CLS] she [MASK] (slept) [SEP] rain [SEP]");
  assertEquals(source.includes("#D55E00"), true); // the colour of group 1
});
