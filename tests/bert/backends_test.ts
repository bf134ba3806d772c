import { assert, assertAlmostEquals } from "@std/assert";
import { type BackendOptions, tf, useBackend } from "../../lib/backend/mod.ts";
import { BertForPreTraining, BertForQuestionAnswering } from "../../lib/bert/mod.ts";
import { sparseCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { testOnWebgpu } from "../support/webgpu.ts";
import { assertClose, golden, gradients, reference } from "./support.ts";

// The other tests of this folder run on the plain JavaScript backend, which computes what it is told.

async function agreesWithPyTorch(options: BackendOptions) {
  await useBackend(options);
  if (options.prefer === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
  const expected = await reference("bert_tiny_random");
  const model = await BertForPreTraining.load(golden("bert_tiny_random"));
  const { value, grads } = gradients(model.parameters, () => {
    const { predictionLogits, nextSentenceLogits } = model.forward(expected.input());
    const mlm = sparseCrossEntropy(predictionLogits, expected.integers("mlm_labels"));
    return tf.add(mlm, sparseCrossEntropy(nextSentenceLogits, expected.integers("nsp_labels")));
  });
  assertAlmostEquals((await value.data())[0], expected.scalar("loss"), 2e-5);
  for (const [name, gradient] of grads) {
    await assertClose(gradient, expected.get(`grad.${name}`), 3e-5, name);
  }
  const output = model.forward(expected.input(), { attentions: true, hiddenStates: true });
  await assertClose(output.hiddenStates![2], expected.get("hidden_2"), 1e-5, "hidden states");
  await assertClose(output.attentions![1], expected.get("attention_1"), 1e-5, "attention");
  model.dispose();

  // Slices of the last dimension, and dropout: the same places on every backend.
  const spans = await BertForQuestionAnswering.load(golden("bert_tiny_random"), {
    random: createRandom(1),
  });
  const noisy = { ...spans.config, hiddenDropout: 0.1 };
  const again = new BertForQuestionAnswering(noisy, { random: createRandom(1) });
  const { startLogits } = again.forward(expected.input(), {
    training: true,
    random: createRandom(2),
  });
  const values = Float32Array.from(await startLogits.data());
  await useBackend({ prefer: "cpu" });
  const plain = new BertForQuestionAnswering(noisy, { random: createRandom(1) });
  const same = plain.forward(expected.input(), { training: true, random: createRandom(2) });
  const other = await same.startLogits.data();
  assert(values.every((v, i) => Math.abs(v - other[i]) < 1e-4));
}

Deno.test("on wasm: loss, every gradient, hidden states and attention agree with PyTorch", () =>
  agreesWithPyTorch({ prefer: "wasm" }));

testOnWebgpu(
  import.meta.url,
  "on webgpu: loss, every gradient, hidden states and attention agree with PyTorch",
  () => agreesWithPyTorch({ prefer: "webgpu", allowSoftware: true }),
);
