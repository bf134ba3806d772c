import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { bertConfig, BertForPreTraining, BertModel, BertTokenizer } from "../../lib/bert/mod.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { modelPath, testWith } from "../support/needs.ts";
import { assertClose, golden, largestDifference, reference } from "./support.ts";

const TINY = golden("bert_tiny_random");
const small = bertConfig({
  vocabSize: 40,
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  maxPositions: 12,
  initializerRange: 0.2,
});
const ids = (...values: number[]) => ({
  batch: 1,
  length: values.length,
  inputIds: Int32Array.from(values),
});

Deno.test("hidden states, attention and pooled output agree with PyTorch", async () => {
  const expected = await reference("bert_tiny_random");
  const bert = await BertModel.load(TINY);
  const output = bert.forward(expected.input(), { hiddenStates: true, attentions: true });
  for (let i = 0; i <= 2; i++) {
    await assertClose(output.hiddenStates![i], expected.get(`hidden_${i}`), 1e-5, `hidden ${i}`);
  }
  for (let i = 0; i < 2; i++) {
    await assertClose(
      output.attentions![i],
      expected.get(`attention_${i}`),
      1e-5,
      `attention ${i}`,
    );
  }
  await assertClose(output.pooled, expected.get("pooler_output"), 1e-5, "pooled");
  assertEquals(bert.loaded!.missing, []);
  assertEquals(bert.loaded!.unexpected.toSorted(), [
    "cls.predictions.bias",
    "cls.predictions.transform.LayerNorm.bias",
    "cls.predictions.transform.LayerNorm.weight",
    "cls.predictions.transform.dense.bias",
    "cls.predictions.transform.dense.weight",
    "cls.seq_relationship.bias",
    "cls.seq_relationship.weight",
  ]);
  bert.dispose();
});

testWith(
  { model: "all-MiniLM-L6-v2" },
  "MiniLM gives what PyTorch gives, to 1e-4: every piece, pooled output, attention",
  async () => {
    await useBackend({ prefer: "wasm" });
    const expected = await reference("minilm_reference");
    const tokenizer = await BertTokenizer.load(modelPath("all-MiniLM-L6-v2"));
    const bert = await BertModel.load(modelPath("all-MiniLM-L6-v2"));
    assertEquals(bert.loaded!.missing, []);
    assertEquals(bert.loaded!.unexpected, []);
    const { cases } = JSON.parse(
      await Deno.readTextFile(golden("minilm_reference/reference.json")),
    );
    const batch = tokenizer.encodeBatch(
      cases.map(({ text_a, text_b }: { text_a: string; text_b: string | null }) => ({
        a: text_a,
        b: text_b ?? undefined,
      })),
    );
    assertEquals(Array.from(batch.inputIds), Array.from(expected.integers("input_ids")));
    const output = bert.forward(batch, { hiddenStates: true });
    await assertClose(output.lastHiddenState, expected.get("last_hidden_state"), 1e-4, "last");
    await assertClose(output.pooled, expected.get("pooler_output"), 1e-4, "pooled");
    await assertClose(output.hiddenStates![0], expected.get("embeddings_output"), 1e-4, "embedded");
    await assertClose(output.hiddenStates![1], expected.get("layer0_output"), 1e-4, "layer 0");

    const alone = tokenizer.encode(cases[1].text_a, cases[1].text_b);
    const unpadded = bert.forward(alone, { attentions: true });
    const attention = (layer: number) => unpadded.attentions![layer].squeeze([0]);
    await assertClose(attention(0), expected.get("case1.attn_layer0"), 1e-4, "attention 0");
    await assertClose(attention(5), expected.get("case1.attn_layer5"), 1e-4, "attention 5");
    bert.dispose();
    await useBackend({ prefer: "cpu" });
  },
);

Deno.test("padding changes nothing", async () => {
  const bert = new BertModel(small, { random: createRandom(1) });
  const short = bert.forward(ids(5, 6, 7, 8));
  const padded = bert.forward({
    ...ids(5, 6, 7, 8, 0, 0, 0),
    attentionMask: Int32Array.of(1, 1, 1, 1, 0, 0, 0),
  });
  const first = padded.lastHiddenState.slice([0, 0, 0], [1, 4, 16]);
  assert(largestDifference(await short.lastHiddenState.data(), await first.data()) < 1e-6);
  assert(largestDifference(await short.pooled!.data(), await padded.pooled!.data()) < 1e-6);
  bert.dispose();
});

