import type { SegmentationDataset } from "./dataset.ts";
import { hasIsbi2012, openIsbi2012 } from "./isbi2012.ts";

/** The names {@linkcode openDataset} knows. */
export type DatasetName = "isbi2012";

/**
 * Opens a data set by name.
 *
 * @throws {DatasetError} if its files are absent; the sentence says which file to put where
 *
 * @example
 * ```ts
 * import { hasDataset, openDataset } from "./mod.ts";
 *
 * if (await hasDataset("isbi2012")) console.log((await openDataset("isbi2012")).title);
 * ```
 */
export async function openDataset(name: DatasetName): Promise<SegmentationDataset> {
  if (name === "isbi2012") return await openIsbi2012();
  throw unknown(name);
}

/** Whether {@linkcode openDataset} would find its files; generated data is always there. */
export async function hasDataset(name: DatasetName): Promise<boolean> {
  if (name === "isbi2012") return await hasIsbi2012();
  throw unknown(name);
}

function unknown(name: never): RangeError {
  return new RangeError(`there is no data set "${name}"; known are isbi2012`);
}
