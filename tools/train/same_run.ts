/**
 * A run that goes on must be the run that was begun.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "@std/path";
import type { Feature } from "../../lib/bert/tasks/mod.ts";
import { exists, writeFileAtomic } from "../../lib/io/mod.ts";
import { Problem } from "../command.ts";

/** What makes a run the one that it is. */
export type RunIdentity = Readonly<Record<string, string | number | boolean>>;

const FILE = "run.json";

/** What a run leaves behind as soon as it has made a step worth going on from. */
const BEGUN = ["checkpoint.safetensors", "checkpoint.best.safetensors"];

/**
 * Writes into the folder of a run what it is, or compares it with what stands there: a checkpoint that another
 * recipe, or other data, made would go on, or count as finished, under the new one's name. A run that was
 * refused before its first checkpoint leaves nothing to compare with.
 *
 * @param folder of the run
 * @param identity task, recipe, weights and data, by name
 * @throws {Problem} if another run lies there; the sentence names the first difference
 */
export async function requireSameRun(folder: string, identity: RunIdentity) {
  const path = join(folder, FILE);
  const begun = await Promise.all(BEGUN.map((name) => exists(join(folder, name))));
  if (!begun.includes(true) || !await exists(path)) {
    const text = JSON.stringify(identity, null, 2) + "\n";
    return await writeFileAtomic(path, new TextEncoder().encode(text));
  }
  const before: RunIdentity = JSON.parse(await Deno.readTextFile(path));
  const names = Object.keys({ ...before, ...identity });
  const other = names.find((name) => before[name] !== identity[name]);
  if (other === undefined) return;
  const [had, has] = [before[other], identity[other]].map((value) => value ?? "none");
  throw new Problem(
    `${folder} holds a run with ${other} ${had}, this one has ${has}: ` +
      `give another --out, or delete that folder to begin anew`,
  );
}

/** A short name for what a model is trained on, by its content: every piece and every target. */
export function featuresHash(features: readonly Feature[]): string {
  const hash = createHash("sha256");
  for (const { encodings, targets } of features) {
    for (const { inputIds, tokenTypeIds } of encodings) {
      hash.update(`${inputIds}|${tokenTypeIds}|`);
    }
    hash.update(`${targets}\n`);
  }
  return hash.digest("hex").slice(0, HASH_LENGTH);
}

/** A short name for the weights in a model's folder, by their content. */
export async function weightsHash(folder: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const name of entries.map(({ name }) => name).sort()) {
    if (!name.endsWith(".safetensors")) continue;
    const file = await Deno.open(join(folder, name));
    for await (const chunk of file.readable) hash.update(chunk);
  }
  return hash.digest("hex").slice(0, HASH_LENGTH);
}

const HASH_LENGTH = 12;
