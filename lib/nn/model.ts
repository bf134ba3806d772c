import type { tf } from "../backend/mod.ts";
import type { Random } from "../random/mod.ts";

/** A model's variables by name, in the order in which the forward pass meets them. */
export type Parameters = ReadonlyMap<string, tf.Variable>;

/** How a forward pass is meant. */
export interface ForwardOptions {
  /** True while training: dropout is active, and needs `random`. Default false. */
  readonly training?: boolean;
  /** Where dropout draws its masks. The trainer hands over one generator per step. */
  readonly random?: Random;
}

/**
 * What the trainer, the checkpoints and the tables need to know of a network; nothing more.
 * `Input` and `Output` are the network's own.
 */
export interface Model<Input = tf.Tensor4D, Output = tf.Tensor4D> {
  readonly parameters: Parameters;
  forward(input: Input, options?: ForwardOptions): Output;
  /** Frees every variable. The model must not be used afterwards. */
  dispose(): void;
}

/** The number of trainable values of a model. */
export function countParameters(parameters: Parameters): number {
  let count = 0;
  for (const variable of parameters.values()) count += variable.size;
  return count;
}
