import { tf } from "../backend/mod.ts";
import type { Random } from "../random/mod.ts";

/** How a parameter begins its life. */
export type Initializer = "truncatedNormal" | "zeros" | "ones";

/** Gives the first value of a parameter: a random draw, or what a checkpoint holds. */
export type ParameterSource = (
  name: string,
  shape: readonly number[],
  initializer: Initializer,
) => tf.Tensor;

/**
 * Makes variables under their full names and writes them into one ordered map: the place that
 * decides what a parameter is called. Layers are handed a scope and ask it for what they need.
 */
export class ParameterScope {
  /** Every parameter made in this scope or in one below it, in the order of making. */
  readonly parameters: Map<string, tf.Variable>;
  readonly #prefix: string;
  readonly #source: ParameterSource;

  constructor(source: ParameterSource, prefix = "", parameters = new Map<string, tf.Variable>()) {
    this.#source = source;
    this.#prefix = prefix;
    this.parameters = parameters;
  }

  /** The scope below: names get "name." in front. */
  at(name: string): ParameterScope {
    return new ParameterScope(this.#source, `${this.#prefix}${name}.`, this.parameters);
  }

  /** A new parameter. */
  create<R extends tf.Rank>(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
  ): tf.Variable<R> {
    const full = this.#prefix + name;
    const value = this.#source(full, shape, initializer);
    const variable = tf.variable(value) as tf.Variable<R>;
    value.dispose();
    this.parameters.set(full, variable);
    return variable;
  }
}

/**
 * First values drawn at random as in BERT: matrices and embeddings from a normal distribution cut off
 * at two standard deviations, biases 0, scales of normalisations 1. Every parameter draws from a
 * generator of its own, so that one more parameter leaves the others as they were.
 */
export function randomSource(random: Random, std: number): ParameterSource {
  return (name, shape, initializer) => {
    if (initializer !== "truncatedNormal") return tf[initializer](shape as number[]);
    const own = random.fork(name);
    const size = shape.reduce((product, d) => product * d, 1);
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = own.truncatedNormal(0, std);
    return tf.tensor(values, shape as number[]);
  };
}
