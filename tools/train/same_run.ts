/**
 * A run that goes on must be the run that was begun.
 *
 * @module
 */
import { join } from "@std/path";
import { writeFileAtomic } from "../../lib/io/mod.ts";
import { Problem } from "../command.ts";

/** What makes a run the one that it is. */
export type RunIdentity = Readonly<Record<string, string | number | boolean>>;

const FILE = "run.json";

/**
 * Writes into the folder of a run what it is, or compares it with what stands there: a checkpoint that another
 * recipe made would go on, or count as finished, under the new one's name.
 *
 * @param folder of the run
 * @param identity task, model, data and recipe by name
 * @throws {Problem} if another run lies there; the sentence names the first difference
 */
export async function requireSameRun(folder: string, identity: RunIdentity) {
  const path = join(folder, FILE);
  let begun: RunIdentity;
  try {
    begun = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const text = JSON.stringify(identity, null, 2) + "\n";
    return await writeFileAtomic(path, new TextEncoder().encode(text));
  }
  const names = Object.keys({ ...begun, ...identity });
  const other = names.find((name) => begun[name] !== identity[name]);
  if (other === undefined) return;
  throw new Problem(
    `${folder} holds a run with ${other} ${begun[other]}, this one has ${identity[other]}: ` +
      `give another --out, or delete that folder to begin anew`,
  );
}
