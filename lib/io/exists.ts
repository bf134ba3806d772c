/**
 * Whether there is a file or folder of this name.
 *
 * @throws whatever the system says besides "not found"
 *
 * @example
 * ```ts
 * import { exists } from "./mod.ts";
 *
 * console.log(await exists("/nowhere/at/all")); // false
 * ```
 */
export async function exists(path: string | URL): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
