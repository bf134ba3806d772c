/**
 * `deno task compare`: the U-Net and what it was measured against, trained for the same time on the same
 * slices, scored on the same held-out ones.
 *
 * @module
 */
import process from "node:process";
import { type tf, useBackend } from "../lib/backend/mod.ts";
import { holdOut, openDataset, type SegmentationDataset } from "../lib/datasets/mod.ts";
import type { Image } from "../lib/image/mod.ts";
import { emScores } from "../lib/metrics/mod.ts";
import { countParameters, weightedSoftmaxCrossEntropy } from "../lib/nn/mod.ts";
import { createRandom } from "../lib/random/mod.ts";
import { adam, constant, train, type TrainOptions } from "../lib/train/mod.ts";
import {
  balancedWindows,
  classifyPixels,
  FCN,
  type FCNVariant,
  idsiaNetwork,
  predictWhole,
  randomCrop,
  slidingWindowAtOnce,
  WindowClassifier,
  windowLoss,
  windowTensors,
} from "../lib/unet/baselines/mod.ts";
import { type Batch, predict, randomSample, toBatch, UNet } from "../lib/unet/mod.ts";
import { Problem, runTask } from "./command.ts";

const USAGE = `deno task compare [--data NAME] [--seconds N] [--slices N] [--seed N] [--json]

Trains a sliding-window classifier, FCN-32s, FCN-16s, FCN-8s and a U-Net, each for the same time and with the
same optimizer (Adam) on the same slices, and scores all on the same held-out slices: pixel, Rand and warping
error, seconds per picture, parameters. FCN-16s spends half of its time as a 32s, FCN-8s a third each as 32s
and 16s, as in the paper, where each starts from the coarser one.

  --data NAME   the data set (default isbi2012)
  --seconds N   training time of each network (default 120)
  --clock NAME  wall, or cpu: seconds of this process's processor time, for training and for pictures; fair on
                a machine that does other work too, if TF_THREADS=1 (default wall)
  --slices N    held-out slices that are scored (default 6, the last of the stack)
  --seed N      weights, tiles and their order (default 1)
  --json        the rows as JSON on standard output`;

/** One network's line in the table. */
interface Row {
  readonly network: string;
  readonly parameters: number;
  readonly steps: number;
  readonly pixelError: number;
  readonly randError: number;
  readonly warpingError: number;
  readonly secondsPerImage: number;
  /** What the time is of, where it is not plain. */
  readonly note?: string;
}

/** Seconds of one clock since some moment. */
type Clock = () => number;

