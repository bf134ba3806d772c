import type { GuardedBackend } from "../guard.ts";
import type { tf } from "../tf.ts";

/** A kernel for the webgpu backend: inputs and attributes by tfjs's names, one result. */
export type WebgpuKernel = (
  inputs: Record<string, tf.TensorInfo>,
  gpu: GuardedBackend,
  attributes: Record<string, unknown>,
) => tf.TensorInfo;
