import { fromFileUrl } from "@std/path";
import { exists } from "../io/mod.ts";
import { loadUNet } from "./saved.ts";
import type { UNet } from "./unet.ts";

/** A network that this project has trained and brings along. */
export interface TrainedUNet {
  readonly net: UNet;
  /** Its folder, with the card that says on what and how it was trained: `README.md`. */
  readonly folder: string;
  /** What was kept with the weights. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Loads a trained network of `data/models`: `"em"`, membranes in electron microscope slices; `"cells"`, touching cells
 * under differential interference contrast (for `predictCells`).
 *
 * @param name of the folder
 * @throws {RangeError} if there is no such network
 *
 * @example
 * ```ts
 * import { trainedUNet } from "./mod.ts";
 *
 * const { net } = await trainedUNet("em");
 * console.log(net.config.classes); // 2: membrane, cell
 * ```
 */
export async function trainedUNet(name: string): Promise<TrainedUNet> {
  const folder = fromFileUrl(new URL(`../../data/models/${name}`, import.meta.url));
  const path = `${folder}/unet.safetensors`;
  if (!await exists(path)) {
    throw new RangeError(`there is no trained U-Net "${name}": ${path} is missing`);
  }
  return { ...await loadUNet(path), folder };
}
