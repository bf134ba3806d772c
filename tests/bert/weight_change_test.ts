import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { rememberWeights, restoreWeights, weightChange } from "../../lib/bert/mod.ts";

const parameters = () =>
  new Map<string, tf.Variable>([
    ["bert.embeddings.word_embeddings.weight", tf.variable(tf.tensor1d([3, 4]))],
    ["bert.encoder.layer.0.output.dense.weight", tf.variable(tf.tensor1d([1, 0]))],
    ["bert.encoder.layer.0.output.dense.bias", tf.variable(tf.tensor1d([0]))],
    ["classifier.weight", tf.variable(tf.tensor1d([2]))],
  ]);

Deno.test("the change of a part is the length of its step over its own length", async () => {
  const weights = parameters();
  const before = await rememberWeights(weights);
  weights.get("bert.embeddings.word_embeddings.weight")!.assign(tf.tensor1d([3, 4.5]));
  weights.get("bert.encoder.layer.0.output.dense.bias")!.assign(tf.tensor1d([0.25]));
  const changes = await weightChange(before, weights);
  assertEquals(changes.map(({ part }) => part), ["embeddings", "layer 1", "classifier"]);
  [0.1, 0.25, 0].forEach((change, i) => assertAlmostEquals(changes[i].change, change, 1e-6));
});

Deno.test("remembered weights are copies and can be brought back", async () => {
  const weights = parameters();
  const before = await rememberWeights(weights);
  weights.get("classifier.weight")!.assign(tf.tensor1d([7]));
  assertEquals([...before.get("classifier.weight")!], [2]);
  restoreWeights(weights, before);
  assertEquals([...weights.get("classifier.weight")!.dataSync()], [2]);
});

Deno.test("a parameter that was not remembered is named", async () => {
  await assertRejects(() => weightChange(new Map(), parameters()), Error, "word_embeddings.weight");
});
