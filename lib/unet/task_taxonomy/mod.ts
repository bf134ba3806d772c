/**
 * Four questions that can be asked of one picture, with the smallest network that answers each: what is
 * every pixel (semantic segmentation: the U-Net), what is it and where (classification with localisation),
 * what is there and where (object detection), and which pixels are whose (instance segmentation).
 *
 * @module
 */
export { annotate, type AnnotatedBox, type Annotation } from "./annotation.ts";
export { boxFrames } from "./box_frames.ts";
export {
  GRID_STRIDE,
  type GridBatch,
  GridDetector,
  type GridTargets,
  gridTargets,
  type KindsAndDistances,
} from "./grid_detector.ts";
export { type ClassAndBox, imageBatch, Localiser, type LocaliserBatch } from "./localiser.ts";
export { type Detection, nonMaximumSuppression } from "./non_maximum_suppression.ts";
export { CELL_KINDS, generateScene, type Scene, type SceneOptions } from "./scene.ts";
