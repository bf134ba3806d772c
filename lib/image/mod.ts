/**
 * Images and label images as typed arrays. Nothing here knows a tensor.
 *
 * @module
 */
export { dihedral, DIHEDRAL_VIEWS, type DihedralView, inverseView } from "./dihedral.ts";
export { normalizeMinMax, toBytes, toGray, toLabels } from "./gray.ts";
export type { Image, LabelImage, Pixels } from "./image.ts";
export { ImageFileError, MAX_DECODED_BYTES } from "./image_file_error.ts";
export { decodePng, encodePng, type PngImage, readPng, writePng } from "./png.ts";
export { resizeLinear, resizeNearest, sampleLinear, sampleNearest } from "./resample.ts";
export { naturalOrder, readImage, readImageStack } from "./stack.ts";
export { decodeTiff, encodeTiff, readTiff, type TiffOptions, writeTiff } from "./tiff.ts";
export { crop, mirrored, mirrorPad, mirrorWindow } from "./window.ts";
