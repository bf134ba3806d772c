import { assertEquals } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { bertConfig, BertModel, Elmo, Gpt, influence } from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const config = bertConfig({
  vocabSize: 20,
  hiddenSize: 16,
  layers: 2,
  heads: 2,
  initializerRange: 0.2,
});
const random = () => createRandom(1);
const ids = [2, 5, 6, 7, 3];
const sees = async (encode: Parameters<typeof influence>[0]) => {
  const values = await influence(encode, ids, 6);
  return ids.map((_, row) => ids.map((_, column) => values[5 * row + column] > 0 ? 1 : 0).join(""));
};

Deno.test("BERT sees both sides, GPT the left, and each half of ELMo one side", async () => {
  const bert = new BertModel(config, { random: random() });
  const gpt = new Gpt(config, { random: random() });
  const elmo = new Elmo({ vocabSize: 20, projection: 6, cells: 8, initializerRange: 0.3 }, {
    random: random(),
  });
  const half = (start: number) => (input: Parameters<Elmo["forward"]>[0]) =>
    tf.slice(elmo.forward(input).layers[2], [0, 0, start], [-1, -1, 6]);
  assertEquals(await sees((input) => bert.forward(input).lastHiddenState), Array(5).fill("11111"));
  const left = ["10000", "11000", "11100", "11110", "11111"];
  assertEquals(await sees((input) => gpt.forward(input).lastHiddenState), left);
  assertEquals(await sees(half(0)), left);
  assertEquals(await sees(half(6)), ["11111", "01111", "00111", "00011", "00001"]);
});

Deno.test("what cannot be seen moves nothing, to the last bit, on wasm and with a native matrix library too", async () => {
  await useBackend({ prefer: "wasm" });
  const sizes = { vocabSize: 450, hiddenSize: 96, layers: 2, heads: 2, initializerRange: 0.08 };
  const gpt = new Gpt(bertConfig(sizes), { random: random() });
  const ids = [10, 20, 30, 40, 50, 60, 70, 80], T = ids.length;
  const moved = await influence((input) => gpt.forward(input).lastHiddenState, ids, 100);
  const seen = Array.from(moved, (d) => d > 0);
  assertEquals(seen, seen.map((_, i) => i % T <= Math.floor(i / T)));
  gpt.dispose();
  await useBackend({ prefer: "cpu" });
});
