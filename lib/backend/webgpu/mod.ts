/**
 * The kernels that replace or complete those of tfjs's webgpu backend, by the names under which `ops/` and tfjs call them.
 *
 * @module
 */

import type { GuardedBackend } from "../guard.ts";
import { tf } from "../tf.ts";
import { attention, attentionGradient } from "./attention.ts";
import {
  biasedConvolution,
  biasedConvolutionGradient,
  conv2dBackpropFilter,
} from "./biased_convolution.ts";
import { cropAndConcatenate, cropAndConcatenateGradient } from "./crop_and_concatenate.ts";
import { crossEntropy, crossEntropyGradient } from "./cross_entropy.ts";
import { counterDropout } from "./dropout.ts";
import { gelu, geluGradient } from "./gelu.ts";
import type { WebgpuKernel } from "./kernel.ts";
import { layerNorm, layerNormGradient } from "./layer_norm.ts";
import { linear, linearGradient } from "./linear.ts";
import { maxPoolGrad } from "./max_pool_grad.ts";
import { adamStep, sgdMomentumStep } from "./optimiser_steps.ts";
import { upConvolution, upConvolutionGradient } from "./up_convolution.ts";

const kernels: Record<string, WebgpuKernel> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  MaxPoolGrad: maxPoolGrad,
  BiasedConvolution: biasedConvolution,
  BiasedConvolutionGradient: biasedConvolutionGradient,
  UpConvolution: upConvolution,
  UpConvolutionGradient: upConvolutionGradient,
  CropAndConcatenate: cropAndConcatenate,
  CropAndConcatenateGradient: cropAndConcatenateGradient,
  Linear: linear,
  LinearGradient: linearGradient,
  Gelu: gelu,
  GeluGradient: geluGradient,
  LayerNorm: layerNorm,
  LayerNormGradient: layerNormGradient,
  Attention: attention,
  AttentionGradient: attentionGradient,
  CrossEntropy: crossEntropy,
  CrossEntropyGradient: crossEntropyGradient,
  CounterDropout: counterDropout,
  SgdMomentumStep: sgdMomentumStep,
  AdamStep: adamStep,
};

/** Registers every kernel of this folder for the webgpu backend, in the place of tfjs's own. */
export function registerWebgpuKernels(): void {
  for (const [kernelName, compute] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, "webgpu")) tf.unregisterKernel(kernelName, "webgpu");
    tf.registerKernel({
      kernelName,
      backendName: "webgpu",
      kernelFunc: ({ inputs, backend, attrs }) =>
        compute(
          inputs as Record<string, tf.TensorInfo>,
          backend as GuardedBackend,
          attrs as Record<string, unknown>,
        ),
    });
  }
}
