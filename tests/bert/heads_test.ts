import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import {
  BertForMaskedLM,
  BertForMultipleChoice,
  BertForPreTraining,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  gatherPositions,
} from "../../lib/bert/mod.ts";
import { sparseCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { assertClose, golden, gradients, largestDifference, reference } from "./support.ts";

const TINY = golden("bert_tiny_random");

Deno.test("pre-training: logits, both losses and every gradient agree with PyTorch", async () => {
  const expected = await reference("bert_tiny_random");
  const model = await BertForPreTraining.load(TINY);
  assertEquals(model.loaded!.missing, []);
  assertEquals(model.loaded!.unexpected, []);
  const input = expected.input();
  const output = model.forward(input);
  const [B, T, V] = expected.get("mlm_logits").shape;
  await assertClose(
    output.predictionLogits.reshape([B, T, V]),
    expected.get("mlm_logits"),
    2e-5,
    "MLM logits",
  );
  await assertClose(output.nextSentenceLogits, expected.get("nsp_logits"), 1e-5, "NSP logits");

  const losses = () => {
    const { predictionLogits, nextSentenceLogits } = model.forward(input, {
      training: true,
      random: createRandom(1),
    });
    const mlm = sparseCrossEntropy(predictionLogits, expected.integers("mlm_labels"));
    const nsp = sparseCrossEntropy(nextSentenceLogits, expected.integers("nsp_labels"));
    return { mlm, nsp, sum: tf.add<tf.Scalar>(mlm, nsp) };
  };
  const { mlm, nsp, sum } = losses();
  assertAlmostEquals((await mlm.data())[0], expected.scalar("mlm_loss"), 1e-5);
  assertAlmostEquals((await nsp.data())[0], expected.scalar("nsp_loss"), 1e-5);
  assertAlmostEquals((await sum.data())[0], expected.scalar("loss"), 1e-5);

  const { grads } = gradients(model.parameters, () => losses().sum);
  const names = expected.names.filter((name) => name.startsWith("grad."));
  assertEquals(names.map((name) => name.slice(5)).sort(), [...model.parameters.keys()].sort());
  for (const name of names) {
    await assertClose(grads.get(name.slice(5)), expected.get(name), 2e-5, name);
  }
  model.dispose();
});

Deno.test("predicting some places only gives the rows of those places", async () => {
  const expected = await reference("bert_tiny_random");
  const model = await BertForPreTraining.load(TINY);
  const V = model.config.vocabSize;
  const all = await model.forward(expected.input()).predictionLogits.data();
  const maskedPositions = Int32Array.of(2, 5, 1, 8, 4, 0);
  const some = await model.forward({ ...expected.input(), maskedPositions }).predictionLogits
    .data();
  const rows = [2, 5, 16 + 1, 16 + 8, 32 + 4, 32 + 0];
  rows.forEach((row, i) =>
    assert(
      largestDifference(some.slice(i * V, (i + 1) * V), all.slice(row * V, (row + 1) * V)) < 1e-5,
    )
  );
  const hidden = tf.zeros<tf.Rank.R3>([3, 16, 8]);
  assertThrows(() => gatherPositions(hidden, Int32Array.of(1, 2, 16)), RangeError, "position 16");
  assertThrows(() => gatherPositions(hidden, Int32Array.of(1, 2)), RangeError, "shared by 3");
  model.dispose();
});

Deno.test("the masked language model alone gives the same predictions", async () => {
  const expected = await reference("bert_tiny_random");
  const model = await BertForMaskedLM.load(TINY);
  assertEquals(model.loaded!.missing, []);
  const [B, T, V] = expected.get("mlm_logits").shape;
  const { predictionLogits, pooled } = model.forward(expected.input());
  await assertClose(predictionLogits.reshape([B, T, V]), expected.get("mlm_logits"), 2e-5);
  assertEquals(pooled, undefined);
  model.dispose();
});

/** Gives a head the weights it had in PyTorch. */
async function withHead<M extends { parameters: ReadonlyMap<string, tf.Variable> }>(
  model: M,
  prefix: string,
  name: string,
) {
  const expected = await reference("bert_tiny_random");
  for (const part of ["weight", "bias"]) {
    const { data, shape } = expected.get(`${prefix}.${name}.${part}`);
    model.parameters.get(`${name}.${part}`)!.assign(
      tf.tensor(data as Float32Array, shape as number[]),
    );
  }
  return { expected, model };
}

Deno.test("sequence classification agrees with PyTorch: logits, loss, gradients", async () => {
  const { expected, model } = await withHead(
    await BertForSequenceClassification.load(TINY, { labels: 3 }),
    "seqcls",
    "classifier",
  );
  const forward = () => model.forward(expected.input()).logits as tf.Tensor2D;
  await assertClose(forward(), expected.get("seqcls.logits"), 1e-5, "logits");
  const { value, grads } = gradients(
    model.parameters,
    () => sparseCrossEntropy(forward(), expected.integers("seqcls.labels")),
  );
  assertAlmostEquals((await value.data())[0], expected.scalar("seqcls.loss"), 1e-5);
  for (const name of ["bert.pooler.dense.weight", "classifier.weight"]) {
    await assertClose(grads.get(name), expected.get(`seqcls.grad.${name}`), 2e-5, name);
  }
  model.dispose();
});

Deno.test("token classification agrees with PyTorch: logits, loss, gradients", async () => {
  const { expected, model } = await withHead(
    await BertForTokenClassification.load(TINY, { labels: ["O", "B-X", "I-X", "B-Y", "I-Y"] }),
    "tokcls",
    "classifier",
  );
  const forward = () => model.forward(expected.input()).logits;
  await assertClose(forward(), expected.get("tokcls.logits"), 1e-5, "logits");
  const { value, grads } = gradients(
    model.parameters,
    () =>
      sparseCrossEntropy(
        forward().reshape<tf.Tensor2D>([-1, 5]),
        expected.integers("tokcls.labels"),
      ),
  );
  assertAlmostEquals((await value.data())[0], expected.scalar("tokcls.loss"), 1e-5);
  for (const name of ["classifier.weight", "bert.encoder.layer.0.attention.self.query.weight"]) {
    await assertClose(grads.get(name), expected.get(`tokcls.grad.${name}`), 2e-5, name);
  }
  model.dispose();
});

Deno.test("the span head agrees with PyTorch: logits, loss, gradient", async () => {
  const { expected, model } = await withHead(
    await BertForQuestionAnswering.load(TINY),
    "qa",
    "qa_outputs",
  );
  const { startLogits, endLogits } = model.forward(expected.input());
  await assertClose(startLogits, expected.get("qa.start_logits"), 1e-5, "start");
  await assertClose(endLogits, expected.get("qa.end_logits"), 1e-5, "end");
  const { value, grads } = gradients(model.parameters, () => {
    const { startLogits, endLogits } = model.forward(expected.input());
    const start = sparseCrossEntropy(startLogits, expected.integers("qa.start"));
    return tf.add(start, sparseCrossEntropy(endLogits, expected.integers("qa.end"))).div(2);
  });
  assertAlmostEquals((await value.data())[0], expected.scalar("qa.loss"), 1e-5);
  await assertClose(
    grads.get("qa_outputs.weight"),
    expected.get("qa.grad.qa_outputs.weight"),
    2e-5,
    "gradient",
  );
  model.dispose();
});

Deno.test("multiple choice gives every choice the score it would have alone", async () => {
  const expected = await reference("bert_tiny_random");
  const model = await BertForMultipleChoice.load(TINY, { choices: 3, random: createRandom(1) });
  const { logits } = model.forward(expected.input());
  assertEquals(logits.shape, [1, 3]);
  const single = await BertForMultipleChoice.load(TINY, { choices: 1, random: createRandom(1) });
  const scores = await single.forward(expected.input()).logits.data();
  assert(largestDifference(await logits.data(), scores) < 1e-6);
  const two = await BertForMultipleChoice.load(TINY, { choices: 2 });
  assertThrows(() => two.forward(expected.input()), RangeError, "3 sequences is not made of 2");
});

Deno.test("a classifier keeps its labels on disk; without any, loading asks for them", async () => {
  const folder = await Deno.makeTempDir();
  const labels = ["O", "B-PER", "I-PER"];
  const model = await BertForTokenClassification.load(TINY, { labels, random: createRandom(1) });
  await model.save(folder);
  const again = await BertForTokenClassification.load(folder);
  assertEquals(again.labels, labels);
  assertEquals(again.loaded!.missing, []);
  assertEquals(
    await again.parameters.get("classifier.weight")!.data(),
    await model.parameters.get("classifier.weight")!.data(),
  );
  let said = "";
  await BertForSequenceClassification.load(TINY).catch((error) => said = error.message);
  assert(said.includes("load(folder, { labels: 2 })"), said);
  await Deno.remove(folder, { recursive: true });
});
