/**
 * Shows that the tests of docs/reliability.md can fail: takes every protection out, in a copy of the project, and
 * runs the test that holds it.
 *
 *     deno run -A tests/removed_protections.ts [words of a protection's name]
 *
 * @module
 */
import { cp } from "node:fs/promises";
import { join } from "@std/path";
import { root } from "../tools/command.ts";

/** A protection and the test that holds it. */
interface Removal {
  readonly protection: string;
  readonly file: string;
  /** Text that stands once in the file, and what takes its place. */
  readonly remove: readonly (readonly [string, string])[];
  readonly test: string;
  /** Part of the test's name. */
  readonly filter?: string;
}

/** Seconds for a test: some wait for ever without their protection. */
const PATIENCE = 120;

const DOWNLOAD = { file: "lib/io/download.ts", test: "tests/io/download_test.ts" };
const UNZIP = { file: "lib/io/unzip.ts", test: "tests/io/unzip_test.ts" };
const WRITE = { file: "lib/io/atomic_write.ts", test: "tests/train/power_cut_test.ts" };
const CHECKPOINT = { file: "lib/train/checkpoint.ts", test: "tests/train/checkpoint_test.ts" };
const TRAIN = { file: "lib/train/train.ts", test: "tests/train/train_test.ts" };
const ESCAPE = { file: "lib/plot/mime.ts", test: "tests/plot/escape_test.ts" };
const FUZZ = { test: "tests/fuzz/fuzz_test.ts" };
const PERMISSIONS = { test: "tests/tools/permissions_test.ts" };

