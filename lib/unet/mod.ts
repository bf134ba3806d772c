/**
 * U-Net: the network of Ronneberger, Fischer and Brox (2015) and what it needs before and after.
 *
 * @module
 */
export {
  type AugmentationOptions,
  augmentedSample,
  type GrayVariation,
  varyGray,
} from "./augmentation.ts";
export {
  deform,
  type Deformable,
  type DisplacementField,
  displacementField,
  type DisplacementGrid,
  displacementsAt,
  elasticDeformation,
  type GridInterpolation,
  randomDisplacements,
  type RandomDisplacementsOptions,
} from "./elastic_deformation.ts";
export {
  cellTruth,
  type InstanceOptions,
  instancesOf,
  NOT_ANNOTATED,
  predictCells,
  prepareCells,
  prepareFrame,
} from "./instances.ts";
export {
  PAPER_TILE,
  planTiles,
  predict,
  predictClasses,
  PredictionStopped,
  type PredictOptions,
  type Rectangle,
  type Tile,
  type TilePlan,
} from "./overlap_tile.ts";
export {
  type Recipe,
  type RecipeName,
  recipeOptimizer,
  RECIPES,
  recipeSample,
  recipeSchedule,
  withWeightMaps,
} from "./recipes.ts";
export { type LayerSignal, layerSignals } from "./layer_signals.ts";
export { loadUNet, saveUNet, type SaveUNetOptions } from "./saved.ts";
export { type ReceptiveField, receptiveField } from "./receptive_field.ts";
export { stepMemory, type StepMemoryOptions } from "./step_memory.ts";
export { averageViews, SEVEN_VIEWS } from "./test_time_averaging.ts";
export {
  type Padding,
  PAPER_DEPTH,
  tileCovering,
  type TileSize,
  tileSize,
  validSides,
} from "./tile_sizes.ts";
export {
  type Annotated,
  type Batch,
  randomSample,
  type RandomSampleOptions,
  type Sample,
  toBatch,
} from "./sample.ts";
export {
  trainUNet,
  type TrainUNetOptions,
  type UNetStep,
  type UNetTrainResult,
  type Validation,
  type ValidationOptions,
} from "./training.ts";
export { type TwoNearest, twoNearestCells } from "./two_nearest_cells.ts";
export {
  balancedClassWeights,
  type ClassWeights,
  DISTANCE_DECAYED,
  type FixedClassWeights,
  instanceTruth,
  separateTouchingCells,
  weightMap,
  type WeightMapOptions,
} from "./weight_map.ts";
export { type TrainedUNet, trainedUNet } from "./trained.ts";
export {
  type LayerRow,
  parameterCount,
  UNet,
  type UNetConfig,
  type UNetForwardOptions,
} from "./unet.ts";
