/**
 * Files of text for the scorers.
 *
 * @module
 */
import { Problem } from "../command.ts";

/** A file's text; a problem says which option named it. */
export async function readFile(path: string, option: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "does not exist"
      : `cannot be read (${(error as Error).message})`;
    throw new Problem(`${path} ${why}: --${option} names a file`);
  }
}
