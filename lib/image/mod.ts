/**
 * Images and label images as typed arrays. Nothing here knows a tensor.
 *
 * @module
 */
export type { Image, LabelImage, Pixels } from "./image.ts";
