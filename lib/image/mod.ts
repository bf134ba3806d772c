/**
 * Images and label images as typed arrays. Nothing here knows a tensor.
 *
 * @module
 */
export { type Components, connectedComponents, type Connectivity } from "./connected_components.ts";
export type { Image, LabelImage, Pixels } from "./image.ts";
export { orderByValue, type SortablePixels } from "./radix_sort.ts";
export { type Basins, watershed } from "./watershed.ts";
