/**
 * Optimiser steps in one pass over the memory where the backend can, from plain tf operations elsewhere.
 *
 * @module
 */

import { tf } from "../tf.ts";
import { wasmContext } from "../wasm/start.ts";
import { hasKernel, runKernels } from "./gradient.ts";

/** Elements per chunk: four arrays of them fit the L2 cache. */
const GRAIN = 1 << 14;

/**
 * One step of stochastic gradient descent with momentum, in place.
 *
 *     v <- momentum * v + g
 *     w <- w - learningRate * v
 *
 * This is PyTorch's and tfjs's form; the papers that put the learning rate into v get the same steps while it is constant.
 *
 * @param variable w, changed
 * @param gradient g, of w's shape, kept
 * @param velocity v, of w's shape, changed
 *
 * @example
 * ```ts
 * import { sgdMomentumStep, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const [w, v] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.zeros([2]))];
 * sgdMomentumStep(w, tf.tensor1d([0.5, -0.5]), v, 0.1, 0.9);
 * assertEquals([...w.dataSync()].map((x) => x.toFixed(2)), ["0.95", "2.05"]);
 * ```
 */
export function sgdMomentumStep(
  variable: tf.Variable,
  gradient: tf.Tensor,
  velocity: tf.Variable,
  learningRate: number,
  momentum: number,
): void {
  sameShape("sgdMomentumStep", variable, gradient, velocity);
  const context = inPlace(variable, velocity);
  if (context) {
    const at = [variable, gradient, velocity].map((t) => context.address(t));
    return context.simd("sgdMomentum", variable.size, GRAIN, ...at, learningRate, momentum);
  }
  tf.tidy(() => {
    if (hasKernel("SgdMomentumStep")) {
      const inputs = { w: variable, g: gradient, v: velocity };
      const [w, v] = runKernels("SgdMomentumStep", inputs, { learningRate, momentum });
      velocity.assign(v);
      return variable.assign(w);
    }
    velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
    variable.assign(tf.sub(variable, tf.mul(velocity, learningRate)));
  });
}

/** Adam's constants; see `adamStep`. */
export interface AdamStepOptions {
  readonly learningRate: number;
  /** The number of this step, from 1. */
  readonly step: number;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay (AdamW): w shrinks by learningRate * weightDecay first. Default 0. */
  readonly weightDecay?: number;
  /** Whether m and v are divided by 1 - beta^step. Default true; BERT's own optimiser does not. */
  readonly biasCorrection?: boolean;
  /** A factor on the gradient, for clipping by the global norm. Default 1. */
  readonly gradientScale?: number;
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1), in place.
 *
 *     m <- beta1 m + (1 - beta1) g                    m^ = m / (1 - beta1^t)
 *     v <- beta2 v + (1 - beta2) g^2                  v^ = v / (1 - beta2^t)
 *     w <- w - learningRate * weightDecay * w - learningRate * m^ / (sqrt(v^) + epsilon)
 *
 * @param variable w, changed
 * @param gradient g, of w's shape, kept
 * @param first m, changed
 * @param second v, changed
 *
 * @example
 * ```ts
 * import { adamStep, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const [w, m, v] = [[1, 2], [0, 0], [0, 0]].map((x) => tf.variable(tf.tensor1d(x)));
 * adamStep(w, tf.tensor1d([3, -4]), m, v, { learningRate: 0.1, step: 1 });
 * assertEquals([...w.dataSync()].map((x) => x.toFixed(2)), ["0.90", "2.10"]);
 * ```
 */
export function adamStep(
  variable: tf.Variable,
  gradient: tf.Tensor,
  first: tf.Variable,
  second: tf.Variable,
  options: AdamStepOptions,
): void {
  const { learningRate, step, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } =
    options;
  const { biasCorrection = true, gradientScale = 1 } = options;
  sameShape("adamStep", variable, gradient, first, second);
  const rate = learningRate / (biasCorrection ? 1 - beta1 ** step : 1);
  const scale = biasCorrection ? 1 / Math.sqrt(1 - beta2 ** step) : 1;
  const decay = 1 - learningRate * weightDecay;
  const context = inPlace(variable, first, second);
  if (context) {
    const at = [variable, gradient, first, second].map((t) => context.address(t));
    const numbers = [
      gradientScale,
      beta1,
      beta2,
      1 - beta1,
      1 - beta2,
      rate,
      scale,
      epsilon,
      decay,
    ];
    return context.simd("adam", variable.size, GRAIN, ...at, ...numbers);
  }
  tf.tidy(() => {
    if (hasKernel("AdamStep")) {
      const inputs = { w: variable, g: gradient, m: first, v: second };
      const numbers = { gradientScale, beta1, beta2, rate, scale, epsilon, decay };
      const [w, m, v] = runKernels("AdamStep", inputs, numbers);
      first.assign(m);
      second.assign(v);
      return variable.assign(w);
    }
    const g = gradientScale === 1 ? gradient : tf.mul(gradient, gradientScale);
    first.assign(tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1)));
    second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2)));
    const m = tf.div(first, biasCorrection ? 1 - beta1 ** step : 1);
    const v = tf.div(second, biasCorrection ? 1 - beta2 ** step : 1);
    const change = tf.add(tf.div(m, tf.add(tf.sqrt(v), epsilon)), tf.mul(variable, weightDecay));
    variable.assign(tf.sub(variable, tf.mul(change, learningRate)));
  });
}

/** The wasm backend, if it runs and nobody else holds these variables' memory (a clone would change along). */
function inPlace(...variables: tf.Variable[]) {
  const context = wasmContext();
  if (!context || variables.some((v) => v.dtype !== "float32")) return undefined;
  for (const v of variables) {
    if (context.backend.refCount(v.dataId) > 1) tf.tidy(() => v.assign(tf.mul(v, 1)));
  }
  return context;
}

function sameShape(what: string, variable: tf.Variable, ...others: tf.Tensor[]): void {
  for (const other of others) {
    if (!tf.util.arraysEqual(variable.shape, other.shape)) {
      throw new Error(
        `${what} was given a tensor [${other.shape}] for the variable "${variable.name}" [${variable.shape}]; ` +
          `gradient and moments must have the variable's shape.`,
      );
    }
  }
}
