/** Options of {@linkcode lockFile}. */
export interface LockOptions {
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
  /** Called once if somebody else holds the lock. */
  readonly onWait?: () => void;
}

/**
 * Waits until no other process, and nobody else in this one, holds the lock on a file. The system gives
 * it back when its owner ends, however that happens, so a killed process leaves nothing to clean up. The
 * file itself stays; it is empty.
 *
 * @param path the file; made if it is not there
 * @returns what frees the lock: `using lock = await lockFile(path)`
 * @throws the signal's reason if it is aborted first
 *
 * @example
 * ```ts
 * import { lockFile } from "./file_lock.ts";
 *
 * const path = `${await Deno.makeTempDir()}/a.lock`;
 * {
 *   using _lock = await lockFile(path);
 *   console.log("nobody else is here");
 * }
 * ```
 */
export async function lockFile(path: string, options: LockOptions = {}): Promise<Disposable> {
  const { signal, onWait } = options;
  const file = await Deno.open(path, { write: true, create: true });
  try {
    for (let waited = false; !await file.tryLock(true); waited = true) {
      if (!waited) onWait?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
      signal?.throwIfAborted();
    }
  } catch (error) {
    file.close();
    throw error;
  }
  return { [Symbol.dispose]: () => file.close() };
}
