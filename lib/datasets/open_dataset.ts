import type { SegmentationDataset } from "./dataset.ts";
import { emPhantom, type EmPhantomOptions } from "./em_phantom.ts";
import { hasIsbi2012, openIsbi2012 } from "./isbi2012.ts";

/** What each name that {@linkcode openDataset} knows may be opened with. */
export interface DatasetOptions {
  readonly isbi2012: Record<never, never>;
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
 * @param options for generated data what to generate
 * @throws {DatasetError} if its files are absent; the sentence says which file to put where
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
  if (name === "isbi2012") return await openIsbi2012();
  if (name === "em_phantom") return emPhantom(options);
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
