import type { SegmentationDataset } from "./dataset.ts";
import { emPhantom, type EmPhantomOptions } from "./em_phantom.ts";
import { findEntry, getEntry, type GetOptions, readCatalogue } from "../io/mod.ts";
import { hasIsbi2012, openIsbi2012 } from "./isbi2012.ts";

/** How recorded data is opened. */
export interface RecordedOptions {
  /**
   * Fetches the files first where they are not there (see `deno task data list`). `acceptTerms` must say
   * yes once where there are terms; `onProgress` is told what comes. Default: the network is left alone.
   */
  readonly download?: GetOptions;
}

/** What each name that {@linkcode openDataset} knows may be opened with. */
export interface DatasetOptions {
  readonly isbi2012: RecordedOptions;
  readonly em_phantom: EmPhantomOptions;
}

/** The names {@linkcode openDataset} knows. */
export type DatasetName = keyof DatasetOptions;

/** What {@linkcode openDataset} knows, recorded data first. */
export const DATASETS: readonly DatasetName[] = ["isbi2012", "em_phantom"];

/**
 * Opens a data set by name: `isbi2012` from its files ({@linkcode openIsbi2012}), `em_phantom` by
 * generating it ({@linkcode emPhantom}). Both come in the same shape, so that whoever uses one can use
 * the other.
 *
 * @param name of the data set
 * @param options for generated data what to generate, for recorded data whether to fetch it
 * @throws {DatasetError} if its files are absent; the sentence says which command fetches them, and which
 * file to put where
 * @throws {CatalogueError | DownloadError} if they were to be fetched, and the terms are not accepted or no
 * source gave them
 * @throws {RangeError} if there is no such data set
 *
 * @example
 * ```ts
 * import { hasDataset, openDataset } from "./mod.ts";
 *
 * const data = await hasDataset("isbi2012")
 *   ? await openDataset("isbi2012")
 *   : await openDataset("em_phantom", { seed: 1, count: 2, width: 64, height: 64 });
 * console.log(data.slices.length === data.labels.length); // true
 * ```
 */
export async function openDataset<Name extends DatasetName>(
  name: Name,
  options?: DatasetOptions[Name],
): Promise<SegmentationDataset> {
  if (name === "isbi2012") {
    const { download } = (options ?? {}) as RecordedOptions;
    if (download !== undefined && !await hasIsbi2012()) {
      await getEntry(findEntry(await readCatalogue(), name), download);
    }
    return await openIsbi2012();
  }
  if (name === "em_phantom") return emPhantom(options as EmPhantomOptions);
  throw unknown(name);
}

/**
 * Whether {@linkcode openDataset} would find the data; generated data is always there.
 *
 * @param name of the data set
 * @throws {RangeError} if there is no such data set
 *
 * @example See {@linkcode openDataset}.
 */
export async function hasDataset(name: DatasetName): Promise<boolean> {
  if (name === "isbi2012") return await hasIsbi2012();
  if (name === "em_phantom") return true;
  throw unknown(name);
}

function unknown(name: string): RangeError {
  return new RangeError(`there is no data set "${name}"; known are ${DATASETS.join(", ")}`);
}
