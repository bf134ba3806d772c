import { tf } from "../../backend/mod.ts";
import { type FilterAndBias, heNormal } from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";

/** A layer of {@linkcode createLayers}: name, side of the filter, channels in and out. */
export type LayerShape = readonly [name: string, side: number, from: number, to: number];

/** Variables `NAME.weight` ([side, side, in, out], He initialisation) and `NAME.bias` (0), in order. */
export function createLayers(
  shapes: readonly LayerShape[],
  random: Random,
): Map<string, tf.Variable> {
  const variables = new Map<string, tf.Variable>();
  for (const [name, side, from, to] of shapes) {
    const values = heNormal([side, side, from, to], side * side * from, random);
    const weight = tf.tidy(() => tf.variable(tf.tensor(values, [side, side, from, to])));
    variables.set(`${name}.weight`, weight);
    variables.set(`${name}.bias`, tf.tidy(() => tf.variable(tf.zeros([to]))));
  }
  return variables;
}

/** A convolution that keeps the map's size: [B, h, w, in] -> [B, h, w, out]. */
export function sameConvolution(x: tf.Tensor4D, { weight, bias }: FilterAndBias): tf.Tensor4D {
  return tf.add(tf.conv2d(x, weight, 1, "same"), bias);
}

/** The layer of that name. */
export function layer(parameters: ReadonlyMap<string, tf.Variable>, name: string): FilterAndBias {
  return {
    weight: parameters.get(`${name}.weight`) as unknown as tf.Tensor4D,
    bias: parameters.get(`${name}.bias`) as unknown as tf.Tensor1D,
  };
}

/** The mean of Huber's loss: d^2 / 2 near 0, |d| - 1/2 beyond 1; an outlier pulls with a bounded force. */
export function huber(difference: tf.Tensor): tf.Scalar {
  const size = tf.abs(difference), near = tf.minimum(size, 1);
  return tf.mean(tf.add(tf.mul(0.5, tf.square(near)), tf.sub(size, near))) as tf.Scalar;
}
