import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runTool } from "./run_tool.ts";

const QUICK = "--steps 2 --batch 2 --length 32 --limit 4 --epochs 1 --seeds 3 --learning-rates 1e-3"
  .split(" ");

Deno.test("compare-objectives trains the rows of Table 5 and scores each on the tasks asked for", async () => {
  const tasks = ["small_world_sentiment"];
  const { code, stdout, stderr } = await runTool(
    "compare_objectives.ts",
    [...QUICK, "--tasks", tasks.join(), "--json"],
    { TF_BACKEND: "wasm" },
  );
  assertEquals(code, 0, stderr);
  type Run = { objective: string; task: string; seed: number; score: number; parameters: number };
  const { runs }: { runs: Run[] } = JSON.parse(stdout);
  const objectives = ["BERT", "no NSP", "left to right", "+ BiLSTM", "ELMo", "none"];
  assertEquals(runs.map(({ objective }) => objective), objectives);
  assert(runs.every(({ task, score }) => tasks.includes(task) && score >= 0 && score <= 100));
  const trained = Object.fromEntries(runs.map((run) => [run.objective, run.parameters]));
  assertEquals(trained.BERT, trained["no NSP"]);
  assertEquals(trained.BERT, trained.none);
  assert(trained["+ BiLSTM"] > trained["left to right"]);
});

Deno.test("compare-objectives refuses what is no number and no task, in a sentence", async () => {
  const steps = await runTool("compare_objectives.ts", ["--steps", "many"]);
  assertEquals(steps.code, 1);
  assertStringIncludes(steps.stderr, "--steps is a positive number; got many");
  const objective = await runTool("compare_objectives.ts", ["--objectives", "BERT,luck"]);
  assertEquals(objective.code, 1);
  assertStringIncludes(objective.stderr, 'there is no objective "luck"');
  const task = await runTool("compare_objectives.ts", ["--tasks", "chess"]);
  assertEquals(task.code, 1);
  assertStringIncludes(task.stderr, "chess");
});
