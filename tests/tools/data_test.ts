import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { badServer, serve, serveOnly } from "../io/bad_server.ts";
import { onUnix, root, runTool, withFolder } from "./run_tool.ts";

const bytes = new TextEncoder().encode("some data\n".repeat(10_000));

async function writeCatalogue(folder: string, base: string, terms?: string): Promise<string> {
  const path = join(folder, "catalogue.json");
  const toy = {
    title: "a toy",
    kind: "data",
    folder: "toy",
    licence: "none",
    home: "http://localhost/",
    files: [{ path: "a.txt", bytes: bytes.length }],
    sources: [{ kind: "files", base }],
    ...(terms ? { terms } : {}),
  };
  await Deno.writeTextFile(path, JSON.stringify({ format: 1, entries: { toy } }));
  return path;
}

Deno.test("data list, get and check tell what there is, fetch it and find damage", () =>
  withFolder(async (folder) => {
    await using server = badServer((request) => serve(bytes, request));
    const catalogue = await writeCatalogue(folder, `${server.address}/`, "be nice");
    const env = { DATA_DIR: folder };
    const data = (...words: string[]) =>
      runTool("data.ts", [...words, "--catalogue", catalogue], env);

    const [{ state, bytes: size }] = JSON.parse((await data("list", "--json")).stdout);
    assertEquals([state, size], ["not here", bytes.length]);

    const refused = await data("get", "toy");
    assertEquals(refused.code, 1);
    assertMatch(refused.stderr, /error: a toy has terms that have to be accepted once: be nice/);

    const got = await data("get", "toy", "--accept-terms");
    assertEquals(got.code, 0, got.stderr);
    assertStringIncludes(got.stdout, "toy is in ");
    assertEquals((await data("check")).stdout, "toy: whole\n");

    await Deno.writeTextFile(join(folder, "toy", "a.txt"), "x".repeat(bytes.length));
    const damaged = await data("check", "toy");
    assertEquals(damaged.code, 1);
    assertMatch(damaged.stdout, /toy: damaged\n {2}a.txt: its SHA-256 is/);
  }));

Deno.test({
  ...onUnix(
    "Ctrl-C in data get keeps what came and exits 130; the same command goes on from there",
  ),
  fn: () =>
    withFolder(async (folder) => {
      await using server = badServer((request, again) =>
        again === 0 ? serveOnly(30_000, bytes, request, "falls silent") : serve(bytes, request)
      );
      const catalogue = await writeCatalogue(folder, `${server.address}/`);
      const words = ["get", "toy", "--catalogue", catalogue];
      const env = { DATA_DIR: folder, NO_COLOR: "1" };
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", join(root, "tools", "data.ts"), ...words],
        env,
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const part = join(folder, "toy", "a.txt.part");
      for (let i = 0; i < 300; i++) {
        if ((await Deno.stat(part).catch(() => ({ size: 0 }))).size === 30_000) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      assertEquals(code, 130);
      assertStringIncludes(new TextDecoder().decode(stderr), "stopped; what has arrived is kept");
      assertEquals((await runTool("data.ts", words, env)).code, 0);
      assertEquals(server.asked[1].range, "bytes=30000-");
      assertEquals(await Deno.readFile(join(folder, "toy", "a.txt")), bytes);
    }),
});

Deno.test("data says in a sentence what it does not understand", async () => {
  const says = async (words: string[], sentence: RegExp) => {
    const { code, stderr } = await runTool("data.ts", words);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  };
  await says(["fetch"], /^error: say list, get or check, not "fetch"/);
  await says(["get"], /^error: say what to get/);
  await says(["get", "moon"], /^error: "moon" is not in the catalogue; it has isbi2012/);
});
