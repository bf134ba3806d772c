import { tf } from "../backend/mod.ts";
import type { Gradients, Parameters } from "../nn/mod.ts";

/**
 * Turns gradients into new weights. An optimizer owns its state (velocities, moments) as variables by
 * name, so that a checkpoint can hold them; it is made for one model and one run.
 */
export interface Optimizer {
  /** Makes the state for these parameters, all zero. The trainer calls it once, before the first step. */
  prepare(parameters: Parameters): void;
  /** One update; the gradients stay the caller's. `step` counts from 0. */
  update(parameters: Parameters, gradients: Gradients, learningRate: number, step: number): void;
  /** What a checkpoint must hold beside the weights. */
  readonly state: ReadonlyMap<string, tf.Variable>;
  /** Frees the state. */
  dispose(): void;
}

/** Zero variables named `<kind>.<parameter>`, one for each kind and parameter, in a map that frees itself. */
export class OptimizerState {
  readonly variables = new Map<string, tf.Variable>();

  prepare(parameters: Parameters, kinds: readonly string[]) {
    this.dispose();
    for (const kind of kinds) {
      for (const [name, { shape }] of parameters) {
        this.variables.set(`${kind}.${name}`, tf.tidy(() => tf.variable(tf.zeros(shape), false)));
      }
    }
  }

  get(kind: string, name: string): tf.Variable {
    const variable = this.variables.get(`${kind}.${name}`);
    if (variable === undefined) {
      throw new Error(
        `the optimizer has no ${kind} for "${name}": call prepare(parameters) with this model first`,
      );
    }
    return variable;
  }

  dispose() {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }
}