const REMOVALS: readonly Removal[] = [
  {
    ...DOWNLOAD,
    protection: "a broken connection goes on at the byte where it broke",
    remove: [["{ range: `bytes=${have}-` }", "{}"]],
    filter: "goes on at the byte",
  },
  {
    ...DOWNLOAD,
    protection: "a silent connection counts as broken",
    remove: [["setTimeout(() => silence.abort(), patience)", "setTimeout(() => {}, patience)"]],
    filter: "falls silent",
  },
  {
    ...DOWNLOAD,
    protection: "a busy server is asked again",
    remove: [["status === 408 || status === 429 || status >= 500", "status === 408"]],
    filter: "busy server",
  },
  {
    ...DOWNLOAD,
    protection: "the mirror is asked when an address fails",
    remove: [["failures.push(`${shown(address)}: ${said(error)}`);", "throw error;"]],
    filter: "busy server",
  },
  {
    ...DOWNLOAD,
    protection: "a file has the right SHA-256",
    remove: [["found === sha256.toLowerCase()", "found !== undefined"]],
    filter: "wrong bytes",
  },
  {
    ...DOWNLOAD,
    protection: "a file has the right size",
    remove: [["total !== undefined && total !== bytes", "false"], [
      "if (bytes !== undefined && size !== bytes)",
      "if (size < 0)",
    ]],
    filter: "another size",
  },
  {
    ...DOWNLOAD,
    protection: "a file that changed between two tries is not glued together",
    remove: [['{ "if-range": origin.validator }', "{}"]],
    filter: "glued",
  },
  {
    ...DOWNLOAD,
    protection: "a login page is recognised by what the server calls it",
    remove: [["throw webPage(response, address);", "{ /* taken out */ }"]],
    filter: "login page",
  },
  {
    ...DOWNLOAD,
    protection: "a login page is recognised by its first bytes",
    remove: [["if (start === 0 && done === 0) refuseWebPage", "if (done < 0) refuseWebPage"]],
    filter: "login page",
  },
  {
    ...DOWNLOAD,
    protection: "a full disk is a sentence, and no other address is asked",
    remove: [[
      "if (error instanceof LocalFailure) throw new DownloadError(error.message, { cause: error });",
      "",
    ], ["      if (error instanceof LocalFailure) throw error;\n", ""]],
    filter: "full disk",
  },
  {
    ...DOWNLOAD,
    protection: "a file that will not fit is not begun",
    remove: [["await requireSpace(path, options.bytes);", ""]],
    filter: "will not fit",
  },
  {
    ...DOWNLOAD,
    protection: "two processes fetch a file once",
    remove: [["using _lock = await lockFile(", "await ((..._: unknown[]) => {})("]],
    filter: "two at once",
  },
  {
    ...DOWNLOAD,
    protection: "the stop button ends a download",
    remove: [["if (interrupt.requested) button.abort", "if (!interrupt) button.abort"]],
    filter: "stop button",
  },
  {
    ...UNZIP,
    protection: "an archive's names stay in the folder",
    remove: [['part === ".." || part === "."', "false"]],
    filter: "is refused before anything is written",
  },
  {
    ...UNZIP,
    protection: "a bomb is stopped by its ratio",
    remove: [["entry.size > entry.stored * LARGEST_RATIO", "entry.size < 0"]],
    filter: "a bomb",
  },
  {
    ...UNZIP,
    protection: "a bomb is stopped when it grows past its word",
    remove: [["if (done > size) fail", "if (done < 0) fail"]],
    filter: "a bomb",
  },
  {
    ...UNZIP,
    protection: "files that share their bytes are refused",
    remove: [["if (at + 30 + stored > until) fail", "if (at < 0) fail"]],
    filter: "share their bytes",
  },
  {
    ...UNZIP,
    protection: "links are refused",
    remove: [["if ((mode & 0xf000) === 0xa000) fail(`${name} is a link`);", "void mode;"]],
    filter: "links",
  },
  {
    ...UNZIP,
    protection: "a changed bit of an archive is seen",
    remove: [["done !== size || sum !== crc", "done !== size"]],
    filter: "changed bit",
  },
  {
    protection: "every download is pinned by a revision or a checksum",
    file: "data/catalogue.json",
    remove: [["c9745ed1d9f207416be6d2e6f8de32d1f16199bf", "main"]],
    test: "tests/io/catalogue_test.ts",
    filter: "is pinned",
  },
  {
    protection: "terms are accepted once, and anew when they change",
    file: "lib/io/catalogue.ts",
    remove: [["if (!await acceptTerms?.(entry)) {", "if (!entry) {"]],
    test: "tests/io/catalogue_test.ts",
    filter: "terms",
  },
  {
    protection: "Ctrl-C of data get keeps what came and exits 130",
    file: "tools/data.ts",
    remove: [['Deno.addSignalListener("SIGINT"', 'Deno.addSignalListener("SIGUSR2"']],
    test: "tests/tools/data_test.ts",
    filter: "Ctrl-C",
  },
  {
    ...WRITE,
    protection: "a power cut leaves the last good checkpoint: written beside and renamed",
    remove: [["const beside = join(", "const beside = path ?? join("], [
      "createNew: true",
      "create: true",
    ]],
    filter: "power cut",
  },
  {
    ...WRITE,
    protection: "a checkpoint is on disk before it takes the old one's place",
    remove: [["      await file.sync();\n", ""]],
    filter: "power cut",
  },
  {
    ...WRITE,
    protection: "a changed bit of a checkpoint is seen",
    file: "lib/train/checkpoint.ts",
    remove: [["metadata.crc32 !== checksum(tensors)", "metadata.crc32 === ''"]],
    filter: "any bit",
  },
  {
    ...WRITE,
    protection: "what killed processes left is cleared away",
    file: "lib/train/train.ts",
    remove: [["if (checkpoint !== undefined) await removeUnfinished(checkpoint.path);", ""]],
    filter: "killed processes left",
  },
  {
    ...CHECKPOINT,
    protection: "a checkpoint of another version is refused",
    remove: [["metadata.version !== VERSION", "metadata.version === ''"]],
    filter: "another run",
  },
  {
    ...CHECKPOINT,
    protection: "a checkpoint of another seed is refused",
    remove: [["Number(metadata.seed) !== seed", "Number(metadata.seed) < -1"]],
    filter: "another run",
  },
  {
    ...CHECKPOINT,
    protection: "a checkpoint of another model or optimizer is refused",
    remove: [[
      "if (!variables.has(name)) fail(`it has",
      "if (name === '') fail(`it has",
    ]],
    filter: "another run",
  },
  {
    ...CHECKPOINT,
    protection: "a killed run goes on with the optimizer's state",
    remove: [[
      "  for (const [name, variable] of optimizer) all.set(`optimizer.${name}`, variable);\n",
      "",
    ]],
    filter: "bits",
  },
  {
    ...CHECKPOINT,
    protection: "a killed run goes on with the same random draws",
    file: "lib/train/train.ts",
    remove: [[
      "const random = run.fork(done);",
      "const random = createRandom(Math.random() * 2 ** 32 | 0);",
    ]],
    filter: "bits",
  },
  {
    ...TRAIN,
    protection: "NaN in the loss or the gradients stops before the update",
    remove: [[
      "!Number.isFinite(lossValue) || !Number.isFinite(norms.global)",
      "lossValue === undefined",
    ]],
  },
  {
    ...TRAIN,
    protection: "the parameter is named",
    remove: [[
      "[...norms.each].find(([, norm]) => !Number.isFinite(norm))?.[0]",
      "undefined as string | undefined",
    ]],
    filter: "is named",
  },
  {
    ...TRAIN,
    protection: "infinite weights never replace a good checkpoint",
    file: "lib/train/checkpoint.ts",
    remove: [["if (!isFinite(data)) {", "if (data.length < 0) {"]],
    filter: "do not replace",
  },
  {
    ...TRAIN,
    protection: "the last good checkpoint is named",
    remove: [["error.message += saved < 0", "void (saved < 0"], [
      "`. The last good checkpoint is that of step ${saved}, ${checkpoint.path}`;",
      "`. The last good checkpoint is that of step ${saved}, ${checkpoint.path}`);",
    ]],
    filter: "last good checkpoint",
  },
  {
    ...TRAIN,
    protection: "the stop button ends training after the step in progress",
    remove: [[
      "while (done < steps && !interrupt.requested &&",
      "while (done < steps && interrupt &&",
    ]],
    filter: "stop button",
  },
  {
    protection: "JupyterLab's stop button reaches the loop of a cell",
    file: "tools/kernel.ts",
    remove: [["env: { NOTEBOOK_INTERRUPT_FILE: interruptFile },", "env: {},"]],
    test: "tests/tools/kernel_test.ts",
    filter: "stop ends a loop that looks",
  },
  {
    protection: "a stop during an evaluation keeps the step",
    file: "lib/bert/fine_tuning.ts",
    remove: [["if (!(error instanceof Interrupted)) throw error;", "throw error;"]],
    test: "tests/bert/fine_tuning_test.ts",
    filter: "a stop during an evaluation",
  },
  {
    protection: "the stop button ends tokenizing",
    file: "lib/bert/tokenizer.ts",
    remove: [["interrupt.throwIfRequested(() =>", "(() => {})?.call(undefined, () =>"]],
    test: "tests/io/interrupt_test.ts",
    filter: "tokenizing a batch",
  },
  {
    protection: "the stop button ends scoring",
    file: "lib/metrics/warping_error.ts",
    remove: [["interrupt.throwIfRequested(() =>", "((_: () => string) => interrupt)(() =>"]],
    test: "tests/io/interrupt_test.ts",
    filter: "the warping error",
  },
  {
    protection: "a stop between two calls of one cell, when nobody looks, ends the second",
    file: "lib/io/interrupt.ts",
    remove: [["const start = recent ? before.touched : now;", "const start = now;"]],
    test: "tests/io/interrupt_test.ts",
    filter: "between two watches",
  },
  {
    protection: "Ctrl-C of train saves and exits 130",
    file: "tools/train/ctrl_c.ts",
    remove: [[
      "    } else if (performance.now() - pressed",
      "    } if (performance.now() - pressed >= 0) Deno.exit(1); else if (performance.now() - pressed",
    ]],
    test: "tests/tools/train_test.ts",
    filter: "Ctrl-C in train bert",
  },
  {
    protection: "a lost WebGPU device is an exception",
    file: "lib/backend/guard.ts",
    remove: [["if (lost !== undefined) throw new WebGPUError(lost);", ""]],
    test: "tests/train/device_loss_test.ts",
  },
  {
    protection: "a tensor too large for a binding is refused",
    file: "lib/backend/guard.ts",
    remove: [["if (bytes <= limit) return;", "if (bytes >= 0) return;"]],
    test: "tests/backend/guard_test.ts",
  },
  {
    protection: "work that does not fit is refused before it starts",
    file: "lib/backend/memory.ts",
    remove: [["if (held + bytes <= WASM_BYTES) return;", "if (held + bytes >= 0) return;"]],
    test: "tests/backend/memory_test.ts",
    filter: "cannot fit",
  },
  {
    protection: "work that does not fit into the machine is refused on every backend",
    file: "lib/backend/memory.ts",
    remove: [["if (bytes > machine) {", "if (machine < 0) {"]],
    test: "tests/backend/memory_test.ts",
    filter: "/cannot fit|beyond the machine/",
  },
  {
    ...FUZZ,
    protection: "safetensors: a tensor that ends behind the file",
    file: "lib/io/safetensors.ts",
    remove: [["if (end > body.length) {", "if (end < 0) {"], [
      "if (reached !== body.length) {",
      "if (reached < 0) {",
    ]],
    filter: "safetensors",
  },
  {
    ...FUZZ,
    protection: "tokenizer.json: an absurd longest word",
    file: "lib/bert/tokenizer.ts",
    remove: [["longest > 0 && longest <= 10_000", "longest > 0"]],
    filter: "tokenizer.json",
  },
  {
    ...FUZZ,
    protection: "TIFF: a value behind the end of the file",
    file: "lib/image/tiff.ts",
    remove: [["if (from + count > view.byteLength) {", "if (from < 0) {"]],
    filter: "tiff",
  },
  {
    protection: "SQuAD: an answer that is not where it should be",
    file: "lib/bert/tasks/squad.ts",
    remove: [["      if (found !== answer) {", "      if (at! < 0) {"]],
    test: "tests/bert/tasks/squad_test.ts",
  },
  {
    protection: "every tensor of a step is freed",
    file: "lib/train/train.ts",
    remove: [["        tf.dispose(kept);\n", ""]],
    test: "tests/train/long_run_test.ts",
    filter: "hold the same tensors",
  },
  {
    protection: "free GPU buffers are bounded",
    file: "lib/backend/webgpu/free_buffers.ts",
    remove: [["buffer.destroy();", ""], ["buffers.splice(0)", "[] as GPUBuffer[]"]],
    test: "tests/train/long_run_test.ts",
    filter: "on WebGPU",
  },
  {
    ...ESCAPE,
    protection: "HTML that a data set contains is escaped",
    remove: [["text.replace(/[&<>\"']/g, (character) => ENTITIES[character])", "text"], [
      "const ENTITIES",
      "export const ENTITIES",
    ]],
  },
  {
    ...ESCAPE,
    protection: "Plotly's labels are escaped",
    remove: [['text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")', "text"]],
  },
  {
    ...PERMISSIONS,
    protection: "no task asks for everything",
    file: "deno.json",
    remove: [[
      "deno run --no-prompt --allow-read --allow-env --allow-run tools/start.ts score",
      "deno run -A tools/start.ts score",
    ]],
    filter: "no task",
  },
  {
    ...PERMISSIONS,
    protection: "none stops to ask",
    file: "tools/permissions.ts",
    remove: [['const flags = ["--no-prompt"];', "const flags: string[] = [];"]],
    filter: "no task",
  },
  {
    ...PERMISSIONS,
    protection: "scoring cannot write",
    file: "tools/permissions.ts",
    remove: [[
      'score: { program: "tools/score.ts" }',
      'score: { program: "tools/score.ts", writes: ["build"] }',
    ]],
    filter: "scoring",
  },
  {
    ...PERMISSIONS,
    protection: "fetching asks the hosts of what is fetched, and no other",
    file: "tools/permissions.ts",
    remove: [['hosts === "any" ?', "hosts.length > 0 ?"]],
    filter: "fetching",
  },
];

