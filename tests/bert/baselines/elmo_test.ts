import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import {
  Elmo,
  ElmoMixture,
  evaluateLanguageModel,
  stackSequences,
  trainLanguageModel,
} from "../../../lib/bert/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { largestDifference } from "../support.ts";

const newElmo = () =>
  new Elmo({ vocabSize: 12, projection: 6, cells: 10, initializerRange: 0.3 }, {
    random: createRandom(1),
  });
const input = (...ids: number[]) => ({
  batch: 1,
  length: ids.length,
  inputIds: Int32Array.from(ids),
});
/** One half of the layers at a place. */
const half = (layer: tf.Tensor3D, place: number, backward: boolean) =>
  tf.slice(layer, [0, place, backward ? 6 : 0], [1, 1, 6]).data();

Deno.test("the forward half knows only what came before, the backward half only what comes after", async () => {
  const elmo = newElmo();
  const [a, late, early] = [[5, 6, 7, 8], [5, 6, 7, 9], [4, 6, 7, 8]].map((ids) =>
    elmo.forward(input(...ids)).layers
  );
  for (const layer of [1, 2]) {
    const same = async (other: tf.Tensor3D[], place: number, backward: boolean) =>
      largestDifference(
        await half(a[layer], place, backward),
        await half(other[layer], place, backward),
      ) === 0;
    assertEquals([await same(late, 1, false), await same(late, 1, true)], [true, false]);
    assertEquals([await same(early, 2, false), await same(early, 2, true)], [false, true]);
  }
  elmo.dispose();
});

Deno.test("the lowest layer is the token layer twice", async () => {
  const elmo = newElmo();
  const { layers } = elmo.forward(input(5, 6));
  assertEquals(layers.map(({ shape }) => shape), [[1, 2, 12], [1, 2, 12], [1, 2, 12]]);
  assertEquals(await half(layers[0], 1, false), await half(layers[0], 1, true));
  const row = elmo.parameters.get("tokens.weight")!.slice([6, 0], [1, 6]);
  assertEquals(await half(layers[0], 1, false), await row.data());
  elmo.dispose();
});

Deno.test("no gradient of the forward prediction reaches the backward half: they are trained apart", () => {
  const elmo = newElmo();
  const { grads } = tf.variableGrads(() => {
    const { layers } = elmo.forward(input(5, 6, 7, 8));
    return tf.sum(tf.slice(layers[2], [0, 0, 0], [1, 4, 6])) as tf.Scalar;
  }, [...elmo.parameters.values()]);
  for (const [name, { name: own }] of elmo.parameters) {
    const gradient = grads[own];
    const zero = gradient == null || gradient.abs().max().dataSync()[0] === 0;
    assertEquals(zero, /^(backward|softmax)\./.test(name), name);
  }
  elmo.dispose();
});

Deno.test("padding changes nothing", async () => {
  const elmo = newElmo();
  const short = elmo.forward(input(5, 6, 7)).layers;
  const padded =
    elmo.forward({ ...input(5, 6, 7, 0, 0), attentionMask: Int32Array.of(1, 1, 1, 0, 0) }).layers;
  for (const layer of [1, 2]) {
    const first = tf.slice(padded[layer], [0, 0, 0], [1, 3, 12]);
    assert(largestDifference(await short[layer].data(), await first.data()) < 1e-7);
  }
  const loss = async (maxLength: number) =>
    (await elmo.loss(stackSequences([Int32Array.of(2, 5, 6, 3)], { maxLength })).data())[0];
  assertAlmostEquals(await loss(4), await loss(9), 1e-6);
  elmo.dispose();
});

Deno.test("training lowers the perplexity of both halves together", async () => {
  const elmo = newElmo();
  const examples = [Int32Array.of(2, 5, 9, 6, 7, 11, 3), Int32Array.of(2, 8, 4, 10, 3)];
  const before = await evaluateLanguageModel(elmo, examples, { maxLength: 7 });
  assert(Math.abs(before.loss - Math.log(12)) < 0.5);
  for await (
    const _ of trainLanguageModel({
      model: elmo,
      examples,
      maxLength: 7,
      batchSize: 2,
      steps: 60,
      learningRate: 1e-2,
    })
  );
  const after = await evaluateLanguageModel(elmo, examples, { maxLength: 7 });
  assert(after.perplexity < 2, `${after.perplexity}`);
  elmo.dispose();
});

Deno.test("the mixture begins as the mean of the layers and learns its weights and gamma", async () => {
  const mixture = new ElmoMixture(3);
  const layers = [1, 2, 6].map((value) => tf.fill([1, 2, 4], value) as tf.Tensor3D);
  for (const value of await mixture.forward(layers).data()) assertAlmostEquals(value, 3, 1e-6);
  mixture.parameters.get("weights")!.assign(tf.tensor1d([0, 0, 100]));
  mixture.parameters.get("gamma")!.assign(tf.scalar(0.5));
  for (const value of await mixture.forward(layers).data()) assertAlmostEquals(value, 3, 1e-6);
  assertThrows(() => mixture.forward(layers.slice(1)), RangeError, "weights for 3 layers, got 2");
});
