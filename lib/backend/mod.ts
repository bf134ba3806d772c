/**
 * The one place that imports tfjs: everything above takes `tf` from here, and the choice of the backend.
 *
 * @module
 */
export { tf } from "./tf.ts";
export { MemoryError, requireMemory } from "./memory.ts";
export { WebGPUError } from "./guard.ts";
export {
  type BackendChoice,
  type BackendName,
  type BackendOptions,
  useBackend,
} from "./use_backend.ts";
export {
  type BackendTime,
  compareBackends,
  type CompareBackendsOptions,
} from "./compare_backends.ts";
export { adamStep, type AdamStepOptions, sgdMomentumStep } from "./ops/optimiser_steps.ts";
export {
  convolution,
  type ConvolutionOptions,
  cropAndConcatenate,
  upConvolution,
} from "./ops/convolution.ts";
export { dropout, dropoutMask } from "./ops/dropout.ts";
export {
  type Activation,
  attention,
  type AttentionOptions,
  crossEntropy,
  gelu,
  layerNorm,
  linear,
} from "./ops/transformer.ts";