async function copyOfProject(): Promise<string> {
  const folder = join(await Deno.makeTempDir(), "project");
  await Deno.mkdir(folder);
  for await (const { name } of Deno.readDir(root)) {
    if ([".git", "build", ".venv", "node_modules"].includes(name)) continue;
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await Deno.symlink(join(root, ".venv"), join(folder, ".venv"));
  return folder;
}

/** Runs a test file; what failed, or why nothing could be run. */
async function failures(folder: string, { test, filter }: Removal): Promise<string[]> {
  const options = ["--quiet", "--no-check", ...(filter ? [`--filter=${filter}`] : [])];
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", ...options, test],
    cwd: folder,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(1000 * PATIENCE),
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (/0 passed \| 0 failed/.test(text)) throw new Error(`${test} has no test named "${filter}"`);
  if (code === 0) return [];
  if (signal !== null) return [`no end within ${PATIENCE} s`];
  const failed = text.match(/^.*\.\.\..*FAILED/gm)?.map((line) => line.split(" ...")[0]) ?? [];
  return failed.length > 0 ? failed : [text.trim().split("\n").slice(-3).join(" ")];
}

const wanted = Deno.args.join(" ");
const folder = await copyOfProject();
let unheld = 0;
for (const removal of REMOVALS) {
  const { protection, file, remove, test } = removal;
  if (!`${protection} ${test}`.includes(wanted)) continue;
  const path = join(folder, file), whole = await Deno.readTextFile(path);
  let text = whole;
  for (const [there, instead] of remove) {
    if (text.split(there).length !== 2) {
      throw new Error(`${file} does not hold ${JSON.stringify(there)} exactly once`);
    }
    text = text.replace(there, () => instead);
  }
  await Deno.writeTextFile(path, text);
  const failed = await failures(folder, removal);
  await Deno.writeTextFile(path, whole);
  if (failed.length === 0) unheld++;
  console.log(`| ${protection} | ${file} | ${failed.join("; ") || "NOTHING FAILED"} |`);
}
await Deno.remove(folder, { recursive: true });
console.log(`${unheld} protections that no test holds`);
if (unheld > 0) Deno.exit(1);
