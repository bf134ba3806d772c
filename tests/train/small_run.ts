/**
 * A run small enough for a test, with all that a resumed run could get wrong: a U-Net with dropout, Adam,
 * a warm-up, batches drawn from the step's generator, clipping.
 *
 * As a program it trains to the end from whatever its checkpoint holds: `small_run.ts CHECKPOINT STEPS`.
 *
 * @module
 */
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";
import {
  adam,
  train,
  type Training,
  type TrainOptions,
  warmupLinear,
} from "../../lib/train/mod.ts";
import { type Batch, type Sample, toBatch, UNet } from "../../lib/unet/mod.ts";

const SIDE = 28, OUTPUT = 12;

/** A bright rectangle on a dark ground, with noise; where it lies is the label. */
export function rectangle(random: Random): Sample {
  const image = new Float32Array(SIDE * SIDE), labels = new Int32Array(OUTPUT * OUTPUT);
  const left = random.int(8, 16), border = (SIDE - OUTPUT) / 2;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const inside = x >= left && x < left + 6 && y >= 10 && y < 18;
      image[y * SIDE + x] = (inside ? 0.8 : 0.2) + random.normal(0, 0.1);
      const u = x - border, v = y - border;
      if (u >= 0 && u < OUTPUT && v >= 0 && v < OUTPUT) labels[v * OUTPUT + u] = Number(inside);
    }
  }
  return {
    image: { data: image, width: SIDE, height: SIDE },
    labels: { data: labels, width: OUTPUT, height: OUTPUT },
  };
}

/** A small run, and what to free after it. */
export interface SmallRun {
  readonly net: UNet;
  readonly run: Training;
}

/** The run; a checkpoint path makes it resumable, other options replace its own. */
export function smallRun(
  steps: number,
  { net: given, ...options }: Partial<TrainOptions<Batch>> & { net?: UNet } = {},
): SmallRun {
  const net = given ?? new UNet({ baseChannels: 2, depth: 1 }, { random: createRandom(1) });
  const run = train<Batch>({
    model: net,
    batches: (_step, random) => toBatch([rectangle(random)]),
    loss: ({ x, labels }, random) =>
      weightedSoftmaxCrossEntropy(net.forward(x, { training: true, random }), labels),
    optimizer: adam({ weightDecay: 0.01 }),
    schedule: warmupLinear({ peak: 0.01, warmup: 3, total: 1000 }),
    steps,
    seed: 2,
    clipNorm: 1,
    ...options,
  });
  return { net, run };
}

if (import.meta.main) {
  await useBackend({ prefer: "wasm" });
  const [path, steps] = Deno.args;
  const { run } = smallRun(Number(steps), { checkpoint: { path, every: 2 } });
  console.log("ready");
  for await (const { step } of run) console.log(step);
  tf.removeBackend("wasm");
  Deno.exit(0);
}
