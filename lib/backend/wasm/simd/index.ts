export { sgemm } from "./sgemm";
export {
  biasActivation, clear, compact, copyRows, flipFilter, gather, gatherRowsOf, scatterAdd, scatterColumns, spread, sumPartials, transpose,
} from "./convolution";
export { maxPool, maxPoolGrad } from "./pooling";
export { gatherRows, segmentSum } from "./gather";
export { adam, sgdMomentum } from "./optimiser";
export { cropConcat, layPatches, takePatches, uncrop } from "./patches";
export { crossEntropy, crossEntropyGrad, maskedSoftmax, softmax, softmaxGrad, softmaxGradRow, softmaxRow } from "./softmax";
export { add, biasGelu, columnSums, dropout, geluGrad, multiply, scale } from "./activation";
export { layerNorm, layerNormGrad } from "./layer_norm";
