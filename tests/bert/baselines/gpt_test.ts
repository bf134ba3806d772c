import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import {
  bertConfig,
  Gpt,
  neighbours,
  stackSequences,
  trainLanguageModel,
} from "../../../lib/bert/mod.ts";
import { countParameters } from "../../../lib/nn/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { largestDifference } from "../support.ts";

const config = bertConfig({
  vocabSize: 12,
  hiddenSize: 16,
  layers: 2,
  heads: 2,
  maxPositions: 10,
  hiddenAct: "gelu_new",
  initializerRange: 0.1,
});
const newGpt = () => new Gpt(config, { random: createRandom(1) });
const input = (...ids: number[]) => ({
  batch: 1,
  length: ids.length,
  inputIds: Int32Array.from(ids),
});

Deno.test("at GPT's size it has GPT's number of parameters, 116,534,784", () => {
  // V H + P H + L (12 H^2 + 13 H) at V = 40478, P = 512, H = 768, L = 12; here counted at a size that fits.
  const formula = (V: number, P: number, H: number, L: number) =>
    V * H + P * H + L * (12 * H * H + 13 * H);
  const gpt = newGpt();
  assertEquals(countParameters(gpt.parameters), formula(12, 10, 16, 2));
  assertEquals(formula(40_478, 512, 768, 12), 116_534_784);
  gpt.dispose();
});

Deno.test("a later piece changes no earlier prediction", async () => {
  const gpt = newGpt();
  const run = async (last: number) => {
    const { lastHiddenState } = gpt.forward(input(2, 5, 6, last));
    return await tf.slice(lastHiddenState, [0, 0, 0], [1, 3, 16]).data();
  };
  assertEquals(await run(7), await run(11));
  gpt.dispose();
});

Deno.test("the loss is the mean of -log P(piece | pieces before), each predicted by itself", async () => {
  const gpt = newGpt();
  const sequences = [Int32Array.of(2, 5, 6, 7, 3), Int32Array.of(2, 9, 3)];
  const loss = (await gpt.loss(stackSequences(sequences, { maxLength: 7 })).data())[0];
  let sum = 0, count = 0;
  for (const ids of sequences) {
    for (let t = 1; t < ids.length; t++) {
      const { lastHiddenState } = gpt.forward(input(...ids.slice(0, t)));
      const last = tf.slice(lastHiddenState, [0, t - 1, 0], [1, 1, 16]).reshape<tf.Tensor2D>([
        1,
        16,
      ]);
      const p = await tf.logSoftmax(gpt.logits(last)).data();
      sum -= p[ids[t]];
      count++;
    }
  }
  assertAlmostEquals(loss, sum / count, 1e-5);
  gpt.dispose();
});

Deno.test("the label of a place is its neighbour; none at the edges and in the padding", () => {
  const batch = stackSequences([Int32Array.of(2, 5, 3)], { maxLength: 5 });
  assertEquals(Array.from(neighbours(batch, 1)), [5, 3, -100, -100, -100]);
  assertEquals(Array.from(neighbours(batch, -1)), [-100, 2, 5, -100, -100]);
});

Deno.test("a sequence is learnt by heart and then told", async () => {
  const gpt = newGpt();
  const examples = [Int32Array.of(2, 5, 9, 6, 7, 11, 3)];
  let last = Infinity;
  const run = trainLanguageModel({
    model: gpt,
    examples,
    maxLength: 7,
    batchSize: 1,
    steps: 80,
    learningRate: 5e-3,
  });
  for await (const { perplexity } of run) last = perplexity;
  assert(last < 1.5, `${last}`);
  const told: number[] = [];
  for await (const id of gpt.generate([2], { random: createRandom(1), topK: 1, stopId: 3 })) {
    told.push(id);
  }
  assertEquals(told, [5, 9, 6, 7, 11]);
  gpt.dispose();
});

Deno.test("what is generated depends on the seed alone, and goes on beyond the table of positions", async () => {
  const gpt = newGpt();
  const tell = async (seed: number) => {
    const ids: number[] = [];
    const options = { random: createRandom(seed), maxPieces: 15, temperature: 2 };
    for await (const id of gpt.generate([2], options)) ids.push(id);
    return ids;
  };
  assertEquals(await tell(1), await tell(1));
  assert((await tell(1)).join() !== (await tell(2)).join());
  assertEquals((await tell(1)).length, 15);
  await assertRejects(
    () => gpt.generate([], { random: createRandom(1) }).next(),
    Error,
    "first piece",
  );
  gpt.dispose();
});

Deno.test("draws follow the distribution of the model", async () => {
  const gpt = newGpt();
  const { lastHiddenState } = gpt.forward(input(2));
  const p = await tf.softmax(gpt.logits(lastHiddenState.reshape([1, 16]))).data();
  const random = createRandom(3);
  const counts = new Float32Array(12);
  for (let i = 0; i < 400; i++) {
    for await (const id of gpt.generate([2], { random, maxPieces: 1 })) counts[id] += 1 / 400;
  }
  assert(largestDifference(counts, p) < 0.08);
  gpt.dispose();
});
