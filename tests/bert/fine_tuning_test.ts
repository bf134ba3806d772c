import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import {
  BertForSequenceClassification,
  BertTokenizer,
  fineTune,
  type FineTuneOptions,
  type FineTuneResult,
  fineTuningSteps,
  loadForTask,
  newForTask,
  rememberWeights,
  restoreWeights,
} from "../../lib/bert/mod.ts";
import { type Feature, findTask, IGNORED, type TaskHead } from "../../lib/bert/tasks/mod.ts";
import { Interrupted } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { dataPath, modelPath, testWith } from "../support/needs.ts";
import {
  encodingOf,
  type GoldenFeature,
  taskWith,
  tinyBertFor,
  toFeature,
} from "./fine_tuning_support.ts";
import { golden, largestDifference, reference } from "./support.ts";

interface Family {
  readonly features: readonly GoldenFeature[];
  readonly orders: readonly (readonly number[])[];
  readonly losses: readonly number[];
}

const readJson = async (name: string) =>
  JSON.parse(await Deno.readTextFile(`${golden("fine_tuning")}/${name}`));

const HEADS: Readonly<Record<string, TaskHead>> = {
  classes: { kind: "classes", labels: ["a", "b", "c"] },
  number: { kind: "number", range: [0, 5] },
  choice: { kind: "choice", choices: 3 },
  span: { kind: "span", noAnswer: false },
  tags: { kind: "tags", labels: ["a", "b", "c", "d", "e"] },
};

for (const [name, head] of Object.entries(HEADS)) {
  Deno.test(`twenty steps with the head "${name}" give PyTorch's losses and weights`, async () => {
    const { families, peak } = await readJson("reference.json");
    const { features, orders, losses } = families[name] as Family;
    const expected = await reference("fine_tuning");
    const task = taskWith(head);
    const model = await loadForTask(task, golden("fine_tuning"));
    const first = new Map(
      [...model.parameters.keys()].filter((key) => !key.startsWith("bert.")).map(
        (key) => [key, expected.numbers(`${name}.first.${key}`)],
      ),
    );
    restoreWeights(new Map([...model.parameters].filter(([key]) => first.has(key))), first);
    const settings = { learningRate: peak, steps: 20, batchSize: 4, dropout: false };
    const run = fineTune({
      task,
      model,
      features: features.map(toFeature),
      order: (step) => orders[step],
      ...settings,
    });
    for await (const { step, loss } of run) assertAlmostEquals(loss, losses[step - 1], 1e-3);
    for (const [key, values] of await rememberWeights(model.parameters)) {
      const off = largestDifference(values, expected.numbers(`${name}.final.${key}`));
      assert(off <= 1e-4, `${key} is off by ${off}`);
    }
    model.dispose();
  });
}

testWith(
  { data: "glue/MRPC/train.tsv", model: "all-MiniLM-L6-v2" },
  "twenty steps of MiniLM on MRPC give PyTorch's losses and weights",
  async () => {
    await useBackend({ prefer: "wasm" });
    const { losses, parameters, peak } = await readJson("minilm_mrpc.json");
    const folder = modelPath("all-MiniLM-L6-v2");
    const task = findTask("MRPC");
    const examples = (await task.read(dataPath(""), "train")).slice(0, 320);
    const features = task.features(examples, await BertTokenizer.load(folder));
    const model = await loadForTask(task, folder);
    const weight = model.parameters.get("classifier.weight")!;
    const wave = Float32Array.from({ length: weight.size }, (_, i) => 0.02 * Math.sin(i + 1));
    restoreWeights(
      new Map([["classifier.weight", weight]]),
      new Map([["classifier.weight", wave]]),
    );
    const before = await rememberWeights(model.parameters);
    const order = (step: number) => Array.from({ length: 16 }, (_, i) => 16 * step + i);
    const settings = { learningRate: peak, steps: 20, batchSize: 16, dropout: false, order };
    for await (const { step, loss } of fineTune({ task, model, features, ...settings })) {
      assertAlmostEquals(loss, losses[step - 1], 1e-3);
    }
    for (const [name, values] of await rememberWeights(model.parameters)) {
      const { places, values: expected, change } = parameters[name];
      const sampled = places.map((place: number) => values[place]);
      assert(largestDifference(sampled, expected) <= 1e-4, name);
      const start = before.get(name)!;
      const moved = Math.sqrt(values.reduce((sum, value, i) => sum + (value - start[i]) ** 2, 0));
      assertAlmostEquals(moved, change, 0.02 * change + 1e-4, name);
    }
    model.dispose();
    await useBackend({ prefer: "cpu" });
  },
);

