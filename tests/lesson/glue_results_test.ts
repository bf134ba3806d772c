import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { findTask } from "../../lib/bert/tasks/mod.ts";
import { glueResults, meanOverSeeds } from "../../lib/lesson/mod.ts";

async function fromText(text: string) {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, text);
  try {
    return await glueResults(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("every full run that is told of is of a task that exists, by its headline score", async () => {
  for (const { task, metric } of await glueResults()) {
    assertEquals(metric, findTask(task).headline, task);
  }
});

Deno.test("a row without a command or a score is told by its number", async () => {
  const row = { task: "RTE", metric: "accuracy", model: "m", command: "c", seeds: [] };
  const half = { ...row, command: undefined };
  await assertRejects(() => fromText(JSON.stringify([half])), Error, 'row 1: "command" is missing');
  await assertRejects(() => fromText(JSON.stringify([row])), Error, "row 1, RTE");
});

Deno.test("the mean over seeds is in points, with the range between the outermost", async () => {
  const seeds = [{ seed: 1, score: 0.6 }, { seed: 2, score: 0.66 }, { seed: 3, score: 0.63 }];
  const row = { task: "RTE", metric: "accuracy", model: "m", command: "c", seeds };
  const [read] = await fromText(JSON.stringify([row]));
  const { mean, range } = meanOverSeeds(read);
  assertAlmostEquals(mean, 63, 1e-9);
  assertAlmostEquals(range, 6, 1e-9);
});
