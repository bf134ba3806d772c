/**
 * The official metrics on typed arrays: what is measured stands in the file of that name.
 *
 * @module
 */
export { type AdaptedRandError, adaptedRandError } from "./adapted_rand_error.ts";
export {
  type AveragePrecision,
  averagePrecision,
  type AveragePrecisionAt,
  COCO_IOUS,
  type Detections,
} from "./average_precision.ts";
export { accuracy, binaryF1, type ClassLabel, matthewsCorrelation } from "./classification.ts";
export {
  type ConfusionMatrix,
  confusionMatrix,
  type SemanticScores,
  semanticScores,
} from "./confusion_matrix.ts";
export { conllevalAccuracy, type ConllevalShare, conllevalShare } from "./conlleval.ts";
export { type ContingencyTable, contingencyTable, marginal } from "./contingency_table.ts";
export { pearson, ranks, spearman } from "./correlation.ts";
export {
  entitiesOf,
  type Entity,
  type EntityScores,
  entityScores,
  type EntityShare,
  type TagScheme,
  tagsOf,
} from "./entities.ts";
export { type EmScores, emScores } from "./em_scores.ts";
export { checkEmStack, type StackNames } from "./em_stack.ts";
export {
  type ForegroundRestricted,
  foregroundRestricted,
  type InformationStatistics,
  informationStatistics,
  type RandStatistics,
  randStatistics,
} from "./foreground_restricted.ts";
export {
  boxIou,
  maskOverlap,
  type Overlap,
  type OverlappingPair,
  overlappingPairs,
} from "./iou.ts";
export { checkLabelPair } from "./label_pair.ts";
export { type Localisation, localisation } from "./localisation.ts";
export { type PixelError, pixelError, type PixelErrorAt } from "./pixel_error.ts";
export { fScore, type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
export { type RandError, randError, type RandErrorAt } from "./rand_error.ts";
export { type SegMeasure, segMeasure, type SegObject } from "./seg_measure.ts";
export {
  answerF1,
  normalizeAnswer,
  type SquadOptions,
  type SquadScores,
  squadScores,
  type SquadShare,
} from "./squad.ts";
export { bestSquadThresholds, type BestThreshold, type NullScore } from "./squad_threshold.ts";
export { SIMPLE_POINTS } from "./simple_point.ts";
export { thinnedRegions } from "./thinning.ts";
export { binarize, CHALLENGE_THRESHOLDS, thresholds, WARPING_THRESHOLDS } from "./thresholds.ts";
export { topologyPreservingWarp, type Warp } from "./topology_preserving_warp.ts";
export {
  type VInfo,
  vInfo,
  type VInfoAt,
  type VRand,
  vRand,
  vRandAndVInfo,
  type VRandAt,
} from "./v_rand.ts";
export {
  classifyMistakes,
  WARPING_MISTAKES,
  type WarpingError,
  warpingError,
  type WarpingErrorAt,
  type WarpingMistake,
  type WarpingMistakes,
} from "./warping_error.ts";
export { type VariationOfInformation, variationOfInformation } from "./variation_of_information.ts";
