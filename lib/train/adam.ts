import { adamStep } from "../backend/mod.ts";
import { type Optimizer, OptimizerState } from "./optimizer.ts";

/** Options of {@linkcode adam}. */
export interface AdamOptions {
  /** Decay of the mean of the gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment. Default 1e-8; BERT uses 1e-6. */
  readonly epsilon?: number;
  /** Divide the moments by 1 - beta^t, as in Kingma and Ba (2015). BERT's release does not. Default true. */
  readonly biasCorrection?: boolean;
  /** Decoupled weight decay: the weights also shrink by learningRate * weightDecay. Default 0. */
  readonly weightDecay?: number;
  /** Which parameters decay. Default all. */
  readonly decays?: (name: string) => boolean;
}

/**
 * Adam (Kingma and Ba 2015), with decoupled weight decay (Loshchilov and Hutter 2019) on request:
 *
 *     m <- beta1 m + (1 - beta1) g        v <- beta2 v + (1 - beta2) g^2
 *     w <- w - learningRate * (m' / (sqrt(v') + epsilon) + weightDecay * w)
 *
 * with m' = m / (1 - beta1^t), v' = v / (1 - beta2^t) where bias correction is on.
 *
 * @throws {RangeError} if a decay is outside [0, 1), epsilon not positive or weightDecay negative
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { adam } from "./mod.ts";
 *
 * const w = tf.variable(tf.scalar(1)), parameters = new Map([["w", w as tf.Variable]]);
 * const optimizer = adam();
 * optimizer.prepare(parameters);
 * optimizer.update(parameters, new Map([["w", tf.scalar(123)]]), 0.1, 0);
 * console.log(w.dataSync()[0].toFixed(3)); // 0.900: the first step has the size of the learning rate
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, biasCorrection = true, weightDecay = 0 } =
    options;
  const decays = options.decays ?? (() => true);
  for (const [name, beta] of [["beta1", beta1], ["beta2", beta2]] as const) {
    if (!(beta >= 0 && beta < 1)) {
      throw new RangeError(`Adam's ${name} lies in [0, 1); got ${beta}`);
    }
  }
  if (!(epsilon > 0)) throw new RangeError(`Adam's epsilon is positive; got ${epsilon}`);
  if (!(weightDecay >= 0)) throw new RangeError(`weight decay is not negative; got ${weightDecay}`);
  const state = new OptimizerState();
  return {
    state: state.variables,
    prepare: (parameters) => state.prepare(parameters, ["m", "v"]),
    update(parameters, gradients, learningRate, step) {
      for (const [name, w] of parameters) {
        const g = gradients.get(name);
        if (g === undefined) continue; // not part of this loss
        const decay = weightDecay > 0 && decays(name) ? weightDecay : 0;
        const rest = { beta1, beta2, epsilon, biasCorrection, weightDecay: decay };
        const m = state.get("m", name), v = state.get("v", name);
        adamStep(w, g, m, v, { learningRate, step: step + 1, ...rest });
      }
    },
    dispose: () => state.dispose(),
  };
}
