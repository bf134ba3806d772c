/**
 * The data the course learns from: recorded pictures where they are present, generated ones anywhere.
 *
 * @module
 */
export { DatasetError, type SegmentationDataset } from "./dataset.ts";
export { hasIsbi2012, ISBI2012_CREDIT, openIsbi2012 } from "./isbi2012.ts";
export { type DatasetName, hasDataset, openDataset } from "./open_dataset.ts";
export { holdOut, type Split } from "./split.ts";
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
