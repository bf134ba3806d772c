/**
 * The kernels that replace or complete those of tfjs's wasm backend.
 *
 * @module
 */

import type { Kernel } from "../context.ts";
import { batchMatMul, fusedMatMul } from "./batch_mat_mul.ts";
import {
  biasedConvolution,
  biasedConvolutionGradient,
  cropAndConcatenate,
  cropAndConcatenateGradient,
  upConvolution,
  upConvolutionGradient,
} from "./biased_convolution.ts";
import { conv2d } from "./conv2d.ts";
import { conv2dBackpropFilter } from "./conv2d_backprop_filter.ts";
import { conv2dBackpropInput } from "./conv2d_backprop_input.ts";
import { add, multiply } from "./elementwise.ts";
import { fusedConv2d } from "./fused_conv2d.ts";
import { gatherV2 } from "./gather_v2.ts";
import { identity } from "./identity.ts";
import { maxPool, maxPoolGrad } from "./max_pool.ts";
import { slice, split, unpack } from "./slice.ts";
import {
  attention,
  attentionGradient,
  counterDropout,
  crossEntropy,
  crossEntropyGradient,
  gelu,
  geluGradient,
  layerNorm,
  layerNormGradient,
  linear,
  linearGradient,
  softmax,
} from "./transformer.ts";
import { unsortedSegmentSum } from "./unsorted_segment_sum.ts";

/** Every kernel of this folder. */
export const kernels: readonly Kernel[] = [
  identity,
  add,
  multiply,
  batchMatMul,
  fusedMatMul,
  conv2d,
  fusedConv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  maxPool,
  maxPoolGrad,
  gatherV2,
  slice,
  split,
  unpack,
  unsortedSegmentSum,
  biasedConvolution,
  biasedConvolutionGradient,
  upConvolution,
  upConvolutionGradient,
  cropAndConcatenate,
  cropAndConcatenateGradient,
  attention,
  attentionGradient,
  counterDropout,
  crossEntropy,
  crossEntropyGradient,
  gelu,
  geluGradient,
  layerNorm,
  layerNormGradient,
  linear,
  linearGradient,
  softmax,
];
