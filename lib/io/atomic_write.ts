import { basename, dirname, join } from "@std/path";

/**
 * Writes a file beside its final place, flushes it to disk and renames it: a reader, or a machine
 * that loses power, sees either the whole old file or the whole new one. Makes the folder if needed.
 *
 * @param path where the file ends up
 * @param bytes its whole content
 * @throws {Error} if it cannot be written; the sentence names the path and what the system said
 *
 * @example
 * ```ts
 * import { writeFileAtomic } from "./atomic_write.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeFileAtomic(`${folder}/a.bin`, new Uint8Array([1, 2, 3]));
 * console.log((await Deno.readFile(`${folder}/a.bin`)).length); // 3
 * ```
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const folder = dirname(path);
  const beside = join(folder, `.${basename(path)}.${crypto.randomUUID().slice(0, 8)}.part`);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const file = await Deno.open(beside, { write: true, createNew: true });
    try {
      for (let written = 0; written < content.length;) {
        written += await file.write(content.subarray(written));
      }
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(beside, path);
  } catch (cause) {
    await Deno.remove(beside).catch(() => {});
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${path} could not be written (${said}); what stood there before is untouched: ` +
        `check that the folder may be written to and that the disk has ${content.length} bytes free`,
      { cause },
    );
  }
}

/**
 * Removes what {@linkcode writeFileAtomic} left beside a file when its process was killed. Only for whoever
 * owns the file: another process that is writing it at this moment would fail.
 *
 * @param path the file itself, which is not touched and need not be there
 *
 * @example
 * ```ts
 * import { removeUnfinished } from "./atomic_write.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/.a.bin.0123abcd.part`, "half");
 * await removeUnfinished(`${folder}/a.bin`);
 * console.log([...Deno.readDirSync(folder)].length); // 0
 * ```
 */
export async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path), name = basename(path);
  const isLeft = (file: string) =>
    file.startsWith(`.${name}.`) && /^[0-9a-f]{8}\.part$/.test(file.slice(name.length + 2));
  try {
    for await (const { name: file } of Deno.readDir(folder)) {
      if (isLeft(file)) await Deno.remove(join(folder, file)).catch(() => {});
    }
  } catch {
    // no such folder yet
  }
}
