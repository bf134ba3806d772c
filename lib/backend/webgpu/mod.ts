/**
 * The kernels that replace those of tfjs's webgpu backend.
 *
 * @module
 */

import { tf } from "../tf.ts";
import type { GuardedBackend } from "../guard.ts";
import { conv2dBackpropFilter } from "./conv2d_backprop_filter.ts";
import { counterDropout } from "./counter_dropout.ts";
import type { WebgpuKernel } from "./kernel.ts";
import { maxPoolGrad } from "./max_pool_grad.ts";

const kernels: Record<string, WebgpuKernel> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  MaxPoolGrad: maxPoolGrad,
  CounterDropout: counterDropout,
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
