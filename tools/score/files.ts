/**
 * Files of text for the scorers.
 *
 * @module
 */
import { Problem } from "../command.ts";

/** A file's text; a problem says which option named it. */
export async function readFile(path: string, option: string): Promise<string> {
  return await Deno.readTextFile(path).catch((error) => explain(error, path, option));
}

/** Looks whether a file is there that another reads. */
export async function requireFile(path: string, option: string): Promise<void> {
  const file = await Deno.open(path).catch((error) => explain(error, path, option));
  file.close();
}

function explain(error: Error, path: string, option: string): never {
  const why = error instanceof Deno.errors.NotFound
    ? "does not exist"
    : `cannot be read (${error.message})`;
  throw new Problem(`${path} ${why}: --${option} names a file`);
}
