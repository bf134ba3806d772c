import { cellPhantom, type CellPhantomOptions } from "./cell_phantom.ts";
import {
  CELL_TRACKING_NAMES,
  type CellTrackingName,
  type CellTrackingOptions,
  hasCellTracking,
  openCellTracking,
} from "./cell_tracking_challenge.ts";
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
  readonly dic_hela: CellTrackingOptions & RecordedOptions;
  readonly phc_u373: CellTrackingOptions & RecordedOptions;
  readonly phc_psc: CellTrackingOptions & RecordedOptions;
  readonly em_phantom: EmPhantomOptions;
  readonly cell_phantom: CellPhantomOptions;
}

/** The names {@linkcode openDataset} knows. */
export type DatasetName = keyof DatasetOptions;

/** What {@linkcode openDataset} knows, recorded data first. */
export const DATASETS: readonly DatasetName[] = [
  "isbi2012",
  ...CELL_TRACKING_NAMES,
  "em_phantom",
  "cell_phantom",
];

/**
 * Opens a data set by name, always in the same shape, so that whoever uses one can use the other:
 * `isbi2012` ({@linkcode openIsbi2012}) and `dic_hela`, `phc_u373`, `phc_psc`
 * ({@linkcode openCellTracking}) from their files; `em_phantom` ({@linkcode emPhantom}) and `cell_phantom`
 * ({@linkcode cellPhantom}) are generated.
 *
 * @param name of the data set
 * @param options for cells which sequence and masks, for generated data what to generate, for recorded data
 * whether to fetch it
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
  if (name === "em_phantom") return emPhantom(options as EmPhantomOptions);
  if (name === "cell_phantom") return cellPhantom(options as CellPhantomOptions);
  if (!DATASETS.includes(name)) throw unknown(name);
  const { download } = (options ?? {}) as RecordedOptions;
  if (download !== undefined && !await hasDataset(name)) {
    await getEntry(findEntry(await readCatalogue(), CATALOGUED[name] ?? name), download);
  }
  if (name === "isbi2012") return await openIsbi2012();
  if (isCellTracking(name)) return await openCellTracking(name, options as CellTrackingOptions);
  throw unknown(name);
}

/**
 * Whether {@linkcode openDataset} would find the data; generated data is always there.
 *
 * @param name of the data set
 * @param options as there
 * @throws {RangeError} if there is no such data set
 *
 * @example See {@linkcode openDataset}.
 */
export async function hasDataset<Name extends DatasetName>(
  name: Name,
  options?: DatasetOptions[Name],
): Promise<boolean> {
  if (name === "isbi2012") return await hasIsbi2012();
  if (isCellTracking(name)) return await hasCellTracking(name, options as CellTrackingOptions);
  if (name === "em_phantom" || name === "cell_phantom") return true;
  throw unknown(name);
}

/** Names in `data/catalogue.json` that differ from ours. */
const CATALOGUED: Partial<Record<DatasetName, string>> = {
  dic_hela: "ctc-DIC-C2DH-HeLa",
  phc_u373: "ctc-PhC-C2DH-U373",
  phc_psc: "ctc-PhC-C2DL-PSC",
};

function isCellTracking(name: DatasetName): name is CellTrackingName {
  return (CELL_TRACKING_NAMES as readonly string[]).includes(name);
}

function unknown(name: string): RangeError {
  return new RangeError(`there is no data set "${name}"; known are ${DATASETS.join(", ")}`);
}
