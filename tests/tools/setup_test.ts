import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { setUp } from "../../tools/setup.ts";
import { onUnix, root, runTool, type ToolRun, withFolder } from "./run_tool.ts";

/** Runs the set-up for a new folder on a machine whose only `python3` is a shell script. */
function setUpWith(python: string | undefined): Promise<ToolRun> {
  return withFolder(async (folder) => {
    const bin = join(folder, "bin");
    await Deno.mkdir(bin);
    if (python !== undefined) {
      await Deno.writeTextFile(join(bin, "python3"), `#!/bin/sh\n${python}\n`, { mode: 0o755 });
    }
    return await runTool("setup.ts", ["--folder", join(folder, "venv")], { PATH: bin });
  });
}

/** A `python3` that answers the questions about itself and then fails with some words. */
const failing = (version: string, free: number, words: string) =>
  `case "$*" in
  *version_info*) echo ${version} ;;
  *disk_usage*) echo ${free} ;;
  *) echo "${words}" >&2; exit 1 ;;
esac`;

const plenty = 1e12;
const sentences: [claim: string, python: string | undefined, says: string[]][] = [
  ["no Python at all", undefined, ["no python3 was found in PATH", "install it"]],
  ["a Python too old", failing("3.8", plenty, ""), ["python3 is 3.8", "3.10 or newer"]],
  [
    "a Python without venv, as Debian's",
    failing("3.12", plenty, "... because ensurepip is not available."),
    ["venv module is missing", "sudo apt install python3-venv"],
  ],
  ["a disk that is full", failing("3.12", 1e6, ""), ["not enough space", "only 1 MB are free"]],
  [
    "a disk that fills up",
    failing("3.12", plenty, "OSError: [Errno 28] No space left on device"),
    ["not enough space", "free some"],
  ],
];

for (const [claim, python, says] of sentences) {
  Deno.test({
    ...onUnix(`${claim} is a sentence that says what to do`),
    async fn() {
      const { code, stderr } = await setUpWith(python);
      assertEquals(code, 1);
      for (const part of says) assertStringIncludes(stderr, part);
      assertEquals(stderr.includes("    at "), false, "no stack");
    },
  });
}

Deno.test("a port in use is a sentence that says what to do", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { code, stderr } = await runTool("lab.ts", ["--no-browser", "--port", String(port)]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `port ${port} is in use`);
  assertStringIncludes(stderr, "--port");
});

Deno.test("a second set-up finds the first and makes nothing again", async () => {
  const messages: string[] = [];
  const { folder } = await setUp();
  const made = (await Deno.stat(join(folder, "stamp.json"))).mtime;
  await setUp({ say: (message) => messages.push(message) });
  assertEquals(messages, []);
  assertEquals((await Deno.stat(join(folder, "stamp.json"))).mtime, made);
});

Deno.test("the kernelspec starts this Deno, and is the only one", async () => {
  const { folder } = await setUp();
  const kernels = join(folder, "share", "jupyter", "kernels");
  assertEquals([...Deno.readDirSync(kernels)].map(({ name }) => name), ["deno"]);
  const { argv } = JSON.parse(await Deno.readTextFile(join(kernels, "deno", "kernel.json")));
  assertEquals(argv[0], Deno.execPath());
});

Deno.test("a kernelspec in the home folder or JUPYTER_PATH is not used, and nothing is written there", async () => {
  await setUp();
  await withFolder(async (home) => {
    const hostile = join(home, ".local", "share", "jupyter");
    await Deno.mkdir(join(hostile, "kernels", "deno"), { recursive: true });
    await Deno.writeTextFile(
      join(hostile, "kernels", "deno", "kernel.json"),
      JSON.stringify({ argv: ["false"], display_name: "Deno", language: "typescript" }),
    );
    const denoDir = JSON.parse(
      new TextDecoder().decode(
        new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
      ),
    ).denoDir;
    const args = ["--folder", join(root, "tests", "notebooks"), "--only", "small"];
    const run = await runTool("notebooks.ts", [...args, "--out", join(home, "out")], {
      HOME: home,
      JUPYTER_PATH: hostile,
      DENO_DIR: denoDir,
      XDG_DATA_HOME: "",
    });
    assertEquals(run.code, 0, run.stdout + run.stderr);
    await Deno.remove(join(home, "out"), { recursive: true });
    assertEquals(filesBelow(home), [".local/share/jupyter/kernels/deno/kernel.json"]);
  });
});

function filesBelow(folder: string, inside = ""): string[] {
  return [...Deno.readDirSync(join(folder, inside))].flatMap(({ name, isDirectory }) => {
    const path = inside ? `${inside}/${name}` : name;
    return isDirectory ? filesBelow(folder, path) : [path];
  });
}
