import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { root, runTool } from "./run_tool.ts";

const MODEL = join(root, "data", "models", "small_world_bert");
const wasm = { TF_BACKEND: "wasm" };

interface Run {
  task: string;
  start: string;
  seed: number;
  score: number;
  learningRate: number;
  aside: number[];
  steps: number;
  trainingExamples: number;
  developmentExamples: number;
}

Deno.test("compare-start trains from both starts alike, and finds that pre-training helps", async () => {
  const options = "--tasks small_world_names --limit 160 --epochs 1 --learning-rates 1e-3 --json";
  const { code, stdout, stderr } = await runTool(
    "compare_start.ts",
    ["--model", MODEL, ...options.split(" ")],
    wasm,
  );
  assertEquals(code, 0, stderr);
  const { model, runs }: { model: string; runs: Run[] } = JSON.parse(stdout);
  assertEquals(model, "small_world_bert");
  assertEquals(runs.map(({ start }) => start), ["pre-trained", "random"]);
  for (const run of runs) {
    assertEquals([run.steps, run.trainingExamples, run.developmentExamples], [10, 160, 300]);
    assertEquals(run.aside, []); // one rate: nothing to choose
  }
  assert(runs[0].score > runs[1].score, `${runs[0].score} against ${runs[1].score}`);
});

Deno.test("compare-start gives each start the rate that is best on examples it was not trained on", async () => {
  const options = "--tasks small_world_names --limit 160 --epochs 1 --learning-rates 1e-7,1e-3";
  const { code, stdout, stderr } = await runTool(
    "compare_start.ts",
    ["--model", MODEL, ...options.split(" "), "--json"],
    wasm,
  );
  assertEquals(code, 0, stderr);
  const { runs }: { runs: Run[] } = JSON.parse(stdout);
  for (const { aside, learningRate, steps } of runs) {
    assertEquals(learningRate, aside[1] > aside[0] ? 1e-3 : 1e-7);
    assertEquals(steps, 144 / 16); // every tenth of the 160 was kept aside
  }
  assertEquals(runs[0].learningRate, 1e-3, "with 1e-7 nothing is learnt");
});

Deno.test("compare-start says in a sentence what is missing or no number", async () => {
  const model = await runTool("compare_start.ts", ["--model", "/no/such/folder"]);
  assertEquals(model.code, 1);
  assertStringIncludes(model.stderr, "config.json");
  const rates = await runTool("compare_start.ts", ["--learning-rates", "1e-4,fast"]);
  assertEquals(rates.code, 1);
  assertStringIncludes(rates.stderr, "--learning-rates is a positive number; got fast");
  const few = await runTool(
    "compare_start.ts",
    ["--model", MODEL, "--tasks", "small_world_names", "--limit", "5"],
    wasm,
  );
  assertEquals(few.code, 1);
  assertStringIncludes(few.stderr, "5 training examples are too few to choose among rates");
});
