/**
 * A long run whose shapes change at every step: a U-Net on tiles of four sizes and a BERT on sequences of
 * every length from 8 to 48, a step each in turn, while memory is written down.
 *
 * As a program it writes docs/long_run.json and docs/long_run.svg: `long_run.ts [STEPS]`. `long_run.ts STEPS webgpu`
 * writes docs/long_run_webgpu.json and .svg instead; a software driver will do. There tfjs keeps free buffers for
 * the next tensor of their size, and the project destroys them above an allowance; the run lowers that one from 256 to
 * {@linkcode ALLOWANCE} bytes, so that it comes into play.
 *
 * @module
 */
import { join } from "@std/path";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { boundFreeBuffers } from "../../lib/backend/webgpu/free_buffers.ts";
import { bertConfig, BertModel } from "../../lib/bert/mod.ts";
import { writeFileAtomic } from "../../lib/io/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { adam, constant, train } from "../../lib/train/mod.ts";
import { tileSize, toBatch, UNet } from "../../lib/unet/mod.ts";

/** What was held after a step. */
export interface MemorySample {
  readonly step: number;
  readonly tensors: number;
  /** Bytes of all tensors. */
  readonly tensorBytes: number;
  /** Bytes of the wasm backend's memory; it never shrinks. */
  readonly wasmBytes: number;
  /** Bytes of all buffers on the WebGPU device, and of those that a tensor lies in; 0 on other backends. */
  readonly gpuBytes: number;
  readonly gpuBytesInUse: number;
  /** Bytes of the process that lie in memory. */
  readonly processBytes: number;
}

const TILES = [28, 36, 44, 60];

/** Bytes of free buffers on the WebGPU device that the run allows. */
export const ALLOWANCE = 2 ** 21;

function unetRun(steps: number) {
  const net = new UNet({ baseChannels: 4, depth: 1 }, { random: createRandom(1) });
  return train({
    model: net,
    batches(step, random) {
      const side = TILES[step % TILES.length], { output } = tileSize(side, 1);
      const values = (n: number) => Float32Array.from({ length: n }, () => random.uniform(0, 1));
      return toBatch([{
        image: { data: values(side * side), width: side, height: side },
        labels: {
          data: Int32Array.from(values(output * output), Math.round),
          width: output,
          height: output,
        },
      }]);
    },
    loss: ({ x, labels }, random) =>
      weightedSoftmaxCrossEntropy(net.forward(x, { training: true, random }), labels),
    optimizer: adam(),
    schedule: constant(1e-4),
    steps,
  });
}

function bertRun(steps: number) {
  const config = bertConfig({ vocabSize: 50, hiddenSize: 16, layers: 1, heads: 2 });
  const bert = new BertModel(config, { random: createRandom(2) });
  return train({
    model: bert,
    batches(_step, random) {
      const length = random.int(8, 49);
      const ids = Array.from({ length: 2 * length }, () => random.int(0, 50));
      return { ids: tf.tensor2d(ids, [2, length], "int32") };
    },
    loss: ({ ids }, random) => {
      const [batch, length] = ids.shape, inputIds = ids.dataSync() as Int32Array;
      const input = { batch, length, inputIds };
      const { lastHiddenState } = bert.forward(input, { training: true, random });
      return tf.mean(tf.square(lastHiddenState)) as tf.Scalar;
    },
    optimizer: adam(),
    schedule: constant(1e-4),
    steps,
  });
}

/** The size of the memory that the wasm backend computes in. */
export function wasmBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  return wasm?.HEAPU8.buffer.byteLength ?? 0;
}

/** The buffers that tfjs has on the WebGPU device. */
function gpuBytes(): { readonly gpuBytes: number; readonly gpuBytesInUse: number } {
  const { bufferManager } = tf.backend() as unknown as {
    bufferManager?: { readonly numBytesAllocated: number; readonly numBytesUsed: number };
  };
  const { numBytesAllocated: gpuBytes = 0, numBytesUsed: gpuBytesInUse = 0 } = bufferManager ?? {};
  return { gpuBytes, gpuBytesInUse };
}

