/**
 * What the U-Net was measured against: the sliding-window pixel classifier and the fully convolutional
 * networks.
 *
 * @module
 */
export { bilinearKernel, bilinearUpsampling } from "./bilinear_upsampling.ts";
export {
  cropOffsets,
  FCN,
  type FCNConfig,
  type FCNLayerRow,
  fcnParameterCount,
  type FCNVariant,
  VGG16_BLOCKS,
} from "./fcn.ts";
export { fullyConnectedAsConvolution } from "./fully_connected_as_convolution.ts";
export { type LoadedVGG16, loadVGG16 } from "./vgg16_weights.ts";
