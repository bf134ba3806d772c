import { assert, assertEquals } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import {
  type BertConfig,
  loadForTask,
  newForTask,
  rememberWeights,
  restoreWeights,
} from "../../lib/bert/mod.ts";
import { taskBatch } from "../../lib/bert/task_batch.ts";
import { taskLogits, taskLoss } from "../../lib/bert/task_model.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { type GoldenFeature, taskWith, toFeature } from "./fine_tuning_support.ts";
import { golden, gradients, reference } from "./support.ts";

interface Moments {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const DRAWS = 1500;
const task = taskWith({ kind: "classes", labels: ["a", "b", "c"] });
const folder = golden("fine_tuning");
const readJson = async (name: string) => JSON.parse(await Deno.readTextFile(`${folder}/${name}`));

for (const place of ["hidden", "attention"] as const) {
  Deno.test(`dropout (${place}) spreads logits and gradients as PyTorch's does`, async () => {
    await useBackend({ prefer: "wasm", threads: 1 }); // the plain backend takes minutes
    const expected = await readJson("dropout.json");
    const { families } = await readJson("reference.json");
    const some: GoldenFeature[] = families.classes.features.slice(0, expected.rows);
    const model = await tinyClassifier({
      hiddenDropout: place === "hidden" ? expected.rate : 0,
      attentionDropout: place === "attention" ? expected.rate : 0,
    });
    const { input, targets } = taskBatch(some.map(toFeature), model.config);

    const names: string[] = expected[place].gradientLengths.names;
    assertEquals([...model.parameters.keys()].toSorted(), names.toSorted());
    const logits: number[][] = [], lengths: number[][] = [];
    for (let draw = 0; draw < DRAWS; draw++) {
      tf.tidy(() => {
        const options = { training: true, random: createRandom(draw) };
        const { grads } = gradients(model.parameters, () => {
          const output = taskLogits(model, input, options);
          logits.push([...output.dataSync()]);
          return taskLoss(task.head, output, targets!);
        });
        lengths.push(names.map((name) => tf.norm(grads.get(name)!).dataSync()[0]));
      });
    }
    assertSameSpread(logits, expected[place].logits, expected.draws, `logit`);
    assertSameSpread(lengths, expected[place].gradientLengths, expected.draws, "gradient");
    model.dispose();
    await useBackend({ prefer: "cpu" });
  });
}

/** The network of the golden files, which has no dropout, with some. */
async function tinyClassifier(dropout: Pick<BertConfig, "hiddenDropout" | "attentionDropout">) {
  const { numbers } = await reference("fine_tuning");
  const without = await loadForTask(task, folder);
  const weights = await rememberWeights(without.parameters);
  without.dispose();
  for (const name of weights.keys()) {
    if (!name.startsWith("bert.")) weights.set(name, numbers(`classes.first.${name}`));
  }
  const model = newForTask(task, { ...without.config, ...dropout }, { random: createRandom(0) });
  restoreWeights(model.parameters, weights);
  return model;
}

/** Five standard errors for the mean, ten per cent for the deviation. */
function assertSameSpread(
  draws: readonly (readonly number[])[],
  { mean, deviation }: Moments,
  theirDraws: number,
  what: string,
) {
  const n = draws.length;
  for (const [i, expected] of mean.entries()) {
    const own = draws.reduce((sum, row) => sum + row[i], 0) / n;
    const spread = Math.sqrt(draws.reduce((sum, row) => sum + (row[i] - own) ** 2, 0) / (n - 1));
    const error = deviation[i] * Math.sqrt(1 / n + 1 / theirDraws);
    assert(
      Math.abs(own - expected) < 5 * error + 1e-5,
      `${what} ${i}: mean ${own}, not ${expected}`,
    );
    assert(
      Math.abs(spread - deviation[i]) < 0.1 * deviation[i] + 1e-5,
      `${what} ${i}: deviation ${spread}, not ${deviation[i]}`,
    );
  }
}
