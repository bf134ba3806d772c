import { fromFileUrl, resolve } from "@std/path";

/**
 * The folder where data sets lie: the environment variable `DATA_DIR` where it is set, else
 * `data/cache` in this repository. The folder need not exist.
 *
 * @example
 * ```ts
 * import { dataDir } from "./data_dir.ts";
 *
 * console.log(dataDir().length > 0); // true
 * ```
 */
export function dataDir(): string {
  const set = Deno.env.get("DATA_DIR");
  return set ? resolve(set) : fromFileUrl(new URL("../../data/cache", import.meta.url));
}
