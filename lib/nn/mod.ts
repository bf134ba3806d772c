/**
 * What both architectures share: named parameters, initialisers, layers, losses.
 *
 * @module
 */
export { type FilterAndBias, upConvolution, validConvolution } from "./convolution.ts";
export { dropout, dropoutMask } from "./dropout.ts";
export { heNormal } from "./he_normal.ts";
export { countParameters, type ForwardOptions, type Model, type Parameters } from "./model.ts";
export { type Reduction, weightedSoftmaxCrossEntropy } from "./weighted_softmax_cross_entropy.ts";
