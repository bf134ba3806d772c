import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { findTask } from "../../lib/bert/tasks/mod.ts";
import {
  fineTuningResults,
  type FineTuningResultsOptions,
  fullRunTable,
  meanOverSeeds,
} from "../../lib/lesson/mod.ts";

const row = {
  ...{ task: "RTE", metric: "accuracy", model: "m", command: "c", train: 2490 },
  scored: { split: "dev", examples: 277 },
  seeds: [{ seed: 1, score: 0.6 }, { seed: 2, score: 0.66 }, { seed: 3, score: 0.63 }],
};

async function withRows<T>(
  rows: readonly unknown[],
  then: (options: FineTuningResultsOptions) => Promise<T>,
) {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify(rows));
  try {
    return await then({ file });
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("every full run that is told of is of a task that exists, by its headline score", async () => {
  for (const { task, metric } of await fineTuningResults()) {
    assertEquals(metric, findTask(task).headline, task);
  }
});

Deno.test("no score that is told of lies outside its range: none is left in per cent", async () => {
  for (const { task, seeds, transformers } of await fineTuningResults()) {
    for (const { score } of [...seeds, ...transformers?.seeds ?? []]) {
      assertEquals(Math.abs(score) <= 1, true, `${task}: ${score}`);
    }
  }
});

Deno.test("a row without a command, a number or a score is told by its number", async () => {
  const refused = (bad: unknown, message: string) =>
    assertRejects(() => withRows([row, bad], fineTuningResults), Error, message);
  await refused({ ...row, command: undefined }, 'row 2: "command" is missing');
  await refused({ ...row, train: undefined }, 'row 2, RTE: needs the numbers "train"');
  await refused({ ...row, scored: { split: "dev" } }, '"scored.examples"');
  await refused({ ...row, seeds: [] }, "row 2, RTE: needs at least one seed");
  await refused({ ...row, transformers: { seeds: [{ seed: 1 }] } }, "needs at least one seed");
});

Deno.test("the mean over seeds is in points, with the range between the outermost", () => {
  const { mean, range } = meanOverSeeds(row);
  assertAlmostEquals(mean, 63, 1e-9);
  assertAlmostEquals(range, 6, 1e-9);
});

Deno.test("a lesson's table has both programs' means, and says where nothing was run", async () => {
  const peer = { command: "c", versions: {}, seeds: [{ seed: 1, score: 0.5 }] };
  const rows = [row, { ...row, model: "n", transformers: peer }];
  const shown = await withRows(rows, (options) => fullRunTable(["CoLA", "RTE"], options));
  const cells = shown.toString().split("\n").map((line) =>
    line.split("|").slice(1, -1).map((c) => c.trim())
  );
  assertEquals(cells.filter(([task]) => ["CoLA", "RTE"].includes(task)), [
    ["CoLA", "not run yet", "–", "–", "–", "–", "–"],
    ["RTE", "accuracy", "2,490", "277 (dev)", "3", "63.0", "–"],
    ["RTE", "accuracy", "2,490", "277 (dev)", "3", "63.0", "50.0"],
  ]);
});

Deno.test("a lesson's table can be shown before anything has been run", async () => {
  const shown = await withRows([], (options) => fullRunTable(["CoLA"], options));
  assertEquals(shown.toString().includes("not run yet"), true);
});
