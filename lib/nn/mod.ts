/**
 * What both architectures share: named parameters, initialisers, layers, losses, gradient clipping.
 *
 * @module
 */
export {
  clipByGlobalNorm,
  type GradientNorms,
  gradientNorms,
  type Gradients,
} from "./clip_by_global_norm.ts";
export { type FilterAndBias, upConvolution, validConvolution } from "./convolution.ts";
export { dropout } from "./dropout.ts";
export { heNormal } from "./he_normal.ts";
export { countParameters, type ForwardOptions, type Model, type Parameters } from "./model.ts";
export { type Reduction, weightedSoftmaxCrossEntropy } from "./weighted_softmax_cross_entropy.ts";
export { attentionSoftmax } from "./attention_softmax.ts";
export { gelu, geluTanh } from "./gelu.ts";
export { layerNorm } from "./layer_norm.ts";
export { linear } from "./linear.ts";
export { sparseCrossEntropy, type SparseCrossEntropyOptions } from "./sparse_cross_entropy.ts";
export { type WithGradient, withGradient } from "./with_gradient.ts";
