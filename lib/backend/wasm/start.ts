/**
 * Starts the wasm backend: tfjs's own module for what needs no speed, our kernels for the rest.
 *
 * @module
 */

import { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { countAndRefuse } from "../memory.ts";
import { tf } from "../tf.ts";
import { type Kernel, type WasmBackend, WasmContext } from "./context.ts";
import { openHeap, SCRATCH_BYTES } from "./heap.ts";
import { kernels } from "./kernels/mod.ts";
import { loadTfjsWasm, type TfjsWasmModule } from "./load.ts";
import { blasCandidates, openBlas, type Sgemm } from "./openblas.ts";
import { CONTROL_BYTES, Threads } from "./threads.ts";

/** How the wasm backend is started. */
export interface WasmOptions {
  /** Threads that compute, the main one included. Default: TF_THREADS, else the processor's cores, at most 8. */
  threads?: number;
  /**
   * The BLAS library: a path, or false for none. Default: TF_BLAS (`off` = none), else the first one found that is
   * faster than our own SIMD product.
   */
  blas?: string | false;
}

/** What was started. */
export interface WasmStart {
  threads: number;
  /** The BLAS library's path, or undefined where our own SIMD product is used. */
  blas?: string;
}

let running: WasmContext | undefined;

/** The running wasm backend, if it is the one in use. */
export function wasmContext(): WasmContext | undefined {
  return tf.getBackend() === "wasm" ? running : undefined;
}

/** Loads, registers and selects the backend. A second start replaces the first: its tensors are gone. */
export async function startWasm(options: WasmOptions = {}): Promise<WasmStart> {
  await stopWasm();
  const [{ module, memory }, simd] = await Promise.all([loadTfjsWasm(), loadSimd()]);
  module._free(module._malloc(16)); // emscripten puts the functions themselves in place at their first call
  countAndRefuse(module);
  const count = threadCount(options.threads);
  const scratch = align(module._malloc(count * SCRATCH_BYTES + 64) >>> 0);
  const control = align(module._malloc(CONTROL_BYTES + 64) >>> 0);
  const seed = { memory, module: simd };
  const own = openHeap({ ...seed, scratch });
  const blas = chooseBlas(options.blas, memory, own.sgemm, module);
  const heap = blas === undefined ? own : openHeap({ ...seed, scratch, blas });
  const threads = new Threads(heap, control);
  threads.start(
    Array.from({ length: count - 1 }, (_, i) => ({
      ...seed,
      blas,
      control,
      scratch: scratch + (i + 1) * SCRATCH_BYTES,
    })),
  );
  const backend = new BackendWasm(module as never) as unknown as WasmBackend;
  const context = new WasmContext(backend, module, threads, simd);
  running = context;
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", () => backend, 2);
  for (const kernel of kernels) register(kernel);
  if (!(await tf.setBackend("wasm"))) {
    throw new Error("tfjs refused its wasm backend; run with TF_BACKEND=cpu to work without it.");
  }
  return { threads: count, blas };
}

/** Ends the threads and forgets the backend with its tensors. */
export async function stopWasm(): Promise<void> {
  const context = running;
  running = undefined;
  await context?.threads.close();
}

/** Waits until all threads are up, for measurements. */
export async function wasmThreadsReady(): Promise<void> {
  await running?.threads.ready();
}

const stock = new Map<string, tf.KernelConfig | undefined>();

/** Puts a kernel of ours before tfjs's own, which keeps the cases that ours leaves. */
function register({ name, compute }: Kernel): void {
  if (!stock.has(name)) stock.set(name, tf.getKernel(name, "wasm"));
  const own = stock.get(name);
  if (tf.getKernel(name, "wasm")) tf.unregisterKernel(name, "wasm");
  tf.registerKernel({
    kernelName: name,
    backendName: "wasm",
    setupFunc: own?.setupFunc,
    kernelFunc(params) {
      const inputs = params.inputs as Record<string, tf.TensorInfo>;
      const result = compute(running!, inputs, params.attrs as Record<string, unknown>);
      if (result !== undefined) return result;
      if (own) return own.kernelFunc(params);
      const given = Object.entries(inputs).map(([k, t]) => `${k}: ${t?.dtype} [${t?.shape}]`);
      throw new Error(`The wasm backend has no ${name} for ${given.join(", ")}.`);
    },
  });
}

async function loadSimd(): Promise<WebAssembly.Module> {
  const bytes = await Deno.readFile(new URL("simd/kernels.wasm", import.meta.url));
  return await WebAssembly.compile(bytes);
}

function threadCount(wanted?: number): number {
  const asked = wanted ?? Number(Deno.env.get("TF_THREADS") ?? NaN);
  if (Number.isInteger(asked) && asked >= 1) return Math.min(asked, 64);
  return Math.max(1, Math.min(8, navigator.hardwareConcurrency));
}

function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}

/**
 * The first library whose product of two 256 x 256 matrices is right and faster than ours. (A system's OpenBLAS may
 * take a new processor for an old one and run at a quarter of its speed.)
 */
function chooseBlas(
  wanted: string | false | undefined,
  memory: WebAssembly.Memory,
  own: Sgemm,
  module: TfjsWasmModule,
): string | undefined {
  if (wanted === false) return undefined;
  const candidates = wanted === undefined ? blasCandidates() : [wanted];
  if (candidates.length === 0) return undefined;
  const n = 256;
  const block = module._malloc(4 * 4 * n * n) >>> 0;
  const [a, b, c, d] = [0, 1, 2, 3].map((i) => block + 4 * i * n * n);
  const floats = new Float32Array(memory.buffer, block, 4 * n * n);
  for (let i = 0; i < 2 * n * n; i++) floats[i] = ((i * 7919) % 1013) / 1013 - 0.5;
  const milliseconds = (sgemm: Sgemm, out: number) => {
    let best = Infinity;
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      sgemm(false, false, n, n, n, 1, a, n, b, n, 0, out, n);
      best = Math.min(best, performance.now() - start);
    }
    return best;
  };
  try {
    const ours = milliseconds(own, d);
    for (const path of candidates) {
      const blas = openBlas(path, memory);
      if (blas === undefined) continue;
      const theirs = milliseconds(blas.sgemm, c);
      const right = floats.subarray(2 * n * n, 3 * n * n).every((v, i) =>
        Math.abs(v - floats[3 * n * n + i]) < 1e-3
      );
      if (right && theirs < ours) return path;
    }
  } finally {
    module._free(block);
  }
  if (typeof wanted === "string") {
    throw new Error(
      `"${wanted}" has no usable cblas_sgemm; give the path of an OpenBLAS library, or blas: false for none.`,
    );
  }
  return undefined;
}
