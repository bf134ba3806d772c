/**
 * `deno task ok`: what a contribution must pass.
 *
 * @module
 */
import { join } from "node:path";
import { checkCells } from "./cells.ts";
import { inWords, root, run, runTask } from "./command.ts";
import { findNotebooks, readNotebook } from "./notebook.ts";
import { styleProblems } from "./notebook_style.ts";
import { setUp } from "./setup.ts";
import { counts, runTests, tellMissed } from "./test.ts";

const usage = `
Runs what a contribution must pass: formatting, lint, the types of lib, tests, tools, bench and of every
notebook cell, the notebooks' style, the examples in doc comments, and the tests.

usage: deno task ok [options]
  --no-tests  leave the tests out (they have a task of their own)
  --json      print a report as JSON on standard output, and the rest on standard error
  --help      print this
`;

const options = { "no-tests": { type: "boolean" }, json: { type: "boolean" } } as const;

await runTask(usage, options, async (flags) => {
  const quiet = flags.json ?? false;
  const say = quiet ? console.error : console.log;
  const deno = (...words: string[]) => run([Deno.execPath(), ...words], { quiet });
  const steps: Record<string, () => Promise<boolean>> = {
    "formatting": () => deno("fmt", "--check"),
    "lint": () => deno("lint"),
    "types": async () =>
      deno("check", "--quiet", ...await existing("lib", "tests", "tools", "bench")),
    "types of notebook cells": () => checkCells(join(root, "notebooks"), say),
    "style of notebooks": () => checkStyle(say),
    "doc examples": () => test(["--doc", "lib"]),
    ...(flags["no-tests"] ? {} : {
      "tests": async () => {
        await setUp({ say });
        return test([]);
      },
    }),
  };
  async function test(words: string[]) {
    const report = await runTests(words, { quiet });
    tellMissed(report, say);
    say(counts(report));
    return report.failed === 0;
  }

  const results: { step: string; ok: boolean; seconds: number }[] = [];
  for (const [step, check] of Object.entries(steps)) {
    say(`\n== ${step} (${results.length + 1} of ${Object.keys(steps).length})`);
    const start = performance.now();
    const ok = await check();
    results.push({ step, ok, seconds: (performance.now() - start) / 1000 });
  }
  say("");
  for (const { step, ok, seconds } of results) {
    say(`${ok ? "ok    " : "FAILED"} ${step} (${inWords(seconds)})`);
  }
  if (quiet) console.log(JSON.stringify(results, undefined, 1));
  const failed = results.filter(({ ok }) => !ok).length;
  say(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0;
});

async function existing(...names: string[]): Promise<string[]> {
  const there = await Promise.all(names.map((name) => {
    return Deno.stat(join(root, name)).then(() => true, () => false);
  }));
  return names.filter((_, i) => there[i]);
}

async function checkStyle(say: (line: string) => void): Promise<boolean> {
  const folder = join(root, "notebooks");
  const names = await findNotebooks(folder);
  const problems: string[] = [];
  for (const name of names) {
    const notebook = await readNotebook(join(folder, `${name}.ipynb`));
    problems.push(
      ...styleProblems(notebook).map((problem) => `notebooks/${name}.ipynb ${problem}`),
    );
  }
  for (const problem of problems) say(problem);
  say(`${names.length} notebooks, ${problems.length} problems`);
  return problems.length === 0;
}
