/**
 * A picture's file that cannot be read: empty, cut off, of another type or size than expected, or
 * unreasonably large. The message names the file, what is wrong and, where there is something, what to do.
 */
export class ImageFileError extends Error {
  override readonly name = "ImageFileError";
}

/** Bytes that one file's pixels may take in memory; larger files are refused before anything is allocated. */
export const MAX_DECODED_BYTES = 2 ** 31;

/**
 * Reads a whole file for a decoder.
 *
 * @param path the file
 * @returns its bytes, at least one
 * @throws {ImageFileError} if it is absent, a folder, unreadable or empty
 *
 * @example
 * ```ts
 * import { readBytes } from "./image_file_error.ts";
 *
 * const path = await Deno.makeTempFile();
 * await readBytes(path).catch((error) => console.log(error.message)); // ... is empty (0 bytes) ...
 * ```
 */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new ImageFileError(`${path} cannot be read: ${said}`, { cause });
  }
  if (bytes.length === 0) {
    throw new ImageFileError(`${path} is empty (0 bytes): fetch or write it again`);
  }
  return bytes;
}
