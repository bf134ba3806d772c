/**
 * Tests that need something a bare machine may not have. Where it is missing the test is reported as
 * ignored and its name carries the reason, so that no skipped case goes unseen.
 *
 * @module
 */
import { join } from "@std/path";

/** What a test needs to run; every field given must be satisfied. */
export interface Needs {
  /** A file or folder below `DATA_DIR`, for example `isbi2012/train-volume.tif`. */
  readonly data?: string;
  /** A file or folder below the folder beside `DATA_DIR` that holds real weights, `models/`. */
  readonly model?: string;
  /** A WebGPU adapter of any kind, software ones included. */
  readonly webgpu?: boolean;
}

/** Where a needed data file lies; call it only inside a test that names the file in its needs. */
export function dataPath(relative: string): string {
  return join(Deno.env.get("DATA_DIR")!, relative);
}

/** Where needed weights lie: `MODELS_DIR`, else `models/` beside `DATA_DIR`. */
export function modelPath(relative: string): string {
  return join(
    Deno.env.get("MODELS_DIR") ?? join(Deno.env.get("DATA_DIR")!, "..", "models"),
    relative,
  );
}

/** `Deno.test`, ignored with a reason where `needs` cannot be met. */
export function testWith(
  needs: Needs,
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
) {
  const reason = missing(needs);
  Deno.test({
    name: reason ? `${name} [skipped: ${reason}]` : name,
    ignore: reason !== undefined,
    fn,
  });
}

function missing({ data, model, webgpu }: Needs): string | undefined {
  if (data !== undefined || model !== undefined) {
    if (!Deno.env.get("DATA_DIR") && !(data === undefined && Deno.env.get("MODELS_DIR"))) {
      return `DATA_DIR is not set; needs ${data ?? model}`;
    }
    if (data !== undefined && !exists(dataPath(data))) return `DATA_DIR has no ${data}`;
    if (model !== undefined && !exists(modelPath(model))) {
      return `no models/${model} beside DATA_DIR`;
    }
  }
  if (webgpu && !hasAdapter()) {
    return "no WebGPU adapter (mesa-vulkan-drivers gives a software one)";
  }
  return undefined;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Asked in a process of its own, once: Deno gives every test file an isolate on some thread, and a software
 * Vulkan driver that several of them open in turn corrupts the process's heap ("malloc_consolidate():
 * unaligned fastbin chunk detected", some files later).
 */
function hasAdapter(): boolean {
  let answer = Deno.env.get(ADAPTER);
  if (answer === undefined) {
    const { stdout } = new Deno.Command(Deno.execPath(), {
      args: ["eval", "console.log((await navigator.gpu?.requestAdapter()) != null)"],
      stderr: "null",
    }).outputSync();
    answer = new TextDecoder().decode(stdout).trim();
    Deno.env.set(ADAPTER, answer); // the environment is shared by all files of a run
  }
  return answer === "true";
}

const ADAPTER = "TEST_WEBGPU_ADAPTER";
