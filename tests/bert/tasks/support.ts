import { assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { BertTokenizer } from "../../../lib/bert/mod.ts";
import { TaskFileError } from "../../../lib/bert/tasks/mod.ts";

/** The tokenizer of the small world's model, which is part of the repository. */
export const smallWorldTokenizer = (): Promise<BertTokenizer> =>
  BertTokenizer.load(
    fromFileUrl(new URL("../../../data/models/small_world_bert", import.meta.url)),
  );

/** A folder of invented parquet files, as Hugging Face's hub has them. */
export const parquetFolder = fromFileUrl(new URL("../../golden/task_parquet", import.meta.url));

/** Gives `use` a folder with these files in it, which is gone afterwards. */
export async function withFiles(
  files: Record<string, string>,
  use: (folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Claims that reading these files fails with a sentence that holds this text. */
export async function assertRefuses(
  files: Record<string, string>,
  read: (folder: string) => Promise<unknown>,
  sentence: string,
) {
  await withFiles(files, async (folder) => {
    await assertRejects(() => read(folder), TaskFileError, sentence);
  });
}

/** Logits that say the targets of a feature for certain: of K classes, or a start and an end. */
export function certain(
  targets: readonly number[],
  size: { readonly classes: number } | { readonly places: number },
): Float32Array {
  if ("places" in size) {
    const logits = new Float32Array(2 * size.places);
    logits[targets[0]] = logits[size.places + targets[1]] = 9;
    return logits;
  }
  const logits = new Float32Array(targets.length * size.classes);
  targets.forEach((target, t) => {
    if (target >= 0) logits[t * size.classes + target] = 9;
  });
  return logits;
}
