import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import {
  bertConfig,
  BertForMaskedLM,
  BertTokenizer,
  continueWithGpt,
  Elmo,
  fillIn,
  Gpt,
  guessWithElmo,
  SPECIAL_TOKENS,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const words = ["red", "blue", "kite", "hat", "the"];
const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, ...words]));
const config = bertConfig({
  vocabSize: 10,
  hiddenSize: 16,
  layers: 1,
  heads: 2,
  initializerRange: 0.3,
});
const sum = (guesses: { probability: number }[]) => guesses.reduce((s, g) => s + g.probability, 0);

Deno.test("every gap gets its own guesses, most likely first, adding up to 1, no special token among them", async () => {
  const model = new BertForMaskedLM(config, { random: createRandom(1) });
  const text = "the [MASK] kite [MASK]";
  const [first, second] = await fillIn(model, tokenizer, text, { top: 10 });
  assertAlmostEquals(sum(first), 1, 1e-5);
  const { predictionLogits } = model.forward(tokenizer.encode(text)); // all places
  for (const [guesses, place] of [[first, 2], [second, 4]] as const) {
    const row = tf.softmax(tf.slice(predictionLogits, [place, 5], [1, 5])); // special tokens left out
    assertEquals(guesses[0].id, 5 + tf.argMax(row, 1).dataSync()[0]);
    assertAlmostEquals(guesses[0].probability, tf.max(row).dataSync()[0], 1e-6);
    assertEquals(guesses[0].piece, tokenizer.vocabulary.piece(guesses[0].id));
  }
  assertEquals(await fillIn(model, tokenizer, tokenizer.encode(text).inputIds, { top: 10 }), [
    first,
    second,
  ]);
  await assertRejects(() => fillIn(model, tokenizer, "the kite"), Error, "no gap to fill");
});

Deno.test("GPT's guess does not depend on what follows the gap", async () => {
  const gpt = new Gpt(config, { random: createRandom(1) });
  const guess = (text: string) => continueWithGpt(gpt, tokenizer, text);
  assertEquals(await guess("the [MASK] kite"), await guess("the [MASK] hat red"));
  assertAlmostEquals(
    sum(await continueWithGpt(gpt, tokenizer, "the [MASK]", { top: 10 })),
    1,
    1e-5,
  );
});

Deno.test("ELMo's guess is P(w | left) P(w | right) / P(w), and depends on both sides", async () => {
  const elmo = new Elmo({ vocabSize: 10, projection: 6, cells: 8, initializerRange: 0.5 }, {
    random: createRandom(1),
  });
  const frequencies = [1, 1, 1, 1, 1, 4, 2, 3, 1, 5];
  const guess = (text: string) => guessWithElmo(elmo, tokenizer, text, frequencies, { top: 10 });
  const guesses = await guess("the [MASK] kite");
  assertAlmostEquals(sum(guesses), 1, 1e-5);
  const ids = [2, 9, 4, 7, 3];
  const [left, right] = elmo.logits({ batch: 1, length: 5, inputIds: Int32Array.from(ids) });
  const p = (logits: tf.Tensor3D, place: number) =>
    tf.softmax(tf.slice(logits, [0, place, 0], [1, 1, 10]).reshape([10])).dataSync();
  const product = frequencies.map((f, id) => p(left, 1)[id] * p(right, 3)[id] / f);
  const total = product.slice(5).reduce((a, b) => a + b); // special tokens left out
  for (const { id, probability } of guesses) {
    assertAlmostEquals(probability, product[id] / total, 1e-5);
  }
  assertEquals(JSON.stringify(guesses) === JSON.stringify(await guess("the [MASK] hat")), false);
  assertEquals(JSON.stringify(guesses) === JSON.stringify(await guess("red [MASK] kite")), false);
});
