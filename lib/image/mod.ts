/**
 * Images and label images as typed arrays. Nothing here knows a tensor.
 *
 * @module
 */
export { borders } from "./border.ts";
export { boundingBoxes, type Box } from "./bounding_box.ts";
export { type Components, connectedComponents, type Connectivity } from "./connected_components.ts";
export { distanceTransform, squaredDistanceTransform } from "./distance_transform.ts";
export type { Image, LabelImage, Pixels } from "./image.ts";
export { medianFilter } from "./median_filter.ts";
export { orderByValue, type SortablePixels } from "./radix_sort.ts";
export { objectSizes, relabel, type Relabelled, removeSmallObjects } from "./relabel.ts";
export { type Basins, watershed } from "./watershed.ts";
export { dihedral, DIHEDRAL_VIEWS, type DihedralView, inverseView } from "./dihedral.ts";
export { crop, mirrored, mirrorPad, mirrorWindow } from "./window.ts";
