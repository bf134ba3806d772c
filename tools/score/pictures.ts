/**
 * Pictures for the scorer, with the names that its errors call them by.
 *
 * @module
 */
import { join } from "@std/path";
import { type Image, naturalOrder, type Pixels, readImage } from "../../lib/image/mod.ts";
import { Problem } from "../command.ts";

/** One slice or frame of a file. */
export interface Picture {
  /** The file, and the slice where it has several. */
  readonly name: string;
  readonly image: Image<Pixels>;
}

/** All slices of a multi-page file, or of a folder of slices in natural order. */
export async function readPictures(path: string): Promise<Picture[]> {
  const info = await Deno.stat(path).catch(() => {
    throw new Problem(`${path} does not exist: check the path`);
  });
  if (!info.isDirectory) return readFile(path);
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && /\.(tiff?|png)$/i.test(name)) names.push(name);
  }
  if (names.length === 0) {
    throw new Problem(`${path} holds no picture: give a folder of .tif or .png slices`);
  }
  names.sort(naturalOrder); // 2.png before 10.png
  return (await Promise.all(names.map((name) => readFile(join(path, name))))).flat();
}

/** The only page of a file. */
export async function readPicture(path: string): Promise<Picture> {
  const pages = await readFile(path);
  if (pages.length !== 1) {
    throw new Problem(`${path} has ${pages.length} pages: a frame is a picture of one page`);
  }
  return pages[0];
}

async function readFile(path: string): Promise<Picture[]> {
  const pages = await readImage(path);
  return pages.map((image, k) => ({
    name: pages.length === 1 ? path : `${path}, slice ${k + 1} of ${pages.length}`,
    image,
  }));
}
