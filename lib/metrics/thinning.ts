import { type Basins, watershed } from "../image/watershed.ts";

/**
 * The regions of a binary segmentation after its membranes are thinned to lines of one pixel.
 *
 * Cells (1) are the valleys and membrane (0) the plateau of a landscape; a watershed lets the cells
 * grow until one pixel of dam is left between them. However thick the membranes were drawn, the
 * regions are then the same: V_rand and V_info are taken on them. A consequence to know: a slice
 * without any cell becomes one single basin, as if everything were merged.
 *
 * Source: the challenge's V_rand "after thinning"; the watershed is {@linkcode watershed}.
 *
 * @param binary 1 = cell, 0 = membrane, row by row
 * @param width columns
 * @param height rows
 * @returns the regions 1 ... `count`, 0 = what is left of the membrane
 *
 * @example
 * ```ts
 * import { thinnedRegions } from "./mod.ts";
 *
 * console.log(thinnedRegions(Uint8Array.of(1, 0, 0, 0, 1), 5, 1).data); // [1, 1, 0, 2, 2]
 * ```
 */
export function thinnedRegions(binary: Uint8Array, width: number, height: number): Basins {
  return watershed({ data: binary.map((cell) => (cell ? 0 : 255)), width, height });
}
