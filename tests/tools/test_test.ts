import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { counts, readJunit } from "../../tools/test.ts";
import { runTool, withFolder } from "./run_tool.ts";

Deno.test("a run of deno test is counted, and a skipped test brings its reason", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "a_test.ts"),
      `Deno.test("a < b", () => {});
      Deno.test("fails", () => { throw new Error("on <purpose>"); });
      Deno.test({ name: "needs a moon [skipped: there is \\"none\\"]", ignore: true, fn() {} });`,
    );
    const run = await runTool("test.ts", [folder, "--json"]);
    assertEquals(run.code, 1);
    const { failures, ...rest } = JSON.parse(run.stdout);
    assertEquals(rest, {
      passed: 1,
      failed: 1,
      skipped: [{ test: "needs a moon", reason: 'there is "none"' }],
    });
    assertEquals(failures.map(({ test }: { test: string }) => test), ["fails"]);
    assertMatch(failures[0].error, /^Error: on <purpose>\n[^]*\n {4}at .*a_test\.ts:2:\d+$/);
    assertStringIncludes(run.stderr, 'needs a moon: there is "none"');
    const end = run.stderr.slice(run.stderr.indexOf("\nfailed:\n"));
    assertMatch(end, /^\nfailed:\n {2}fails\n {4}Error: on <purpose>\n[^]*1 skipped\n$/);
    assertEquals(run.stderr.trimEnd().split("\n").at(-1), "1 passed, 1 failed, 1 skipped");
  });
});

Deno.test("a test file that cannot be loaded counts as a failure", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "a_test.ts"), "const x: number = 'no number';");
    const run = await runTool("test.ts", [folder]);
    assertEquals(run.code, 1);
    assertEquals(run.stdout.trimEnd().split("\n").at(-1), "0 passed, 1 failed, 0 skipped");
  });
});

Deno.test("a run that ends with an error but reports no failed test has failed", () => {
  const xml = '<testcase name="fine" classname="x">\n</testcase>';
  assertEquals(counts(readJunit(xml, true)), "1 passed, 0 failed, 0 skipped");
  assertEquals(counts(readJunit(xml, false)), "1 passed, 1 failed, 0 skipped");
});