/**
 * Makes the run.
 *
 * @param steps of both together
 * @param every so many steps memory is looked at
 */
export async function* longRun(steps: number, every: number): AsyncGenerator<MemorySample> {
  if (tf.getBackend() === "webgpu") boundFreeBuffers(tf.backend(), ALLOWANCE);
  const runs = [unetRun(Math.ceil(steps / 2)), bertRun(Math.floor(steps / 2))];
  for (let step = 1; step <= steps; step++) {
    await runs[(step - 1) % 2].next();
    if (step % every !== 0) continue;
    const { numTensors: tensors, numBytes: tensorBytes } = tf.memory();
    const processBytes = Deno.memoryUsage().rss;
    yield { step, tensors, tensorBytes, wasmBytes: wasmBytes(), ...gpuBytes(), processBytes };
  }
  for (const run of runs) await run.return(undefined as never);
}

/** A chart's name, what it shows, and the unit. */
type Row = [string, (sample: MemorySample) => number, string];

/** Small charts, one above the other, as SVG. */
function chart(samples: readonly MemorySample[]): string {
  const rows: Row[] = [
    ["tensors", ({ tensors }) => tensors, ""],
    ...(samples[0].gpuBytes > 0
      ? [
        ["GPU buffers", ({ gpuBytes }) => gpuBytes / 1e3, " kB"],
        ["of these in use", ({ gpuBytesInUse }) => gpuBytesInUse / 1e3, " kB"],
      ] satisfies Row[]
      : [["wasm memory", ({ wasmBytes }) => wasmBytes / 1e6, " MB"]] satisfies Row[]),
    ["process", ({ processBytes }) => processBytes / 1e6, " MB"],
  ];
  const width = 640, height = 90, left = 150, last = samples.at(-1)!.step;
  const panels = rows.map(([name, value, unit], i) => {
    const top = 20 + i * (height + 20), values = samples.map(value);
    const most = Math.max(...values) * 1.1;
    const points = samples.map(({ step }, k) =>
      `${(left + (width - left - 20) * step / last).toFixed(1)},${
        (top + height * (1 - values[k] / most)).toFixed(1)
      }`
    );
    const text = (y: number, words: string) =>
      `<text x="${left - 10}" y="${y}" text-anchor="end" fill="#444">${words}</text>`;
    return `<rect x="${left}" y="${top}" width="${
      width - left - 20
    }" height="${height}" fill="none" ` +
      `stroke="#ccc"/>${text(top + 14, name)}${
        text(top + 32, `${Math.round(values[0])} to ${Math.round(values.at(-1)!)}${unit}`)
      }` +
      `<polyline points="${points.join(" ")}" fill="none" stroke="#0072B2" stroke-width="1.5"/>`;
  });
  const bottom = 20 + rows.length * (height + 20);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 20}" ` +
    `font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>${
      panels.join("")
    }<text x="${left}" y="${bottom + 4}" fill="#444">step 0</text><text x="${width - 20}" y="${
      bottom + 4
    }" text-anchor="end" fill="#444">step ${last}</text></svg>\n`;
}

if (import.meta.main) {
  const steps = Number(Deno.args[0] ?? 2000);
  const prefer = Deno.args[1] === "webgpu" ? "webgpu" : "wasm";
  const { name } = await useBackend({ prefer, allowSoftware: true });
  const samples: MemorySample[] = [];
  for await (const sample of longRun(steps, Math.max(1, Math.round(steps / 100)))) {
    samples.push(sample);
    if (sample.step % Math.ceil(steps / 10) === 0) console.error(JSON.stringify(sample));
  }
  const docs = join(import.meta.dirname!, "..", "..", "docs");
  const file = name === "webgpu" ? "long_run_webgpu" : "long_run";
  const about =
    "tests/train/long_run.ts: U-Net tiles of 28 to 60 and BERT sequences of 8 to 48, in turn";
  await writeFileAtomic(
    join(docs, `${file}.json`),
    JSON.stringify({ about, backend: name, samples }) + "\n",
  );
  await writeFileAtomic(join(docs, `${file}.svg`), chart(samples));
  Deno.exit(0);
}
