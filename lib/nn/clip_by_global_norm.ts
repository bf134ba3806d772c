import { tf } from "../backend/mod.ts";

/** Gradients by the name of their parameter. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

/** The length of all gradients together, and of each. */
export interface GradientNorms {
  /** sqrt of the sum of the squares of every value of every gradient. */
  readonly global: number;
  /** The same for one parameter's gradient, by name. */
  readonly each: ReadonlyMap<string, number>;
}

/**
 * Measures gradients, with one transfer from the device.
 *
 * @param gradients by parameter name; not changed
 * @returns norms; a NaN or an infinity in a gradient makes its norm NaN or infinite
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { gradientNorms } from "./mod.ts";
 *
 * const { global } = await gradientNorms(new Map([["a", tf.scalar(3)], ["b", tf.scalar(-4)]]));
 * console.log(global); // 5
 * ```
 */
export async function gradientNorms(gradients: Gradients): Promise<GradientNorms> {
  if (gradients.size === 0) return { global: 0, each: new Map() };
  const squares = tf.tidy(() => tf.stack([...gradients.values()].map((g) => tf.sum(tf.square(g)))) // [number of gradients]
  );
  const values = await squares.data<"float32">();
  squares.dispose();
  const each = new Map([...gradients.keys()].map((name, i) => [name, Math.sqrt(values[i])]));
  return { global: Math.sqrt(values.reduce((sum, v) => sum + v, 0)), each };
}

/**
 * Gradient clipping (Pascanu 2013; BERT uses a limit of 1.0): gradients that are together longer than
 * `limit` are all scaled by limit / norm, so their direction stays.
 *
 * @param gradients by parameter name; not changed
 * @param limit the largest global norm that is left as it is
 * @param norm the global norm ({@linkcode gradientNorms})
 * @returns `gradients` itself if it is short enough, else new tensors
 * @throws {RangeError} if the limit is not a positive number
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { clipByGlobalNorm, gradientNorms } from "./mod.ts";
 *
 * const gradients = new Map([["a", tf.scalar(3)], ["b", tf.scalar(-4)]]);
 * const { global } = await gradientNorms(gradients);
 * const clipped = clipByGlobalNorm(gradients, 1, global);
 * console.log((await gradientNorms(clipped)).global.toFixed(4)); // 1.0000
 * ```
 */
export function clipByGlobalNorm(gradients: Gradients, limit: number, norm: number): Gradients {
  if (!(limit > 0)) {
    throw new RangeError(
      `the limit of the gradient norm is a positive number; got ${limit}`,
    );
  }
  if (!(norm > limit)) return gradients;
  return new Map([...gradients].map(([name, g]) => [name, tf.mul(g, limit / norm)]));
}
