import { assert, assertEquals } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import {
  BertModel,
  evaluate,
  FeatureBasedClassifier,
  FeatureBasedTagger,
  fineTune,
  FROZEN_LAYERS,
  FrozenEncoder,
  newForTask,
  rememberWeights,
  taskBatch,
  weightChange,
} from "../../lib/bert/mod.ts";
import { findTask } from "../../lib/bert/tasks/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { tinyBertFor } from "./fine_tuning_support.ts";
import { largestDifference } from "./support.ts";

const names = findTask("small_world_names"), sentiment = findTask("small_world_sentiment");
const tagged = (await names.read("", "train")).slice(0, 4);
const said = (await sentiment.read("", "train")).slice(0, 8);
const texts = JSON.stringify([tagged, said]).replaceAll(/[":,[\]{}]/g, " ");
const { tokenizer, config } = tinyBertFor([texts]);
const tags = names.features(tagged, tokenizer), classes = sentiment.features(said, tokenizer);
const labels = names.head.kind === "tags" ? names.head.labels.length : 0;
const newBert = () => new BertModel(config, { random: createRandom(1) });

for (const layers of FROZEN_LAYERS) {
  Deno.test(`features "${layers}": what is remembered is what the encoder says, and the tagger learns from it`, async () => {
    const bert = newBert();
    const before = await rememberWeights(bert.parameters);
    const encoder = new FrozenEncoder(bert, layers);
    const fresh = new FrozenEncoder(bert, layers);
    const { input } = taskBatch(tags, config);
    const now = await tf.mul(fresh.forward(input), realPlaces(input, encoder.kept)).data();
    await encoder.read(tags, { batchSize: 3 });
    assert(largestDifference(await encoder.forward(input).data(), now) < 1e-5);

    const model = new FeatureBasedTagger(encoder, { labels, random: createRandom(2), dropout: 0 });
    const losses: number[] = [];
    const settings = { steps: 8, learningRate: 1e-2, batchSize: 4 };
    for await (const { loss } of fineTune({ task: names, model, features: tags, ...settings })) {
      losses.push(loss);
    }
    assert(losses.at(-1)! < 0.9 * losses[0], `${losses}`);
    assertEquals((await weightChange(before, bert.parameters)).map(({ change }) => change), [
      0,
      0,
      0,
    ]);
    const mixes = [...model.parameters.keys()].some((name) => name.startsWith("mixture."));
    assertEquals(mixes, layers === "weighted sum of last four");
    model.dispose();
    bert.dispose();
  });
}

/** [B, S, T, 1]: 0 at padding. */
function realPlaces(
  { attentionMask, batch, length }: ReturnType<typeof taskBatch>["input"],
  S: number,
) {
  const mask = tf.tensor4d(Float32Array.from(attentionMask), [batch, 1, length, 1]);
  return tf.tile(mask, [1, S, 1, 1]);
}

for (const summary of ["[CLS]", "mean"] as const) {
  Deno.test(`one frozen vector, ${summary}, does not depend on the padding of its batch`, async () => {
    const bert = newBert();
    const encoder = new FrozenEncoder(bert, "last");
    const model = new FeatureBasedClassifier(encoder, {
      labels: 2,
      random: createRandom(1),
      summary,
    });
    const short = classes.toSorted((a, b) =>
      a.encodings[0].inputIds.length - b.encodings[0].inputIds.length
    )[0];
    const logits = async (others: typeof classes) => {
      const { input } = taskBatch([short, ...others], { ...config, maxPositions: 128 });
      return (await model.forward(input).logits!.data()).slice(0, 2);
    };
    const long = {
      ...short,
      encodings: [tokenizer.encode(texts.slice(0, 400), undefined, { maxLength: 60 })],
    };
    assert(largestDifference(await logits([]), await logits([long])) < 1e-5);
    model.dispose();
    bert.dispose();
  });
}

Deno.test("a classifier on frozen vectors is trained and scored like any other model", async () => {
  const encoder = new FrozenEncoder(newBert(), "last");
  await encoder.read(classes);
  const options = { labels: 2, random: createRandom(1), summary: "mean", dropout: 0 } as const;
  const model = new FeatureBasedClassifier(encoder, options);
  const settings = { steps: 60, learningRate: 0.1, batchSize: 8 };
  for await (const _ of fineTune({ task: sentiment, model, features: classes, ...settings }));
  const { scores } = await evaluate({ task: sentiment, model, examples: said, features: classes });
  assertEquals(scores, { accuracy: 1 });
});

Deno.test("fine-tuning moves every part of the network", async () => {
  const model = newForTask(sentiment, config, { random: createRandom(1) });
  const before = await rememberWeights(model.parameters);
  const settings = { steps: 3, learningRate: 1e-3, batchSize: 8 };
  for await (const _ of fineTune({ task: sentiment, model, features: classes, ...settings }));
  const changes = await weightChange(before, model.parameters);
  assertEquals(changes.map(({ part }) => part), ["embeddings", "layer 1", "pooler", "classifier"]);
  assert(changes.every(({ change }) => change > 0 && change < 1), JSON.stringify(changes));
  model.dispose();
});
