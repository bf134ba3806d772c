import { join } from "@std/path";
import type { Image, Pixels } from "./image.ts";
import { ImageFileError, readBytes } from "./image_file_error.ts";
import { decodePng } from "./png.ts";
import { decodeTiff } from "./tiff.ts";

/**
 * Reads one picture file, PNG or TIFF, whatever its name ends in: the first bytes decide.
 *
 * @param path the file
 * @returns its pages; a PNG has one
 * @throws {ImageFileError} if it cannot be read; the sentence names it and says why
 *
 * @example
 * ```ts
 * import { readImage, writePng } from "./mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/dot.png`;
 * await writePng(path, { data: Uint8Array.of(255), width: 1, height: 1 });
 * console.log((await readImage(path)).length); // 1
 * ```
 */
export async function readImage(path: string): Promise<Image<Pixels>[]> {
  const bytes = await readBytes(path);
  const [a, b] = bytes;
  if (a === 137 && b === 80) return [decodePng(bytes, path)];
  if ((a === 0x49 && b === 0x49) || (a === 0x4d && b === 0x4d)) return decodeTiff(bytes, path);
  throw new ImageFileError(`${path} is neither a PNG nor a TIFF file (by its first bytes)`);
}

/**
 * Reads a stack of slices: a multi-page TIFF, a single PNG, or a folder whose .png, .tif and .tiff files
 * are taken in natural order (slice2 before slice10); other files in it are left alone.
 *
 * @param path file or folder
 * @returns the slices, all of one size and number of channels
 * @throws {ImageFileError} if a file cannot be read, the folder has none, or the slices differ in size
 *
 * @example
 * ```ts
 * import { readImageStack, writePng } from "./mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * for (const i of [10, 2]) {
 *   await writePng(`${folder}/slice${i}.png`, { data: Uint8Array.of(i), width: 1, height: 1 });
 * }
 * console.log((await readImageStack(folder)).map((slice) => slice.data[0])); // [ 2, 10 ]
 * ```
 */
export async function readImageStack(path: string): Promise<Image<Pixels>[]> {
  const files = await imageFiles(path);
  const slices: Image<Pixels>[] = [];
  for (const file of files) {
    const pages = await readImage(file);
    pages.forEach((page, i) => {
      const first = slices[0] ?? page;
      const size = (image: Image<Pixels>) =>
        `${image.width} x ${image.height} x ${image.channels ?? 1}`;
      if (size(page) !== size(first)) {
        throw new ImageFileError(
          `${file}${pages.length > 1 ? `, page ${i + 1}` : ""} is ${size(page)}, but ` +
            `the slices before it are ${size(first)}: a stack's slices have one size`,
        );
      }
      slices.push(page);
    });
  }
  return slices;
}

async function imageFiles(path: string): Promise<string[]> {
  let isFolder: boolean;
  try {
    isFolder = (await Deno.stat(path)).isDirectory;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ImageFileError(`${path} cannot be read: ${said}`, { cause });
  }
  if (!isFolder) return [path];
  const names = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (!isDirectory && !name.startsWith(".") && /\.(png|tiff?)$/i.test(name)) names.push(name);
  }
  if (names.length === 0) {
    throw new ImageFileError(`the folder ${path} has no .png, .tif or .tiff file`);
  }
  return names.sort(naturalOrder).map((name) => join(path, name));
}

/**
 * Compares two names the way people count: runs of digits by their value.
 *
 * @example
 * ```ts
 * import { naturalOrder } from "./mod.ts";
 *
 * console.log(["t10", "t9", "t1"].sort(naturalOrder)); // [ "t1", "t9", "t10" ]
 * ```
 */
export const naturalOrder: (a: string, b: string) => number =
  new Intl.Collator("en", { numeric: true }).compare;
