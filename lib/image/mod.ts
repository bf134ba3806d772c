/**
 * Images and label images as typed arrays. Nothing here knows a tensor.
 *
 * @module
 */
export { borders } from "./border.ts";
export { boundingBoxes, type Box } from "./bounding_box.ts";
export { type Components, connectedComponents, type Connectivity } from "./connected_components.ts";
export { dihedral, DIHEDRAL_VIEWS, type DihedralView, inverseView } from "./dihedral.ts";
export { distanceTransform, squaredDistanceTransform } from "./distance_transform.ts";
export { normalizeMinMax, toBytes, toGray, toLabels } from "./gray.ts";
export type { Image, LabelImage, Pixels } from "./image.ts";
export { ImageFileError, MAX_DECODED_BYTES } from "./image_file_error.ts";
export { medianFilter } from "./median_filter.ts";
export { decodePng, encodePng, type PngImage, readPng, writePng } from "./png.ts";
export { orderByValue, type SortablePixels } from "./radix_sort.ts";
export { objectSizes, relabel, type Relabelled, removeSmallObjects } from "./relabel.ts";
export { resizeLinear, resizeNearest, sampleLinear, sampleNearest } from "./resample.ts";
export { naturalOrder, readImage, readImageStack } from "./stack.ts";
export { decodeTiff, encodeTiff, readTiff, type TiffOptions, writeTiff } from "./tiff.ts";
export { type Basins, watershed } from "./watershed.ts";
export { crop, mirrored, mirrorPad, mirrorWindow } from "./window.ts";
