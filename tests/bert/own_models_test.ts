// The models in data/models that come along with the project.
import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import { BertForPreTraining, BertTokenizer, fillIn, ownModel } from "../../lib/bert/mod.ts";
import { countParameters } from "../../lib/nn/mod.ts";

Deno.test("bert_mini is whole, small, and has read English", async () => {
  await useBackend({ prefer: "wasm" });
  const { folder } = ownModel("bert_mini");
  const { size } = await Deno.stat(join(folder, "model.safetensors"));
  assertLess(size, 12e6);
  const model = await BertForPreTraining.load(folder);
  const tokenizer = await BertTokenizer.load(folder);
  try {
    const { missing, unexpected } = model.loaded!;
    assertEquals([missing, unexpected], [[], []]);
    const { layers, hiddenSize, vocabSize } = model.config;
    assertEquals([layers, hiddenSize, vocabSize], [4, 256, 8192]);
    assertEquals(tokenizer.vocabulary.size, vocabSize);
    assertEquals(countParameters(model.parameters), 5_430_786);
    const answers = {
      "The president of the United [MASK] spoke to the Congress.": "states",
      "He was born in the 19th [MASK].": "century",
      "I am proud [MASK] this country.": "of",
      "More [MASK] one million people live there.": "than",
    };
    for (const [gap, answer] of Object.entries(answers)) {
      const [[best]] = await fillIn(model, tokenizer, gap, { top: 1 });
      assertEquals(best.piece, answer, gap);
      assert(best.probability > 0.5, `${gap}: ${best.probability}`);
    }
  } finally {
    model.dispose();
  }
});