// Eight rows of six pieces, two classes that depend on one piece only.
const { config } = tinyBertFor(["a b c d e f g h"]);
const rows: Feature[] = Array.from({ length: 8 }, (_, i) => ({
  example: i,
  encodings: [encodingOf([2, 5 + i, 6, 5 + (3 * i) % 8, ...(i % 3 ? [7, 8] : []), 3])],
  targets: [i % 2],
}));
const task = taskWith({ kind: "classes", labels: ["no", "yes"] });
const newModel = (seed = 1) => newForTask(task, config, { random: createRandom(seed) });
const scored = {
  ...task,
  score: (_: unknown, predictions: readonly unknown[]) => ({
    accuracy: predictions.filter((label, i) => label === rows[i].targets![0]).length / rows.length,
  }),
};
const development = {
  examples: rows.map(({ example }) => ({ id: `${example}`, a: "" })),
  features: rows,
};

async function losses(options: Partial<FineTuneOptions> = {}) {
  const model = options.model ?? newModel();
  const settings = { task, features: rows, batchSize: 4, steps: 6, learningRate: 1e-3, ...options };
  const losses: number[] = [];
  const run = fineTune({ ...settings, model });
  let result: FineTuneResult;
  for (;;) {
    const { done, value } = await run.next();
    if (done) {
      result = value;
      break;
    }
    losses.push(value.loss);
  }
  const weights = await rememberWeights(model.parameters);
  if (!options.model) model.dispose();
  return { losses, weights, result };
}

Deno.test("the same seed gives the same run, another seed another", async () => {
  const [a, b, c] = [await losses(), await losses(), await losses({ seed: 2 })];
  assertEquals(a, b);
  assert(a.losses.some((loss, i) => loss !== c.losses[i]));
});

Deno.test("a resumed run ends as an unbroken one, with the best weights that the first part had found", async () => {
  const folder = await Deno.makeTempDir();
  const settings = {
    task: scored,
    features: rows,
    development,
    evaluateEvery: 2,
    keep: "best",
    batchSize: 4,
    steps: 6,
    learningRate: 1e-3,
  } as const;
  const whole = await losses({ ...settings });
  const checkpoint = { path: `${folder}/run.safetensors` };
  const begun = newModel();
  for await (const { step } of fineTune({ ...settings, model: begun, checkpoint })) {
    if (step === 3) break;
  }
  const resumed = await losses({ ...settings, checkpoint, model: newModel(99) });
  assertEquals(resumed.losses, whole.losses.slice(3));
  assertEquals(resumed.weights, whole.weights);
  assertEquals(resumed.result.best, whole.result.best);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a batch in three parts gives the loss and the update of the whole", async () => {
  const [whole, parts] = [
    await losses({ dropout: false }),
    await losses({ dropout: false, accumulate: 3 }),
  ];
  whole.losses.forEach((loss, i) => assertAlmostEquals(parts.losses[i], loss, 1e-5));
  for (const [name, values] of whole.weights) {
    assert(largestDifference(parts.weights.get(name)!, values) < 2e-5, name);
  }
});

Deno.test("tags in parts weigh by the number of words, and a part without a tag is no harm", async () => {
  const tags = taskWith({ kind: "tags", labels: ["x", "y"] });
  const features = rows.map((row, i): Feature => ({
    ...row,
    targets: Array.from(
      row.encodings[0].inputIds,
      (id, t) => i === 0 || t < i % 3 ? IGNORED : id % 2,
    ),
  }));
  const model = () => newForTask(tags, config, { random: createRandom(1) });
  const settings = { task: tags, features, dropout: false, batchSize: 4 };
  const whole = await losses({ ...settings, model: model() });
  const parts = await losses({ ...settings, model: model(), accumulate: 4 });
  whole.losses.forEach((loss, i) => assertAlmostEquals(parts.losses[i], loss, 1e-5));
});

Deno.test("the number of tensors stays constant", async () => {
  const model = newModel();
  const counts: number[] = [];
  const settings = { features: rows, batchSize: 4, steps: 8, accumulate: 2, development };
  for await (const _ of fineTune({ task: scored, model, ...settings })) {
    counts.push(tf.memory().numTensors);
  }
  assertEquals(new Set(counts.slice(1)).size, 1);
  model.dispose();
});

