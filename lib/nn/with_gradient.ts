import { tf } from "../backend/mod.ts";

/** A value, what its gradient needs, and the gradient. */
export interface WithGradient<T extends tf.Tensor = tf.Tensor> {
  /** The result. */
  readonly value: T;
  /** Tensors that {@linkcode WithGradient.gradient} needs; kept until then. */
  readonly saved: tf.Tensor[];
  /** The gradients by the inputs, in their order, given the one by the value. */
  readonly gradient: (dy: T, saved: tf.Tensor[]) => tf.Tensor[];
}

/**
 * A function with its gradient written out: `tf.customGrad` with types.
 *
 * @param inputs what the gradient is taken by
 * @param f must use its arguments, not the tensors outside it
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { withGradient } from "./mod.ts";
 *
 * const square = (x: tf.Tensor) =>
 *   withGradient([x], (x) => ({
 *     value: tf.mul(x, x),
 *     saved: [x],
 *     gradient: (dy, [x]) => [tf.mul(dy, tf.mul(x, 2))],
 *   }));
 * console.log(tf.grad(square)(tf.scalar(3)).dataSync()[0]); // 6
 * ```
 */
export function withGradient<T extends tf.Tensor>(
  inputs: tf.Tensor[],
  f: (...inputs: tf.Tensor[]) => WithGradient<T>,
): T {
  return tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    const { value, saved, gradient } = f(...args.slice(0, -1) as tf.Tensor[]);
    save(saved);
    return {
      value,
      gradFunc: (dy: tf.Tensor, tensors: tf.Tensor[]) => gradient(dy as T, tensors),
    };
  })(...inputs) as T;
}
