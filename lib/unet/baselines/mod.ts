/**
 * What the U-Net was measured against: the sliding-window pixel classifier and the fully convolutional
 * networks.
 *
 * @module
 */
export { bilinearKernel, bilinearUpsampling } from "./bilinear_upsampling.ts";
export { type BorderError, borderError } from "./border_error.ts";
export {
  cropOffsets,
  FCN,
  type FCNConfig,
  type FCNLayerRow,
  fcnParameterCount,
  fcnSummary,
  type FCNVariant,
  VGG16_BLOCKS,
} from "./fcn.ts";
export { fullyConnectedAsConvolution } from "./fully_connected_as_convolution.ts";
export { type LoadedVGG16, loadVGG16 } from "./vgg16_weights.ts";
export { assembleFragments, maxPoolingFragments } from "./max_pooling_fragments.ts";
export {
  balancedWindows,
  type BalancedWindowsOptions,
  classifyPixels,
  type Position,
  scalesOf,
  type SlidingOptions,
  slidingWindow,
  slidingWindowAtOnce,
  windowAt,
  type WindowBatch,
  windowLoss,
  type WindowTensors,
  windowTensors,
} from "./sliding_window.ts";
export {
  idsiaNetwork,
  WindowClassifier,
  type WindowClassifierConfig,
  type WindowConvolution,
  windowMultiplyAdds,
  windowParameterCount,
  type WindowWork,
} from "./window_classifier.ts";
export { predictWhole, randomCrop, type RandomCropOptions } from "./whole_tiles.ts";
