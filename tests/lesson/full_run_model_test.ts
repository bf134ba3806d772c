import { assertEquals } from "@std/assert";
import { bertConfig, newForTask, SPECIAL_TOKENS, Vocabulary } from "../../lib/bert/mod.ts";
import { findTask } from "../../lib/bert/tasks/mod.ts";
import { fullRunModel } from "../../lib/lesson/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

Deno.test("a lesson finds the model of a full run with its head, and undefined where none was made", async () => {
  const runs = await Deno.makeTempDir(), task = findTask("SQuAD");
  assertEquals(await fullRunModel(task, { runs }), undefined);

  const vocabulary = new Vocabulary([...SPECIAL_TOKENS, "a", "A"]);
  const config = bertConfig({ vocabSize: vocabulary.size, hiddenSize: 8, layers: 1, heads: 2 });
  const model = newForTask(task, config, { random: createRandom(3) });
  await Deno.mkdir(`${runs}/SQuAD/seed_2`, { recursive: true });
  await model.save(`${runs}/SQuAD/seed_2`);
  await Deno.writeTextFile(`${runs}/SQuAD/seed_2/vocab.txt`, vocabulary.toText());
  const found = await fullRunModel(task, { runs });
  const head = "qa_outputs.weight";
  assertEquals(
    await found!.model.parameters.get(head)!.data(),
    await model.parameters.get(head)!.data(),
  );
  assertEquals(found!.tokenizer.lowercase, false);
  found!.model.dispose();
  model.dispose();
  await Deno.remove(runs, { recursive: true });
});