Deno.test("a piece that is masked out changes nothing elsewhere", async () => {
  const bert = new BertModel(small, { random: createRandom(1) });
  const attentionMask = Int32Array.of(1, 1, 0, 1);
  const [a, b] = [9, 30].map((hidden) =>
    bert.forward({ ...ids(5, 6, hidden, 8), attentionMask }).lastHiddenState
  );
  for (const place of [0, 1, 3]) {
    const at = (t: tf.Tensor3D) => t.slice([0, place, 0], [1, 1, 16]).dataSync();
    assertEquals(at(a), at(b));
  }
  // With the mask off, the same change is seen everywhere.
  const [c, d] = [9, 30].map((seen) => bert.forward(ids(5, 6, seen, 8)).lastHiddenState);
  assert(largestDifference(await c.data(), await d.data()) > 1e-3);
  bert.dispose();
});

Deno.test("with the causal mask the past cannot see the future, without it it can", () => {
  const bert = new BertModel(small, { random: createRandom(2) });
  const run = (last: number, causal: boolean) =>
    bert.forward(ids(5, 6, 7, last), { causal, attentions: true });
  const before = (t: tf.Tensor3D) => t.slice([0, 0, 0], [1, 3, 16]).dataSync();
  const [a, b] = [run(8, true), run(33, true)];
  assertEquals(before(a.lastHiddenState), before(b.lastHiddenState));
  assert(
    largestDifference(
      before(run(8, false).lastHiddenState),
      before(run(33, false).lastHiddenState),
    ) >
      1e-3,
  );
  const weights = a.attentions![0].arraySync()[0][0];
  weights.forEach((row, from) => row.forEach((w, to) => to > from && assertEquals(w, 0)));
  bert.dispose();
});

Deno.test("every row of attention is a distribution", async () => {
  const bert = new BertModel(small, { random: createRandom(1) });
  const { attentions } = bert.forward(ids(1, 2, 3, 4, 5), { attentions: true });
  for (const layer of attentions!) {
    for (const sum of await layer.sum(-1).data()) assert(Math.abs(sum - 1) < 1e-6);
  }
  bert.dispose();
});

Deno.test("the same seed gives the same weights and the same dropout; evaluation has none", async () => {
  const run = async (seed: number, training: boolean) => {
    const bert = new BertModel(small, { random: createRandom(seed) });
    const random = createRandom(7);
    const hidden = () => bert.forward(ids(5, 6, 7), { training, random }).lastHiddenState.data();
    const passes = [await hidden(), await hidden()];
    bert.dispose();
    return passes;
  };
  assertEquals(await run(3, true), await run(3, true));
  const [first, second] = await run(3, true);
  assert(largestDifference(first, second) > 1e-3);
  const [calm, again] = await run(3, false);
  assertEquals(calm, again);
  assert(largestDifference((await run(4, false))[0], calm) > 1e-3);
});

Deno.test("a forward pass leaves nothing behind but its outputs", () => {
  const bert = new BertModel(small, { random: createRandom(1) });
  const before = tf.memory().numTensors;
  const { lastHiddenState, pooled } = bert.forward(ids(5, 6, 7));
  assertEquals(tf.memory().numTensors, before + 2);
  tf.dispose([lastHiddenState, pooled!]);
  const variables = bert.parameters.size;
  bert.dispose();
  assertEquals(tf.memory().numTensors, before - variables);
});

