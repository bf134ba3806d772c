import { assert, assertEquals } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import {
  bertConfig,
  Elmo,
  elmoReader,
  type EncodingBatch,
  Gpt,
  gptReader,
  RivalForTask,
  taskLogits,
  taskLoss,
} from "../../../lib/bert/mod.ts";
import type { TaskHead } from "../../../lib/bert/tasks/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { adam, constant, train } from "../../../lib/train/mod.ts";
import { largestDifference } from "../support.ts";

const config = bertConfig({
  vocabSize: 20,
  hiddenSize: 16,
  layers: 2,
  heads: 2,
  maxPositions: 8,
  initializerRange: 0.2,
});
const sizes = { vocabSize: 20, projection: 8, cells: 12, maxPositions: 8, initializerRange: 0.5 };
const readers = {
  GPT: () => gptReader(new Gpt(config, { random: createRandom(1) })),
  ELMo: () => elmoReader(new Elmo(sizes, { random: createRandom(1) })),
};

function batch(
  rows: number[][],
  length = Math.max(...rows.map((row) => row.length)),
): EncodingBatch {
  const inputIds = new Int32Array(rows.length * length);
  const attentionMask = new Int32Array(rows.length * length);
  rows.forEach((row, r) => {
    inputIds.set(row, r * length);
    attentionMask.fill(1, r * length, r * length + row.length);
  });
  const tokenTypeIds = new Int32Array(inputIds.length);
  return { batch: rows.length, length, inputIds, attentionMask, tokenTypeIds, encodings: [] };
}

const HEADS: TaskHead[] = [
  { kind: "classes", labels: ["a", "b", "c"] },
  { kind: "number", range: [0, 5] },
  { kind: "choice", choices: 2 },
  { kind: "span", noAnswer: false },
  { kind: "tags", labels: ["O", "B-X"] },
];
const input = batch([[2, 7, 8, 3], [2, 9, 3], [2, 9, 7, 8, 3], [2, 3]]);

for (const [name, read] of Object.entries(readers)) {
  Deno.test(`${name} gets every head, with or without a BiLSTM, in the shape that a task expects`, () => {
    for (const bilstmLayers of [0, 1]) {
      const shapes = HEADS.map((head) => {
        const model = new RivalForTask(read(), head, { random: createRandom(2), bilstmLayers });
        const { shape } = taskLogits(model, input);
        model.dispose();
        return shape;
      });
      assertEquals(shapes, [[4, 3], [4, 1], [2, 2], [4, 2, 5], [4, 5, 2]]);
    }
  });

  Deno.test(`padding changes no answer of ${name}`, () => {
    for (const bilstmLayers of [0, 2]) {
      const head = HEADS[0];
      const model = new RivalForTask(read(), head, { random: createRandom(2), bilstmLayers });
      const short = taskLogits(model, batch([[2, 7, 8, 3]])).dataSync();
      const long = taskLogits(model, batch([[2, 7, 8, 3]], 8)).dataSync();
      assert(largestDifference(short, long) < 1e-6);
    }
  });
}

Deno.test("GPT's answer about a text depends on every piece, its vector at a piece on none after it", () => {
  const classify = new RivalForTask(readers.GPT(), HEADS[0], { random: createRandom(2) });
  const tag = new RivalForTask(readers.GPT(), HEADS[4], { random: createRandom(2) });
  const [a, b] = [[2, 7, 8, 3], [2, 7, 9, 3]].map((row) => batch([row]));
  const differs = (model: RivalForTask) =>
    largestDifference(taskLogits(model, a).dataSync(), taskLogits(model, b).dataSync());
  assert(differs(classify) > 1e-3);
  const before = [a, b].map((x) => tf.slice(taskLogits(tag, x), [0, 0, 0], [1, 2, 2]).dataSync());
  assertEquals(before[0], before[1]);
  const mended = new RivalForTask(readers.GPT(), HEADS[4], {
    random: createRandom(2),
    bilstmLayers: 1,
  });
  const [c, d] = [a, b].map((x) =>
    tf.slice(taskLogits(mended, x), [0, 0, 0], [1, 2, 2]).dataSync()
  );
  assert(largestDifference(c, d) > 1e-5); // the BiLSTM lets it look ahead
});

Deno.test("four texts are learnt by heart; all of GPT moves, of ELMo only the mixture", async () => {
  for (const name of ["GPT", "ELMo"] as const) {
    const network = name === "GPT"
      ? new Gpt(config, { random: createRandom(1) })
      : new Elmo(sizes, { random: createRandom(1) });
    const reader = network instanceof Gpt ? gptReader(network) : elmoReader(network);
    const head = HEADS[0];
    const model = new RivalForTask(reader, head, { random: createRandom(3), dropout: 0 });
    const first = network.parameters.values().next().value!;
    const start = Array.from(await first.data());
    let last = Infinity;
    const targets = [0, 1, 2, 1];
    for await (
      const { loss } of train({
        model,
        batches: () => ({}),
        loss: () => taskLoss(head, taskLogits(model, input), targets),
        optimizer: adam(),
        schedule: constant(2e-2),
        steps: 80,
        seed: 1,
      })
    ) last = loss;
    assert(last < 0.1, `${name} ended at ${last}`);
    const moved = largestDifference(Array.from(await first.data()), start);
    assert(name === "GPT" ? moved > 1e-3 : moved === 0, `${name} moved by ${moved}`);
  }
});