const CLOCKS: Readonly<Record<string, Clock>> = {
  wall: () => performance.now() / 1000,
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

/** The common learning rate; Adam's defaults otherwise. */
const LEARNING_RATE = 1e-3;

/** Trains until the time is up; returns the steps made. */
async function trainFor<B extends tf.TensorContainerObject>(
  seconds: number,
  clock: Clock,
  options: Pick<TrainOptions<B>, "model" | "batches" | "loss" | "seed">,
): Promise<number> {
  const start = clock();
  const run = train<B>({
    ...options,
    optimizer: adam(),
    schedule: constant(LEARNING_RATE),
    steps: 1_000_000,
    clipNorm: 1,
  });
  let steps = 0;
  for await (const { step } of run) {
    steps = step;
    if (clock() - start >= seconds) break;
  }
  return steps;
}

/** Predicts every slice and scores the maps; the fastest slice gives the time. */
async function judge(
  { slices, labels }: SegmentationDataset,
  clock: Clock,
  map: (slice: Image) => Promise<Image>,
): Promise<Pick<Row, "pixelError" | "randError" | "warpingError" | "secondsPerImage">> {
  const maps: Image[] = [];
  let secondsPerImage = Infinity;
  for (const slice of slices) {
    const start = clock();
    maps.push(await map(slice));
    secondsPerImage = Math.min(secondsPerImage, clock() - start);
  }
  const { pixelError, randError, warpingError } = emScores(labels, maps);
  return {
    pixelError: pixelError.pixelError,
    randError: randError.randError,
    warpingError: warpingError.warpingError,
    secondsPerImage,
  };
}

/** The networks in the order of history; each is made, trained, scored and freed before the next. */
async function* compare(
  { train: seen, heldOut }: { train: SegmentationDataset; heldOut: SegmentationDataset },
  { seconds, seed, clock }: { seconds: number; seed: number; clock: Clock },
): AsyncGenerator<Row> {
  {
    const random = createRandom(seed);
    const net = new WindowClassifier(idsiaNetwork(65, 16, 64), { random });
    const windows = balancedWindows(seen.slices, seen.labels, { window: 65, batch: 64, random });
    const steps = await trainFor(seconds, clock, {
      model: net,
      batches: () => windowTensors(windows.next().value),
      loss: (batch) => windowLoss(net, batch),
      seed,
    });
    const common = { parameters: countParameters(net.parameters), steps };
    const scores = await judge(heldOut, clock, (slice) => slidingWindowAtOnce(net, slice));
    const slice = heldOut.slices[0], pixels = 1024;
    const some = Array.from({ length: pixels }, (_, i) => ({ x: i % slice.width, y: 7 }));
    const start = clock();
    await classifyPixels(net, slice, some);
    const each = (clock() - start) / pixels;
    yield {
      network: "sliding window, 65",
      ...common,
      ...scores,
      secondsPerImage: each * slice.width * slice.height,
      note: `window by window, extrapolated from ${pixels} pixels`,
    };
    yield {
      network: "the same net, dense",
      ...common,
      ...scores,
      note: "each value computed once: the same map",
    };
    net.dispose();
  }
  let coarser: FCN | undefined;
  for (const [variant, stages] of [["32s", 1], ["16s", 2], ["8s", 3]] as const) {
    const random = createRandom(seed);
    const chain: readonly FCNVariant[] = ["32s", "16s", "8s"].slice(0, stages) as FCNVariant[];
    let net: FCN | undefined, steps = 0;
    for (const stage of chain) { // the whole way from the 32s on, so that every variant has the same time
      coarser = net;
      net = new FCN({
        variant: stage,
        channels: [8, 16, 32, 64, 64],
        units: 128,
        inputChannels: 1,
        classes: 2,
        pad: 81,
      }, { random });
      if (coarser) net.initialiseFrom(coarser);
      coarser?.dispose();
      const model = net;
      steps += await trainFor(seconds / stages, clock, {
        model,
        batches: (_, random) => toBatch([randomCrop(seen, { side: 224, random })]),
        loss: ({ x, labels }: Batch, random) =>
          weightedSoftmaxCrossEntropy(model.forward(x, { training: true, random }), labels),
        seed,
      });
    }
    const scores = await judge(heldOut, clock, (slice) => predictWhole(net!, slice));
    yield {
      network: `FCN-${variant}`,
      parameters: countParameters(net!.parameters),
      steps,
      ...scores,
    };
    net!.dispose();
  }
  {
    const net = new UNet({ baseChannels: 16 }, { random: createRandom(seed) });
    const steps = await trainFor(seconds, clock, {
      model: net,
      batches: (_, random) => toBatch([randomSample(seen, { tileSide: 284, random })]),
      loss: ({ x, labels }: Batch, random) =>
        weightedSoftmaxCrossEntropy(net.forward(x, { training: true, random }), labels),
      seed,
    });
    const scores = await judge(heldOut, clock, (slice) => predict(net, slice));
    yield {
      network: "U-Net, base 16",
      parameters: countParameters(net.parameters),
      steps,
      ...scores,
    };
    net.dispose();
  }
}

if (import.meta.main) {
  await runTask(USAGE, {
    data: { type: "string", default: "isbi2012" },
    seconds: { type: "string", default: "120" },
    clock: { type: "string", default: "wall" },
    slices: { type: "string", default: "6" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  }, async ({ data, json, ...numbers }) => {
    const seconds = Number(numbers.seconds), seed = Number(numbers.seed);
    if (!(seconds > 0)) throw new Problem(`--seconds is a positive number; got ${numbers.seconds}`);
    const clock = Object.hasOwn(CLOCKS, numbers.clock) ? CLOCKS[numbers.clock] : undefined;
    if (clock === undefined) throw new Problem(`--clock is wall or cpu; got ${numbers.clock}`);
    const { name, threads, blas } = await useBackend();
    const dataset = await openDataset(data as Parameters<typeof openDataset>[0]);
    const split = holdOut(dataset, Number(numbers.slices));
    console.error(
      `${dataset.title}; backend ${name}, ${threads ?? 1} thread(s)${blas ? `, ${blas}` : ""}; ` +
        `${seconds} s (${numbers.clock}) of training each, seed ${seed}`,
    );
    const rows: Row[] = [];
    for await (const row of compare(split, { seconds, seed, clock })) {
      rows.push(row);
      if (!json) {
        console.log(
          `${row.network.padEnd(20)} ${String(row.parameters).padStart(9)} parameters ` +
            `${String(row.steps).padStart(6)} steps  pixel ${row.pixelError.toFixed(4)}  ` +
            `Rand ${row.randError.toFixed(4)}  warping ${row.warpingError.toFixed(6)}  ` +
            `${row.secondsPerImage.toFixed(2).padStart(8)} s/image${
              row.note ? `  (${row.note})` : ""
            }`,
        );
      }
    }
    if (json) {
      console.log(
        JSON.stringify({ data, seconds, clock: numbers.clock, seed, backend: name, rows }, null, 2),
      );
    }
    return rows.length > 0;
  });
}
