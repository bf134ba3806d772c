import { tf } from "../backend/mod.ts";
import type { UNet } from "./unet.ts";

/** How strong the signal is before and after a layer. */
export interface LayerSignal {
  /** As in the network's `parameters`: `down.0.conv1`, ..., `head`. */
  readonly layer: string;
  /** Mean of the squared values that go in. */
  readonly input: number;
  /** Mean of the squared values that come out, after the ReLU where there is one. */
  readonly output: number;
}

/**
 * The strength of the signal in every layer: what He initialisation keeps level.
 *
 * "Ideally the initial weights should be adapted such that each feature map in the network has approximately unit
 * variance. For a network with our architecture (alternating convolution and ReLU layers) this can be achieved by
 * drawing the initial weights from a Gaussian distribution with a standard deviation of sqrt(2/N)" (Sect. 3).
 *
 * With N incoming nodes a layer's sum has N Var(w) = 2 times the mean square of its inputs as variance, and the ReLU
 * halves that: output / input is 1 for a convolution with ReLU in the mean over the draws, and 2 where no ReLU follows
 * (up-convolutions, the head). Max pooling lies between the layers and raises it, concatenation averages.
 *
 * @param net usually untrained
 * @param x a tile, [B, h, w, inputChannels]; zero mean and unit variance where the unit is to be seen
 * @returns a row per layer, in the order of the forward pass
 * @throws {RangeError} if the tile does not fit the network
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { createRandom } from "../random/mod.ts";
 * import { layerSignals, UNet } from "./mod.ts";
 *
 * const net = new UNet({ baseChannels: 8, depth: 2 }, { random: createRandom(1) });
 * const x = tf.randomNormal<tf.Rank.R4>([1, 76, 76, 1], 0, 1, "float32", 1);
 * const [first] = await layerSignals(net, x);
 * console.log(first.layer, first.output / first.input > 0.3); // down.0.conv1 true
 * ```
 */
export async function layerSignals(net: UNet, x: tf.Tensor4D): Promise<LayerSignal[]> {
  const names: string[] = [];
  const squares = tf.tidy(() => {
    const found: tf.Scalar[] = [];
    const meanSquare = (t: tf.Tensor4D) => tf.keep(tf.mean<tf.Scalar>(tf.square(t)));
    net.forward(x, {
      onLayer(name, input, output) {
        names.push(name);
        found.push(meanSquare(input), meanSquare(output));
      },
    });
    const stacked = tf.stack(found) as tf.Tensor1D; // [2 layers]
    tf.dispose(found);
    return stacked;
  });
  const values = await squares.data();
  squares.dispose();
  return names.map((layer, i) => ({ layer, input: values[2 * i], output: values[2 * i + 1] }));
}
