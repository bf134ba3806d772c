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
 * Only the wasm backend has a known end: 4 GiB, of which the tensors held are taken.
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
  if (tf.getBackend() !== "wasm") return;
  const held = tf.memory().numBytes;
  if (held + bytes <= WASM_BYTES) return;
  throw new MemoryError(
    `${what} needs about ${megabytes(bytes)} MB; the wasm backend ends at ${
      megabytes(WASM_BYTES)
    } MB, of which ` +
      `${megabytes(held)} MB are held. ${ADVICE}`,
  );
}

/** Makes an allocator that throws instead of returning 0. */
export function refusing(malloc: (bytes: number) => number): (bytes: number) => number {
  return (bytes) => {
    const address = malloc(bytes) >>> 0;
    if (address !== 0 || bytes === 0) return address;
    throw new MemoryError(
      `The wasm backend has no room for ${megabytes(bytes)} MB more: ${
        megabytes(tf.memory().numBytes)
      } MB of tensors are ` +
        `held, and WebAssembly ends at ${megabytes(WASM_BYTES)} MB. ${ADVICE}`,
    );
  };
}

const ADVICE = 'Take a smaller batch, tile or model, or a GPU: useBackend({ prefer: "webgpu" }).';

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
