/**
 * How an operation of ours gets its gradient: a kernel by a name of our own, registered for the backends that have it, and
 * a tfjs gradient for that name. Backends without the kernel compose the operation from tfjs's.
 *
 * @module
 */

import { tf } from "../tf.ts";

/** The gradient of each input, computed only where somebody asks for it. */
export type InputGradients = Record<string, () => tf.Tensor>;

/** Registers the gradient of kernel `name`. */
export function defineGradient(
  name: string,
  { inputs, outputs, gradient }: {
    /** Names of the inputs that the gradient needs. */
    inputs: string[];
    /** Which outputs it needs. */
    outputs?: boolean[];
    /** dy is one tensor where the kernel has one output. */
    gradient(
      dy: tf.Tensor,
      saved: tf.Tensor[],
      attributes: Record<string, unknown>,
    ): InputGradients;
  },
): void {
  tf.registerGradient({
    kernelName: name,
    inputsToSave: inputs,
    outputsToSave: outputs,
    gradFunc: (dy, saved, attributes) =>
      gradient(dy as tf.Tensor, saved, attributes as unknown as Record<string, unknown>),
  });
}

/** Whether the current backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel with one output. */
export function runKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown> = {},
): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap) as tf.Tensor;
}

/** Runs a kernel with several outputs. */
export function runKernels(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown> = {},
): tf.Tensor[] {
  return tf.engine().runKernel(
    name,
    inputs,
    attributes as unknown as tf.NamedAttrMap,
  ) as tf.Tensor[];
}

/**
 * Gradients that are computed together when the first of them is asked for. tfjs asks for one input after the other, each in
 * a scope that disposes what it does not return: those computed early are kept, and what nobody has asked for by the
 * end of the (synchronous) backward pass is disposed.
 *
 * @param names the inputs in the order of the kernel's inputs
 * @param compute given the names still wanted, the first being the one that was asked for, returns their gradients
 */
export function together(
  names: readonly string[],
  compute: (wanted: readonly string[]) => tf.Tensor[],
): InputGradients {
  const ready = new Map<string, tf.Tensor>();
  return Object.fromEntries(names.map((name, i) => [name, () => {
    const early = ready.get(name);
    if (early) {
      ready.delete(name);
      const claimed = early.clone();
      early.dispose();
      return claimed;
    }
    const wanted = names.slice(i);
    const [first, ...rest] = compute(wanted);
    rest.forEach((tensor, j) => ready.set(wanted[j + 1], tf.keep(tensor)));
    if (rest.length > 0) {
      queueMicrotask(() => {
        for (const tensor of ready.values()) tensor.dispose();
        ready.clear();
      });
    }
    return first;
  }]));
}
