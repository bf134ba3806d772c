import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { runTool, withFolder } from "./run_tool.ts";

const TINY = "cells --count 3 --base 4 --depth 2 --shrink 8 --tile 60 --views 1".split(" ");

Deno.test("train cells learns on frames of the phantom, and what it writes scores the same again", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "a");
    const trained = await runTool("train.ts", [
      ...TINY,
      ...["--steps", "60", "--every", "30", "--learning-rate", "1e-2", "--out", out, "--json"],
    ]);
    assertEquals(trained.code, 0, trained.stderr);
    const result = JSON.parse(trained.stdout);
    assertEquals(result, JSON.parse(await Deno.readTextFile(join(out, "result.json"))));
    const log = (await Deno.readTextFile(join(out, "log.jsonl"))).trim().split("\n");
    const [first, last] = log.map((line) => JSON.parse(line));
    assertEquals([first.step, last.step], [30, 60]);
    assert(last.loss < first.loss, `the loss went from ${first.loss} to ${last.loss}`);
    assert(result.cells > 0 && result.seg >= 0 && result.seg <= 1, `SEG ${result.seg}`);
    assertEquals(result.perFrame.length, 9);

    const file = join(out, "unet.safetensors");
    const again = await runTool("train.ts", [
      ...TINY,
      ...["--evaluate", file, "--out", join(folder, "b"), "--json"],
    ]);
    assertEquals(again.code, 0, again.stderr);
    const { seg, options, matched } = JSON.parse(again.stdout);
    assertEquals([seg, options, matched], [result.seg, result.options, result.matched]);
  });
});

Deno.test("train cells says in a sentence what is wrong with an option", async () => {
  const says = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await runTool("train.ts", ["cells", ...args]);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  };
  await says(["--data", "mouse"], /--data is "mouse", expected one of cell_phantom, /);
  await says(["--views", "3"], /--views is 3, expected 1 or 7/);
  await says(["--evaluate", "/nowhere"], /\/nowhere cannot be read/);
});
