/**
 * The data the course learns from: recorded pictures where they are present, generated ones anywhere.
 *
 * @module
 */
export {
  CELL_PHANTOM_CREDIT,
  cellPhantom,
  type CellPhantomFrame,
  cellPhantomFrame,
  type CellPhantomOptions,
} from "./cell_phantom.ts";
export {
  CELL_TRACKING_NAMES,
  type CellSequence,
  type CellTrackingName,
  type CellTrackingOptions,
  hasCellTracking,
  inFieldOfInterest,
  openCellTracking,
} from "./cell_tracking_challenge.ts";
export { DatasetError, type SegmentationDataset } from "./dataset.ts";
export {
  EM_PHANTOM_CREDIT,
  emPhantom,
  type EmPhantomOptions,
  type EmPhantomSlice,
  emPhantomSlice,
} from "./em_phantom.ts";
export { hasIsbi2012, ISBI2012_CREDIT, openIsbi2012 } from "./isbi2012.ts";
export {
  type DatasetName,
  type DatasetOptions,
  DATASETS,
  hasDataset,
  openDataset,
  type RecordedOptions,
} from "./open_dataset.ts";
export {
  createSmallWorld,
  type Person,
  type SmallWorld,
  type SmallWorldOptions,
  type Town,
  type WorldPair,
  type WorldPassage,
  type WorldSentence,
  type WorldTags,
} from "./small_world.ts";
export { gaussianBlur, grain, smoothNoise } from "./smooth_noise.ts";
export { holdOut, type Split } from "./split.ts";
export { tessellate, type Tessellation, type TessellationOptions } from "./tessellation.ts";
