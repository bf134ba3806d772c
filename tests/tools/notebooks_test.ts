import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { Notebook } from "../../tools/notebook.ts";
import { root, runTool, withFolder, writeNotebook } from "./run_tool.ts";

const fixtures = join(root, "tests", "notebooks");

Deno.test("a notebook with a failing cell makes the task fail, and the message names everything", async () => {
  await withFolder(async (out) => {
    const run = await runTool("notebooks.ts", ["--folder", fixtures, "--out", out, "--json"]);
    assertEquals(run.code, 1);
    for (
      const part of ["canary.ipynb failed in cell 2", "| throw new Error(", "the canary sings"]
    ) {
      assertStringIncludes(run.stderr, part);
    }
    assertStringIncludes(run.stderr, "1 passed, 1 failed, 0 skipped");
    const [canary, small] = JSON.parse(run.stdout);
    assertEquals([canary.notebook, canary.ok, canary.failure.cell], ["canary", false, 2]);
    assertEquals([small.notebook, small.ok], ["small", true]);
    const html = await Deno.readTextFile(join(out, "small.html"));
    assertStringIncludes(html, "<strong>table</strong>");
  });
});

Deno.test("a cell that is no TypeScript fails with a hint, since the kernel gives no reason", async () => {
  await withFolder(async (folder) => {
    await writeNotebook(join(folder, "broken.ipynb"), ["const x = ;"]);
    const run = await runTool("notebooks.ts", ["--folder", folder, "--out", folder + "/out"]);
    assertEquals(run.code, 1);
    assertStringIncludes(run.stdout, "broken.ipynb failed in cell 1");
    assertStringIncludes(run.stdout, "a syntax error");
  });
});

Deno.test("of 200 small cells that print, display and return, no output is lost", async () => {
  await withFolder(async (folder) => {
    const show = (i: number) =>
      [
        `console.log("out ${i};");`,
        `await Deno.jupyter.display({ "text/plain": "out ${i};" }, { raw: true });`,
        `"out ${i};"`,
        `await Deno.jupyter.display({ "text/plain": "out ${i};", "text/html": "x".repeat(3e5) }, { raw: true });`,
      ][i % 4];
    const path = join(folder, "many.ipynb");
    await writeNotebook(path, Array.from({ length: 200 }, (_, i) => show(i)));
    const run = await runTool("notebooks.ts", ["--folder", folder, "--out", join(folder, "out")]);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    const { cells }: Notebook = JSON.parse(await Deno.readTextFile(join(folder, "out/many.ipynb")));
    const lost = cells.filter(({ outputs }, i) => !JSON.stringify(outputs).includes(`out ${i};`));
    assertEquals(lost.map((cell) => cell.source), []);
  });
});

Deno.test("--update writes outputs into the notebook and keeps this machine's paths out of them", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "paths.ipynb");
    const url = new URL(import.meta.url).href;
    await writeNotebook(path, [`console.log(${JSON.stringify(url)});`, `console.log("done");`]);
    const args = ["--folder", folder, "--out", join(folder, "out"), "--update"];
    assertEquals((await runTool("notebooks.ts", args)).code, 0);
    const text = await Deno.readTextFile(path);
    const { cells }: Notebook = JSON.parse(text);
    assertEquals(cells.map((cell) => cell.execution_count), [1, 2]);
    assertStringIncludes(JSON.stringify(cells[0].outputs), '"tests/tools/notebooks_test.ts');
    assertEquals(text.includes("done\\n"), true);
    assert(!JSON.stringify(cells[0].outputs).includes(root));
  });
});

Deno.test("--only with a name that no notebook has lists the names there are", async () => {
  const run = await runTool("notebooks.ts", ["--folder", fixtures, "--only", "albatross"]);
  assertEquals(run.code, 1);
  assertStringIncludes(run.stderr, 'no notebook is called "albatross"; there are: canary, small');
});

Deno.test("a folder without notebooks is an error, not a success", async () => {
  await withFolder(async (folder) => {
    const run = await runTool("notebooks.ts", ["--folder", folder]);
    assertEquals(run.code, 1);
    assertStringIncludes(run.stderr, "there is no notebook below");
  });
});
