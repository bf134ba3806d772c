/**
 * Pictures for the scorer, with the names that its errors call them by.
 *
 * @module
 */
import { decode as decodePng } from "fast-png";
import { join } from "@std/path";
import { decode as decodeTiff } from "tiff";
import type { Image, Pixels } from "../../lib/image/mod.ts";
import { Problem } from "./problem.ts";

/** One slice or frame of a file. */
export interface Picture {
  /** The file, and the page where it has several. */
  readonly name: string;
  readonly image: Image<Pixels>;
}

/** All slices of a multi-page file, or of a folder of slices in natural order. */
export async function readPictures(path: string): Promise<Picture[]> {
  const info = await stat(path);
  if (!info.isDirectory) return readFile(path);
  const names = [];
  for await (const { name } of Deno.readDir(path)) {
    if (/\.(tiff?|png)$/i.test(name)) names.push(name);
  }
  if (names.length === 0) {
    throw new Problem(`${path} holds no picture: give a folder of .tif or .png slices`);
  }
  names.sort(new Intl.Collator("en", { numeric: true }).compare);
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

async function stat(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch {
    throw new Problem(`${path} does not exist: check the path`);
  }
}

async function readFile(path: string): Promise<Picture[]> {
  await stat(path);
  const bytes = await Deno.readFile(path);
  try {
    const pages = /\.png$/i.test(path) ? [decodePng(bytes)] : decodeTiff(bytes);
    return pages.map((page, k) => {
      const { data, width, height } = page;
      const channels = "channels" in page ? page.channels : data.length / (width * height);
      const name = pages.length === 1 ? path : `${path}, slice ${k}`;
      return { name, image: { data: data as Pixels, width, height, channels } };
    });
  } catch (error) {
    throw new Problem(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
