import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import {
  bertConfig,
  BertForMaskedLM,
  BertForPreTraining,
  bertOptimizer,
  BertTokenizer,
  createPretrainingExamples,
  evaluatePretraining,
  pretrain,
  pretrainingScores,
  SPECIAL_TOKENS,
  stackExamples,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { golden, gradients, reference } from "./support.ts";

const words = Array.from(
  { length: 35 },
  (_, i) => "x" + String.fromCharCode(97 + i % 26, 97 + i / 26),
);
const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, ...words]));
const documents = Array.from(
  { length: 6 },
  (_, d) =>
    Array.from(
      { length: 6 },
      (_, s) => Array.from({ length: 4 }, (_, w) => 5 + (11 * d + 3 * s + w) % 35),
    ),
);
const sizes = { maxLength: 20, maxPredictions: 3 };
const examples = createPretrainingExamples(documents, tokenizer, createRandom(1), sizes);
const config = bertConfig({
  vocabSize: 40,
  hiddenSize: 16,
  layers: 1,
  heads: 2,
  maxPositions: 20,
  initializerRange: 0.1,
});
const newModel = (seed = 1) => new BertForPreTraining(config, { random: createRandom(seed) });
const weights = async (model: BertForPreTraining) =>
  await Promise.all([...model.parameters.values()].map(async (v) => [...await v.data()]));

Deno.test("one sentence pair is learnt by heart: every hidden piece and the order of the sentences", async () => {
  const model = newModel();
  const one = examples.slice(0, 1);
  for await (
    const _ of pretrain({
      model,
      examples: one,
      sizes,
      batchSize: 1,
      steps: 80,
      learningRate: 5e-3,
    })
  );
  const { mlmAccuracy, nextSentenceAccuracy, mlmLoss } = await evaluatePretraining(model, one, {
    sizes,
  });
  assertEquals([mlmAccuracy, nextSentenceAccuracy], [1, 1]);
  assert(mlmLoss < 0.05, `${mlmLoss}`);
  model.dispose();
});

Deno.test("the same seed gives the same run, and a resumed run ends as an unbroken one", async () => {
  const folder = await Deno.makeTempDir();
  const settings = { examples, sizes, batchSize: 4, steps: 6, learningRate: 1e-3 };
  const whole = newModel();
  const losses: number[] = [];
  for await (const { loss } of pretrain({ model: whole, ...settings })) losses.push(loss);

  const checkpoint = { path: `${folder}/run.safetensors` };
  const begun = newModel();
  const again: number[] = [];
  for await (const { step, loss } of pretrain({ model: begun, ...settings, checkpoint })) {
    again.push(loss);
    if (step === 3) break;
  }
  const resumed = newModel(99); // other first weights: those of the checkpoint count
  for await (const { loss } of pretrain({ model: resumed, ...settings, checkpoint })) {
    again.push(loss);
  }
  assertEquals(again, losses);
  assertEquals(await weights(resumed), await weights(whole));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("pre-training keeps the number of tensors constant", async () => {
  const model = newModel();
  const counts: number[] = [];
  for await (const _ of pretrain({ model, examples, sizes, batchSize: 4, steps: 5 })) {
    counts.push(tf.memory().numTensors);
  }
  assertEquals(new Set(counts.slice(1)).size, 1);
  model.dispose();
});

Deno.test("a new model guesses at chance, for V pieces and for two orders", async () => {
  const model = new BertForPreTraining({ ...config, initializerRange: 0.02 }, {
    random: createRandom(1),
  });
  const { mlmLoss, nextSentenceLoss } = await evaluatePretraining(model, examples, { sizes });
  assertAlmostEquals(mlmLoss, Math.log(40), 0.1);
  assertAlmostEquals(nextSentenceLoss!, Math.log(2), 0.05);
  model.dispose();
});

Deno.test("evaluation does not depend on the batch size", async () => {
  const model = newModel();
  const [a, b] = [
    await evaluatePretraining(model, examples, { sizes, batchSize: 7 }),
    await evaluatePretraining(model, examples, { sizes, batchSize: 50 }),
  ];
  for (const key of Object.keys(a) as (keyof typeof a)[]) {
    assertAlmostEquals(a[key]!, b[key]!, 1e-4);
  }
  model.dispose();
});

Deno.test("without the next-sentence head only the masked language model is scored", () => {
  const model = new BertForMaskedLM(config, { random: createRandom(1) });
  const scores = pretrainingScores(model, stackExamples(examples.slice(0, 2), sizes));
  assertEquals(Object.keys(scores), ["loss", "mlmLoss", "mlmAccuracy"]);
  assertEquals(scores.loss.dataSync(), scores.mlmLoss.dataSync());
  model.dispose();
});

Deno.test("BERT's optimiser follows the update of optimization.py, decaying no bias and no LayerNorm", async () => {
  const expected = await reference("bert_tiny_random");
  const model = await BertForPreTraining.load(golden("bert_tiny_random"));
  const batch = {
    ...expected.input(),
    maskedPositions: Int32Array.of(2, 5, 11, 1, 8, 0, 4, 0, 0),
    maskedLabels: Int32Array.of(0, 0, 0, 0, 0, -100, 0, -100, -100),
    nextSentenceLabels: expected.integers("nsp_labels"),
    tokenTypeIds: expected.integers("token_type_ids"),
    attentionMask: expected.integers("attention_mask"),
  };
  const labels = expected.integers("mlm_labels");
  batch.maskedPositions.forEach((place, i) => {
    if (batch.maskedLabels[i] !== -100) {
      batch.maskedLabels[i] = labels[Math.floor(i / 3) * 16 + place];
    }
  });
  const before = new Map(
    await Promise.all(
      [...model.parameters].map(async ([name, v]) =>
        [name, Float32Array.from(await v.data())] as const
      ),
    ),
  );
  const { value, grads } = gradients(model.parameters, () => pretrainingScores(model, batch).loss);
  assertAlmostEquals((await value.data())[0], expected.scalar("loss"), 2e-5);
  const optimizer = bertOptimizer();
  optimizer.prepare(model.parameters);
  optimizer.update(model.parameters, grads, 1e-3, 0);
  for (const [name, variable] of model.parameters) {
    const g = await grads.get(name)!.data(), w = before.get(name)!, after = await variable.data();
    const decay = /LayerNorm|bias/.test(name) ? 0 : 0.01;
    for (let i = 0; i < w.length; i += 7) {
      // First step: m = 0.1 g, v = 0.001 g^2, nothing corrected.
      const update = 0.1 * g[i] / (Math.sqrt(0.001 * g[i] ** 2) + 1e-6) + decay * w[i];
      assertAlmostEquals(after[i], w[i] - 1e-3 * update, 1e-6, `${name}[${i}]`);
    }
  }
  optimizer.dispose();
  model.dispose();
});
