/**
 * "Fully connected layers can also be viewed as convolutions with kernels that cover their entire input
 * regions" (Long, Shelhamer and Darrell 2015, Sect. 3.1): the weights of a fully connected layer over a
 * C x s x s map, laid out as an s x s convolution filter. Run on a map of exactly s x s the convolution
 * gives the layer's output; run on a larger map it gives the layer at every position.
 *
 * @param weight [units, C s s] row by row, its inputs flattened channel first ([C, s, s], as PyTorch and
 * Caffe flatten them)
 * @param shape `units`, `channels` C and `side` s
 * @returns [s, s, C, units], the filter for `tf.conv2d`
 * @throws {RangeError} if the number of weights is not units C s s
 *
 * @example
 * ```ts
 * import { fullyConnectedAsConvolution } from "./mod.ts";
 *
 * // one unit over two channels of 2 x 2 pixels
 * const weight = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
 * const filter = fullyConnectedAsConvolution(weight, { units: 1, channels: 2, side: 2 });
 * console.log(filter); // Float32Array [1, 10, 2, 20, 3, 30, 4, 40]
 * ```
 */
export function fullyConnectedAsConvolution(
  weight: Float32Array,
  { units, channels, side }: { units: number; channels: number; side: number },
): Float32Array {
  const inputs = channels * side * side;
  if (weight.length !== units * inputs) {
    throw new RangeError(
      `${units} units over ${channels} channels of ${side}x${side} have ${
        units * inputs
      } weights; ` +
        `got ${weight.length}`,
    );
  }
  const filter = new Float32Array(weight.length);
  for (let unit = 0; unit < units; unit++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let at = 0; at < side * side; at++) {
        filter[(at * channels + channel) * units + unit] =
          weight[unit * inputs + channel * side * side + at];
      }
    }
  }
  return filter;
}
