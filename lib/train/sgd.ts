import { sgdMomentumStep, tf } from "../backend/mod.ts";
import { type Optimizer, OptimizerState } from "./optimizer.ts";

/** Options of {@linkcode sgd}. */
export interface SgdOptions {
  /** How much of the last velocity is kept. Default 0.99, the U-Net paper's (Sect. 3). */
  readonly momentum?: number;
  /** Weight decay, added to the gradient as in Caffe. Default 0: the paper names none. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum:
 *
 *     v <- momentum * v + (g + weightDecay * w)
 *     w <- w - learningRate * v
 *
 * "we use a high momentum (0.99) such that a large number of the previously seen training samples
 * determine the update in the current optimization step" (U-Net, Sect. 3).
 *
 * @throws {RangeError} if the momentum is outside [0, 1) or the decay negative
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { sgd } from "./mod.ts";
 *
 * const w = tf.variable(tf.scalar(1)), parameters = new Map([["w", w as tf.Variable]]);
 * const optimizer = sgd({ momentum: 0 });
 * optimizer.prepare(parameters);
 * optimizer.update(parameters, new Map([["w", tf.scalar(2)]]), 0.25, 0);
 * console.log(w.dataSync()[0]); // 0.5
 * ```
 */
export function sgd({ momentum = 0.99, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  if (!(momentum >= 0 && momentum < 1)) {
    throw new RangeError(`momentum lies in [0, 1); got ${momentum}`);
  }
  if (!(weightDecay >= 0)) throw new RangeError(`weight decay is not negative; got ${weightDecay}`);
  const state = new OptimizerState();
  return {
    state: state.variables,
    prepare: (parameters) => state.prepare(parameters, ["velocity"]),
    update(parameters, gradients, learningRate) {
      tf.tidy(() => {
        for (const [name, w] of parameters) {
          const g = gradients.get(name);
          if (g === undefined) continue; // not part of this loss
          const v = state.get("velocity", name);
          const decayed = weightDecay === 0 ? g : tf.add(g, tf.mul(w, weightDecay));
          sgdMomentumStep(w, decayed, v, learningRate, momentum);
        }
      });
    },
    dispose: () => state.dispose(),
  };
}