Deno.test("without `keep` the last weights stay, with it the best are brought back", async () => {
  let turn = 0;
  const task = { ...scored, score: () => ({ accuracy: [0.1, 0.9, 0.5][turn++ % 3] }) };
  const settings = { task, development, evaluateEvery: 2, steps: 6 };
  const last = await losses(settings);
  const best = await losses({ ...settings, keep: "best" });
  const four = await losses({ steps: 4, learningRate: 1e-3 });
  assertEquals(last.result.best, { step: 4, scores: { accuracy: 0.9 } });
  assertEquals(best.result.best, last.result.best);
  assert(
    [...best.weights].some(([name, values]) =>
      largestDifference(values, last.weights.get(name)!) > 0
    ),
  );
  assertEquals(four.losses.length, 4);
});

Deno.test("a score that is no number is worse than any", async () => {
  let turn = 0;
  const task = { ...scored, score: () => ({ accuracy: [NaN, 0.5, NaN][turn++ % 3] }) };
  const settings = { task, development, evaluateEvery: 2, steps: 6, keep: "best" } as const;
  assertEquals((await losses(settings)).result.best, { step: 4, scores: { accuracy: 0.5 } });
});

Deno.test("evaluations come after every epoch and after the last step", async () => {
  const model = newModel();
  const seen: number[] = [];
  const settings = { task: scored, features: rows, development, batchSize: 3, steps: 7 };
  for await (const { step, evaluation, epoch } of fineTune({ ...settings, model })) {
    if (evaluation) seen.push(step);
    assertAlmostEquals(epoch, step * 3 / 8);
  }
  assertEquals(seen, [3, 6, 7]);
  model.dispose();
});

Deno.test("a stop during an evaluation ends the run cleanly, keeps the step and goes on from its checkpoint", async () => {
  const folder = await Deno.makeTempDir();
  const checkpoint = { path: `${folder}/run.safetensors` };
  const settings = { development, evaluateEvery: 2, keep: "best" } as const;
  const whole = await losses({ ...settings, task: scored });
  let evaluations = 0;
  const stopInTheSecond: typeof scored = {
    ...scored,
    predict(...given) {
      if (++evaluations === 2) throw new Interrupted("prediction was stopped at 4 of 8 examples");
      return scored.predict(...given);
    },
  };
  const stopped = await losses({ ...settings, task: stopInTheSecond, checkpoint });
  assertEquals(stopped.losses, whole.losses.slice(0, 4));
  assertEquals([stopped.result.step, stopped.result.finished], [4, false]);
  assertEquals(stopped.result.best?.step, 2);
  assertEquals(
    stopped.result.message,
    "prediction was stopped at 4 of 8 examples, in the evaluation after step 4 of 6",
  );
  const resumed = await losses({ ...settings, task: scored, checkpoint, model: newModel(99) });
  assertEquals(resumed.losses, whole.losses.slice(4));
  assertEquals([resumed.result.step, resumed.result.finished], [6, true]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("only what is `trainable` moves", async () => {
  const model = newModel();
  const before = await rememberWeights(model.parameters);
  const { weights } = await losses({ model, trainable: (name) => name.startsWith("classifier") });
  const moved = [...weights].filter(([name, values]) =>
    largestDifference(values, before.get(name)!) > 0
  );
  assertEquals(moved.map(([name]) => name), ["classifier.weight", "classifier.bias"]);
  model.dispose();
});

Deno.test("the number of steps is the release's", () => {
  assertEquals(fineTuningSteps(3668, 32, 3), 343); // MRPC
  assertEquals(fineTuningSteps(3, 32, 1), 1);
});

Deno.test("what cannot be trained on is said in a sentence", async () => {
  const refused = (options: Partial<FineTuneOptions>, sentence: string) =>
    assertRejects(() => losses(options), RangeError, sentence);
  const { targets: _, ...unlabelled } = rows[0];
  await refused({ features: [] }, "there is nothing to train on");
  await refused({ features: [unlabelled] }, "example 0 has no label");
  await refused({ keep: "best" }, "needs `development`");
  await refused({ epochs: 0 }, "epochs is a positive number; got 0");
  await refused({ batchSize: 1.5 }, "batchSize is a whole number");
  await refused({ trainable: () => false }, "no parameter is trainable");
});

Deno.test("a loaded encoder gets a new head, the same for the same seed", async () => {
  const load = (seed: number) =>
    loadForTask(task, golden("fine_tuning"), { random: createRandom(seed) });
  const [a, b, c] = [await load(1), await load(1), await load(2)];
  assert(a instanceof BertForSequenceClassification);
  const head = (model: typeof a) => model.parameters.get("classifier.weight")!.dataSync();
  assertEquals(head(a), head(b as typeof a));
  assert(largestDifference(head(a), head(c as typeof a)) > 0);
  assertEquals(a.loaded!.missing, ["classifier.weight", "classifier.bias"]);
});
