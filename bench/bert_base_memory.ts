/**
 * Does BERT-base load and run within 2 GiB? `deno run -A bench/bert_base_memory.ts [wasm|webgpu ...]`
 *
 * Writes a BERT-base of random weights (109,482,240 numbers, 418 MiB as F32: only the sizes matter here),
 * and lets a process of its own, one for each backend and each way of storing, load it and run 128 pieces. The peak is the process's
 * largest resident set, everything included (program, file, weights, work space), as the kernel counts it;
 * on a software WebGPU adapter the "card's" memory is in it, too. Linux only; ends with exit code 1 if a
 * peak exceeds 2 GiB.
 *
 * @module
 */
import { join } from "@std/path";
import { tf, useBackend } from "../lib/backend/mod.ts";
import { BERT_PRESETS, BertModel } from "../lib/bert/mod.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../lib/io/mod.ts";
import { countParameters } from "../lib/nn/mod.ts";
import { createRandom } from "../lib/random/mod.ts";

const LIMIT = 2 * 1024 ** 3;
const TOKENS = 128;

/** What a child says. */
interface Run {
  parameters: number;
  loadSeconds: number;
  forwardSeconds: number;
  /** Bytes. */
  peakAfterLoading: number;
  peak: number;
  finite: boolean;
}

type Name = "wasm" | "webgpu";
const isName = (text: string): text is Name => text === "wasm" || text === "webgpu";

const [child, ...rest] = Deno.args;
if (child === "--child") {
  console.log(JSON.stringify(await run(rest[0] as Name, rest[1])));
} else {
  const wrong = Deno.args.find((text) => !isName(text));
  if (wrong !== undefined) {
    console.error(`"${wrong}" is no backend that is measured here; there are wasm and webgpu.`);
    Deno.exit(2);
  }
  Deno.exit(await measure(Deno.args.length > 0 ? Deno.args.filter(isName) : ["wasm"]) ? 0 : 1);
}

async function measure(backends: Name[]): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  let all = true;
  try {
    for (const dtype of ["F32", "F16"] as const) {
      await writeRandomBase(folder, dtype);
      for (const backend of backends) {
        const { parameters, loadSeconds, forwardSeconds, peakAfterLoading, peak, finite } =
          await spawn(backend, folder);
        const mebi = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
        const holds = finite && peak <= LIMIT;
        all &&= holds;
        console.log(
          `${backend}, ${dtype} file: ${parameters.toLocaleString("en")} parameters loaded in ` +
            `${loadSeconds.toFixed(1)} s, ${TOKENS} pieces in ${
              forwardSeconds.toFixed(2)
            } s, peak ` +
            `${mebi(peakAfterLoading)} after loading, ${mebi(peak)} after the forward pass: ` +
            (holds ? "holds" : "MISSED"),
        );
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return all;
}

async function spawn(backend: Name, folder: string): Promise<Run> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.url, "--child", backend, folder],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`the process that measures ${backend} failed`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

/** Loads and runs; in a process of its own. */
async function run(backend: Name, folder: string): Promise<Run> {
  await useBackend({ prefer: backend, allowSoftware: true });
  let start = performance.now();
  const seconds = () => {
    const passed = (performance.now() - start) / 1000;
    start = performance.now();
    return passed;
  };
  const bert = await BertModel.load(folder);
  const loadSeconds = seconds();
  const peakAfterLoading = await peakResident();
  const inputIds = Int32Array.from({ length: TOKENS }, (_, i) => 1000 + 17 * i);
  const { lastHiddenState } = bert.forward({ batch: 1, length: TOKENS, inputIds }); // [1, T, H]
  const finite = (await tf.sum(lastHiddenState).data()).every(Number.isFinite);
  const forwardSeconds = seconds();
  const peak = await peakResident();
  const parameters = countParameters(bert.parameters);
  return { parameters, loadSeconds, forwardSeconds, peakAfterLoading, peak, finite };
}

/** The largest resident set so far, in bytes: VmHWM of Linux. */
async function peakResident(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)![1]);
}

/** One layer is drawn; all twelve have its numbers. */
async function writeRandomBase(folder: string, dtype: "F32" | "F16") {
  await useBackend({ prefer: "wasm" });
  const bert = new BertModel({ ...BERT_PRESETS.base, layers: 1 }, { random: createRandom(1) });
  await bert.save(folder, { dtype });
  bert.dispose();
  const file = join(folder, "model.safetensors");
  const tensors = new Map<string, SafeTensor>();
  for (const [name, tensor] of (await readSafetensors(file)).tensors) {
    const copies = name.includes("layer.0.") ? BERT_PRESETS.base.layers : 1;
    for (let layer = 0; layer < copies; layer++) {
      tensors.set(name.replace("layer.0.", `layer.${layer}.`), tensor);
    }
  }
  await writeSafetensors(file, tensors, { format: "pt" });
  const config = join(folder, "config.json");
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(
    config,
    text.replace(/"num_hidden_layers": *1\b/, `"num_hidden_layers": ${BERT_PRESETS.base.layers}`),
  );
}
