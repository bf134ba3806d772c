import { tf } from "../../lib/backend/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { constant, sgd, train } from "../../lib/train/mod.ts";
import { tileSize, UNet } from "../../lib/unet/mod.ts";
import type { Running } from "./work.ts";

/** A training step of the paper's network on one tile: weighted cross-entropy, SGD with momentum 0.99. */
export function unetStep(base: number, tile: number): Running {
  const random = createRandom(1), side = tileSize(tile).output;
  const model = new UNet({ baseChannels: base, dropoutRate: 0 }, { random });
  const x = floats(tile * tile, () => random.normal());
  const labels = Int32Array.from({ length: side * side }, () => random.int(2));
  const weights = floats(side * side, () => random.uniform() + 0.5);
  const run = train({
    model,
    batches: () => ({
      x: tf.tensor4d(x, [1, tile, tile, 1]),
      labels: tf.tensor3d(labels, [1, side, side], "int32"),
      weights: tf.tensor3d(weights, [1, side, side]),
    }),
    loss: (batch) =>
      weightedSoftmaxCrossEntropy(model.forward(batch.x), batch.labels, batch.weights),
    optimizer: sgd({ momentum: 0.99 }),
    schedule: constant(1e-3),
    steps: 1_000_000,
  });
  return { step: () => run.next() };
}

/** One forward pass on one tile. */
export function unetInference(base: number, tile: number): Running {
  const random = createRandom(1);
  const model = new UNet({ baseChannels: base }, { random });
  const x = tf.tensor4d(floats(tile * tile, () => random.normal()), [1, tile, tile, 1]);
  return {
    async step() {
      const y = model.forward(x);
      await y.data();
      y.dispose();
    },
  };
}

function floats(length: number, draw: () => number): Float32Array {
  return Float32Array.from({ length }, draw);
}