Deno.test("what is saved is read back, bit for bit in 32 bits and rounded in 16", async () => {
  const folder = await Deno.makeTempDir();
  const bert = new BertModel(small, { random: createRandom(5) });
  const values = async (model: BertModel) =>
    (await Promise.all([...model.parameters.values()].map((v) => v.data()))).map((d) => [...d]);
  await bert.save(folder);
  const again = await BertModel.load(folder);
  assertEquals(again.config, bert.config);
  assertEquals([...again.parameters.keys()], [...bert.parameters.keys()]);
  assertEquals(await values(again), await values(bert));
  for (const dtype of ["F16", "BF16"] as const) {
    await bert.save(folder, { dtype });
    const rounded = await BertModel.load(folder);
    const most = largestDifference((await values(rounded)).flat(), (await values(bert)).flat());
    assert(most > 0 && most < (dtype === "F16" ? 1e-3 : 4e-3), `${dtype} is off by ${most}`);
    rounded.dispose();
  }
  bert.dispose();
  again.dispose();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("shards, a bare encoder's names and gamma/beta are read alike", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.copyFile(`${TINY}/config.json`, `${folder}/config.json`);
  const { tensors } = await readSafetensors(`${TINY}/model.safetensors`);
  const files: Record<string, Map<string, SafeTensor>> = {
    "model-00001-of-00002.safetensors": new Map(),
    "model-00002-of-00002.safetensors": new Map(),
  };
  const map: Record<string, string> = {};
  [...tensors].filter(([name]) => name.startsWith("bert.")).forEach(([name, tensor], i) => {
    const old = name.replace("bert.", "").replace("LayerNorm.weight", "LayerNorm.gamma")
      .replace("LayerNorm.bias", "LayerNorm.beta");
    const file = Object.keys(files)[i % 2];
    files[file].set(old, tensor);
    map[old] = file;
  });
  for (const [file, part] of Object.entries(files)) {
    await writeSafetensors(`${folder}/${file}`, part);
  }
  await Deno.writeTextFile(
    `${folder}/model.safetensors.index.json`,
    JSON.stringify({ weight_map: map }),
  );
  const sharded = await BertModel.load(folder);
  const whole = await BertModel.load(TINY);
  assertEquals(sharded.loaded!.files.length, 2);
  assertEquals(sharded.loaded!.missing, []);
  assertEquals(sharded.loaded!.unexpected, []);
  const [a, b] = [sharded, whole].map((m) => m.forward(ids(5, 6, 7)).lastHiddenState.dataSync());
  assertEquals(a, b);
  // With heads on top of a bare encoder, the heads are new and are reported.
  const pretraining = await BertForPreTraining.load(folder, { random: createRandom(1) });
  assertEquals(pretraining.loaded!.missing, [
    "cls.predictions.bias",
    "cls.predictions.transform.dense.weight",
    "cls.predictions.transform.dense.bias",
    "cls.predictions.transform.LayerNorm.weight",
    "cls.predictions.transform.LayerNorm.bias",
    "cls.seq_relationship.weight",
    "cls.seq_relationship.bias",
  ]);
  await Deno.remove(`${folder}/model-00002-of-00002.safetensors`);
  await assertRejects(() => BertModel.load(folder), Error, "model-00002-of-00002.safetensors");
  const index = `${folder}/model.safetensors.index.json`;
  await Deno.writeTextFile(index, JSON.stringify({ weight_map: { a: "../elsewhere" } }));
  await assertRejects(
    () => BertModel.load(folder),
    Error,
    `${index} names the file "../elsewhere"`,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a checkpoint that does not fit is refused with tensor, file and both shapes", async () => {
  const folder = await Deno.makeTempDir();
  const config = JSON.parse(await Deno.readTextFile(`${TINY}/config.json`));
  const write = (change: Record<string, unknown>) =>
    Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ ...config, ...change }));
  await write({});
  await assertRejects(() => BertModel.load(folder), Error, "has neither model.safetensors nor");
  await Deno.copyFile(`${TINY}/model.safetensors`, `${folder}/model.safetensors`);
  await write({ vocab_size: 65 });
  await assertRejects(
    () => BertModel.load(folder),
    Error,
    `${folder}/model.safetensors: tensor bert.embeddings.word_embeddings.weight has shape [64, 32], ` +
      `the configuration beside it asks for [65, 32]`,
  );
  await write({ num_hidden_layers: 3 });
  await assertRejects(
    () => BertModel.load(folder),
    Error,
    "lacks 16 tensors of the encoder, first encoder.layer.2.attention.self.query.weight",
  );
  await write({ num_attention_heads: 5 });
  await assertRejects(() => BertModel.load(folder), Error, "5 heads do not divide");
  await write({ model_type: "gpt2" });
  await assertRejects(() => BertModel.load(folder), Error, `describes a "gpt2" model`);
  await write({ position_embedding_type: "relative_key" });
  await assertRejects(() => BertModel.load(folder), Error, "relative_key position embeddings");
  await write({ hidden_size: null });
  await assertRejects(() => BertModel.load(folder), Error, "has no hidden_size");
  await write({});
  const bytes = await Deno.readFile(`${TINY}/model.safetensors`);
  await Deno.writeFile(`${folder}/model.safetensors`, bytes.subarray(0, bytes.length - 100));
  const { message } = await assertRejects(() => BertModel.load(folder), Error);
  assertStringIncludes(message, `${folder}/model.safetensors`);
  assertMatch(message, /"[\w.]+" ends at byte \d+ but only \d+ bytes of values are there/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("ids outside the vocabulary and sequences that are too long are refused in a sentence", () => {
  const bert = new BertModel(small, { random: createRandom(1) });
  const refuses = (input: Parameters<BertModel["forward"]>[0], what: string) =>
    assertThrows(() => bert.forward(input), RangeError, what);
  refuses(ids(5, 40), "inputIds has 40 in sequence 0 at place 1; the vocabulary has ids 0 to 39");
  refuses(ids(5, -1), "inputIds has -1");
  refuses(ids(...new Array(13).fill(5)), "have 13 pieces, the model has positions for 12");
  refuses({ ...ids(5, 6), tokenTypeIds: Int32Array.of(0, 2) }, "segments 0 to 1");
  refuses({ ...ids(5, 6), attentionMask: Int32Array.of(1) }, "expected 1 x 2");
  refuses(ids(), "expected 1 x 0");
  bert.dispose();
});
