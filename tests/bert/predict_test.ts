import { assert, assertEquals } from "@std/assert";
import { newForTask, predict, predictLogits } from "../../lib/bert/mod.ts";
import { findTask, type SentenceTask } from "../../lib/bert/tasks/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { encodingOf, taskWith, tinyBertFor } from "./fine_tuning_support.ts";
import { largestDifference } from "./support.ts";

const { tokenizer, config } = tinyBertFor(["the cat saw a dog in the old garden"]);

Deno.test("logits come in the order of the features, whatever the batch size and the neighbours", async () => {
  const task = taskWith({ kind: "classes", labels: ["a", "b", "c"] });
  const model = newForTask(task, config, { random: createRandom(1) });
  const features = [9, 3, 30, 4, 12].map((length, example) => ({
    example,
    encodings: [encodingOf(Array.from({ length }, (_, t) => 5 + (t * 3 + example) % 7))],
  }));
  const heard: number[] = [];
  const progress = (done: number) => heard.push(done);
  const [two, all] = [
    await predictLogits(model, features, { batchSize: 2, progress }),
    await predictLogits(model, features),
  ];
  for (const [i, feature] of features.entries()) {
    const [alone] = await predictLogits(model, [feature]);
    assertEquals(alone.length, 3);
    assert(largestDifference(alone, two[i]) < 1e-5);
    assert(largestDifference(alone, all[i]) < 1e-5);
  }
  assertEquals(heard, [2, 4, 5]);
  model.dispose();
});

Deno.test("windows begin where the caller wants them, else after a third of what the model reads", async () => {
  const strides: (number | undefined)[] = [];
  const task = findTask("SST-2") as SentenceTask;
  const model = newForTask(task, { ...config, maxPositions: 12 }, { random: createRandom(1) });
  const listening: SentenceTask = {
    ...task,
    features(examples, tokenizer, options) {
      strides.push(options?.stride);
      return task.features(examples, tokenizer, options);
    },
  };
  const given = { task: listening, model, tokenizer, examples: [{ id: "0", a: "the cat" }] };
  await predict(given);
  await predict({ ...given, stride: 5 });
  assertEquals(strides, [4, 5]);
  model.dispose();
});

Deno.test("a text without a label is judged, and one that is too long is cut to what the model reads", async () => {
  const task = findTask("SST-2") as SentenceTask;
  const model = newForTask(task, { ...config, maxPositions: 12 }, { random: createRandom(1) });
  const examples = [{ id: "0", a: "the cat saw a dog" }, {
    id: "1",
    a: "the old garden ".repeat(30),
  }];
  const said = await predict({ task, model, tokenizer, examples });
  assertEquals(said.length, 2);
  assert(said.every((label) => label === "negative" || label === "positive"), `${said}`);
  model.dispose();
});
