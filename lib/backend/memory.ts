/**
 * How much memory the backend can still give, and the refusal where it cannot.
 *
 * @module
 */

import { tf } from "./tf.ts";

/** A WebAssembly memory ends here. */
const WASM_BYTES = 2 ** 32;

/** The backend has no room for what was asked. */
export class MemoryError extends Error {
  override name = "MemoryError";
}

/**
 * Refuses work that cannot fit, before it starts.
 *
 * The wasm backend ends at 4 GiB, of which the tensors held are taken. Every backend ends with the machine's memory
 * (a graphics card's own is not told to programs); where Deno may not ask for it (`--allow-sys=systemMemoryInfo`)
 * that is left to the system.
 *
 * @param bytes that the work will hold at its peak, besides what is held now
 * @param what the work, as it is to be named: "a training step of U-Net base 64 on a 572 tile"
 * @throws {MemoryError} with the numbers
 *
 * @example
 * ```ts
 * import { MemoryError, requireMemory, useBackend } from "./mod.ts";
 * import { assertThrows } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * requireMemory(100 * 2 ** 20, "a small step");
 * assertThrows(() => requireMemory(5 * 2 ** 30, "a large step"), MemoryError);
 * ```
 */
export function requireMemory(bytes: number, what: string): void {
  const machine = machineBytes();
  if (bytes > machine) {
    throw new MemoryError(
      `${what} needs about ${megabytes(bytes)} MB; this machine has ${
        megabytes(machine)
      } MB in all. ` +
        "Take a smaller batch, tile or model.",
    );
  }
  if (tf.getBackend() !== "wasm") return;
  const held = use.held;
  if (held + bytes <= WASM_BYTES) return;
  throw new MemoryError(
    `${what} needs about ${megabytes(bytes)} MB; the wasm backend ends at ${
      megabytes(WASM_BYTES)
    } MB, of which ` +
      `${megabytes(held)} MB are held and ${megabytes(WASM_BYTES - held)} MB available. ${ADVICE}`,
  );
}

/** Memory and swap of the machine; without the permission to ask, no end is known. */
function machineBytes(): number {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return Infinity;
  const { total, swapTotal } = Deno.systemMemoryInfo();
  return total + swapTotal;
}

/** Bytes allocated on the wasm backend's heap. tfjs's own count takes a tensor once for every clone, which costs nothing here. */
const use = { held: 0, peak: 0 };

/** What the wasm backend's heap holds, and the most it held since the last call with `restart`. */
export function heapUse({ restart = false } = {}): { held: number; peak: number } {
  const told = { ...use };
  if (restart) use.peak = use.held;
  return told;
}

/** An allocator. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Makes an allocator count what it gives, and throw instead of returning 0. */
export function countAndRefuse(allocator: Allocator): void {
  const { _malloc: malloc, _free: free } = allocator;
  const sizes = new Map<number, number>();
  use.held = use.peak = 0;
  allocator._free = (address) => {
    const at = address >>> 0;
    use.held -= sizes.get(at) ?? 0;
    sizes.delete(at);
    free(address);
  };
  allocator._malloc = (bytes) => {
    const address = malloc(bytes) >>> 0;
    if (address !== 0) {
      sizes.set(address, bytes);
      use.held += bytes;
      use.peak = Math.max(use.peak, use.held);
    }
    if (address !== 0 || bytes === 0) return address;
    throw new MemoryError(
      `The wasm backend has no room for ${megabytes(bytes)} MB more: ${
        megabytes(use.held)
      } MB are ` +
        `held, and WebAssembly ends at ${megabytes(WASM_BYTES)} MB. ${ADVICE}`,
    );
  };
}

const ADVICE = 'Take a smaller batch, tile or model, or a GPU: useBackend({ prefer: "webgpu" }).';

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
