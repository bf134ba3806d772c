import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type Environment, setUp } from "../../tools/setup.ts";
import { trustNotebooks } from "../../tools/trust.ts";
import { withFolder, writeNotebook } from "./run_tool.ts";

const ASK = `
import sys, nbformat
from nbformat.sign import NotebookNotary
print(NotebookNotary().check_signature(nbformat.read(sys.argv[1], as_version=4)))`;

async function isTrusted({ python, env }: Environment, path: string): Promise<boolean> {
  const options = { args: ["-c", ASK, path], env, clearEnv: true };
  const { stdout } = await new Deno.Command(python, options).output();
  return new TextDecoder().decode(stdout).trim() === "True";
}

Deno.test("the course's notebooks are trusted as they stand, and no longer when an output changes", async () => {
  const environment = await setUp();
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "unet"));
    const path = join(folder, "unet", "a lesson.ipynb");
    await writeNotebook(path, [`"${folder}"`]); // no other test's text
    assertEquals(await isTrusted(environment, path), false);
    assertEquals(await trustNotebooks(environment, folder), undefined);
    assert(await isTrusted(environment, path));

    const notebook = JSON.parse(await Deno.readTextFile(path));
    const data = { "text/html": "<script>alert()</script>" };
    notebook.cells[0].outputs.push({ output_type: "display_data", data, metadata: {} });
    await Deno.writeTextFile(path, JSON.stringify(notebook));
    assertEquals(await isTrusted(environment, path), false);
  });
});

Deno.test("a broken notebook leaves the others trusted; where nothing can be signed it is said", async () => {
  const environment = await setUp();
  await withFolder(async (folder) => {
    assertEquals(await trustNotebooks(environment, folder), undefined, "no notebook");
    const path = join(folder, "b.ipynb");
    await Deno.writeTextFile(join(folder, "a.ipynb"), "{");
    await Deno.writeTextFile(join(folder, "aa.ipynb"), "{}");
    await writeNotebook(path, [`"${folder}"`]);
    assertEquals(await trustNotebooks(environment, folder), undefined);
    assert(await isTrusted(environment, path));

    const python = join(folder, "no python here");
    const said = await trustNotebooks({ ...environment, python }, folder);
    assertStringIncludes(said ?? "", "could not be marked as trusted");
  });
});
