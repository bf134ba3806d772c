/**
 * Which backend runs, and why.
 *
 * @module
 */

import { guard, type GuardedBackend } from "./guard.ts";
import { tf } from "./tf.ts";
import { startWasm, stopWasm, type WasmOptions } from "./wasm/start.ts";
import { boundFreeBuffers } from "./webgpu/free_buffers.ts";
import { registerWebgpuKernels } from "./webgpu/mod.ts";

/** The backends that can be asked for. */
export type BackendName = "webgpu" | "wasm" | "cpu";

const NAMES: readonly string[] = ["webgpu", "wasm", "cpu"];

/** What `useBackend` is asked for. */
export interface BackendOptions extends WasmOptions {
  /**
   * The backend wanted. Default: the environment variable TF_BACKEND, else the first that works of webgpu (a hardware
   * adapter), wasm, cpu.
   */
  readonly prefer?: BackendName;
  /**
   * Whether a software adapter (lavapipe, SwiftShader, WARP) will do for webgpu. It never does by default; naming webgpu in
   * TF_BACKEND allows it.
   */
  readonly allowSoftware?: boolean;
}

/** What was chosen. */
export interface BackendChoice {
  readonly name: BackendName;
  /** Why this one, in a sentence. */
  readonly reason: string;
  /** webgpu: the adapter, as its driver describes it. */
  readonly adapter?: string;
  /** webgpu: the adapter is software. */
  readonly software?: boolean;
  /** wasm: threads that compute. */
  readonly threads?: number;
  /** wasm: the native matrix product's library; undefined: our own SIMD product. */
  readonly blas?: string;
}

/**
 * Starts a backend and makes it tfjs's current one. Tensors made before on a wasm or webgpu backend that is started
 * again are gone.
 *
 * @returns what was chosen and why.
 * @throws {Error} if a backend was named that does not exist or does not work here.
 *
 * @example
 * ```ts
 * import { tf, useBackend } from "./mod.ts";
 *
 * const { name, reason } = await useBackend({ prefer: "wasm" });
 * console.log(name, reason); // "wasm" and a sentence
 * tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).print();
 * ```
 */
export async function useBackend(options: BackendOptions = {}): Promise<BackendChoice> {
  const fromEnvironment = Deno.env.get("TF_BACKEND") || undefined;
  const wanted = options.prefer ?? fromEnvironment;
  const who = options.prefer !== undefined ? "prefer" : "TF_BACKEND";
  if (wanted !== undefined && !NAMES.includes(wanted)) {
    throw new Error(`${who} is "${wanted}"; the backends are "webgpu", "wasm" and "cpu".`);
  }
  const software = options.allowSoftware ??
    (options.prefer === undefined && fromEnvironment === "webgpu");
  const asked = `${who} asked for it`;

  let why = "";
  if (wanted === undefined || wanted === "webgpu") {
    const found = await findAdapter();
    if ("adapter" in found && (software || !found.software)) {
      await startWebgpu(found.adapter);
      const { description: adapter, software } = found;
      const reason = wanted ? asked : `a hardware WebGPU adapter was found (${adapter})`;
      return { name: "webgpu", reason, adapter, software };
    }
    why = "adapter" in found
      ? `the only WebGPU adapter is software (${found.description})`
      : found.missing;
    if (wanted === "webgpu") {
      throw new Error(
        "adapter" in found
          ? `WebGPU was asked for, but ${why}, which is slower than wasm; pass allowSoftware: true or set ` +
            "TF_BACKEND=webgpu to run on it all the same."
          : `WebGPU was asked for, but ${why}; use "wasm".`,
      );
    }
  }
  if (wanted === undefined || wanted === "wasm") {
    try {
      const started = await startWasm(options);
      return { name: "wasm", reason: wanted ? asked : why, ...started };
    } catch (error) {
      if (wanted === "wasm") throw error;
      why += `; wasm did not start (${(error as Error).message})`;
    }
  }
  await stopWasm();
  await tf.setBackend("cpu");
  return { name: "cpu", reason: wanted ? asked : why };
}

type Found =
  | { adapter: GPUAdapter; description: string; software: boolean }
  | { missing: string };

async function findAdapter(): Promise<Found> {
  let adapter: GPUAdapter | null | undefined;
  // Mesa complains on stderr (a red box in a notebook) where this variable is missing, and needs nothing from it.
  const quiet = Deno.build.os === "linux" && !Deno.env.has("XDG_RUNTIME_DIR");
  if (quiet) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  try {
    adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  } catch (error) {
    return { missing: `WebGPU failed (${(error as Error).message})` };
  } finally {
    if (quiet) Deno.env.delete("XDG_RUNTIME_DIR");
  }
  if (!adapter) return { missing: "there is no WebGPU adapter" };
  const { info } = adapter;
  const description = info.description || info.device || info.vendor || "unnamed adapter";
  // Deno 2.8 reports isFallbackAdapter = false for lavapipe: its name decides.
  const software = info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|basic render|\bwarp\b|softpipe/i.test(description);
  return { adapter, description, software };
}

/** tfjs's own initialisation asks for a feature named "" and fails in Deno: the device is requested here. */
async function startWebgpu(adapter: GPUAdapter): Promise<void> {
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
  await stopWasm();
  const backend = new WebGPUBackend(device as never, adapter.info as never);
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => backend, 3);
  registerWebgpuKernels();
  boundFreeBuffers(backend);
  guard(backend as unknown as GuardedBackend);
  if (!(await tf.setBackend("webgpu"))) {
    throw new Error("tfjs refused its webgpu backend; run with TF_BACKEND=wasm.");
  }
}
