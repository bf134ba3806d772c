export { sgemm } from "./sgemm";
export {
  biasActivation, clear, compact, copyRows, flipFilter, gather, scatterAdd, spread, sumPartials, transpose,
} from "./convolution";
export { maxPool, maxPoolGrad } from "./pooling";
export { gatherRows, segmentSum } from "./gather";
export { adam, sgdMomentum } from "./optimiser";
