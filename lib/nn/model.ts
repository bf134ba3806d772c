import type { tf } from "../backend/mod.ts";

/** A model's variables by name, in the order in which the forward pass meets them. */
export type Parameters = ReadonlyMap<string, tf.Variable>;

/** How a forward pass is meant. */
export interface ForwardOptions {
  /** True while training: dropout is active. Default false. */
  readonly training?: boolean;
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
