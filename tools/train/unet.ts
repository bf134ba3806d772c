/**
 * `deno task train unet`: trains a U-Net on one data set and scores it on held-out slices of another.
 *
 * @module
 */
import { join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import {
  type DatasetName,
  holdOut,
  openDataset,
  type SegmentationDataset,
} from "../../lib/datasets/mod.ts";
import { writeFileAtomic } from "../../lib/io/mod.ts";
import { pixelError } from "../../lib/metrics/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";
import { adam, saveWeights, sgd, train, warmupCosine } from "../../lib/train/mod.ts";
import {
  augmentedSample,
  predict,
  randomSample,
  SEVEN_VIEWS,
  tileSize,
  toBatch,
  UNet,
  weightMap,
} from "../../lib/unet/mod.ts";
import { inWords, Problem } from "../command.ts";
import { type Flags, numberOf, textOf, type Trainer } from "./trainer.ts";

const DATASETS: readonly DatasetName[] = ["em_phantom", "isbi2012"];

const USAGE = `deno task train unet [options]

Trains a U-Net and writes unet.safetensors, log.jsonl (a line a report) and result.json into a folder.
Ctrl-C stops after the step in progress and exits 130; the same command goes on from there.

  --data NAME         ${DATASETS.join(" or ")} (default em_phantom)
  --test NAME         the data set whose last six slices are scored (default: that of --data, whose
                      last six slices are then not trained on)
  --count N           phantom slices (default 30)
  --out DIR           where to (default build/unet)
  --base N            channels of the first level (default 16)
  --tile N            side of the input tile (default 316)
  --steps N           (default 1000)
  --augment HOW       views: turned and mirrored; paper: elastic deformation, rotation, gray values
                      too (default paper)
  --weights HOW       map: the weight map of Eq. 2, each white region a cell; none (default map)
  --optimizer NAME    adam, or sgd with the paper's momentum of 0.99 (default adam)
  --learning-rate X   the peak (default 1e-3)
  --views N           1, or 7 to score the mean over seven views (default 1)
  --seed N            decides everything (default 1)
  --every N           steps between two reports and two checkpoints (default 50)
  --json              print the result as JSON`;

/** `deno task train unet`. */
export const unet: Trainer = {
  summary: "a U-Net on electron-microscopy slices, recorded or generated",
  usage: USAGE,
  options: Object.fromEntries(
    [
      ...["data", "test", "count", "out", "base", "tile", "steps", "augment", "weights"],
      ...["optimizer", "learning-rate", "views", "seed", "every"],
    ].map((name) => [name, { type: "string" } as const]),
  ),
  run,
};

async function run(flags: Flags, note: (sentence: string) => void) {
  const data = datasetOf(flags, "data", "em_phantom"), test = datasetOf(flags, "test", data);
  const out = textOf(flags, "out", "build/unet");
  const [seed, steps] = [numberOf(flags, "seed", 1), numberOf(flags, "steps", 1000)];
  const [every, views] = [numberOf(flags, "every", 50), numberOf(flags, "views", 1)];
  const tileSide = numberOf(flags, "tile", 316), peak = numberOf(flags, "learning-rate", 1e-3);
  const augment = choice(flags, "augment", ["paper", "views"]);
  const weighting = choice(flags, "weights", ["map", "none"]);
  const optimizer = choice(flags, "optimizer", ["adam", "sgd"]);
  if (views !== 1 && views !== 7) throw new Problem(`--views is ${views}, expected 1 or 7`);
  tileSize(tileSide);

  const backend = await useBackend();
  note(`backend ${backend.name}: ${backend.reason}`);
  const opened = await openDataset(data, { seed, count: numberOf(flags, "count", 30) });
  const split = data === test ? holdOut(opened) : undefined;
  const slices = split?.train ?? opened;
  // Once, before training (Sect. 3); what predicts below takes none.
  const learned = weighting === "none"
    ? slices
    : { ...slices, weights: slices.labels.map((cells) => weightMap(cells, { binary: true })) };
  const heldOut = split?.heldOut ?? holdOut(await openDataset(test, { seed })).heldOut;
  note(
    `${learned.slices.length} slices of ${opened.title}; scored on ${heldOut.slices.length} of ${heldOut.title}`,
  );

  const random = createRandom(seed);
  const net = new UNet({ baseChannels: numberOf(flags, "base", 16) }, {
    random: random.fork("weights"),
  });
  const sample = (random: Random) =>
    augment === "paper"
      ? augmentedSample(learned, { tileSide, random })
      : randomSample(learned, { tileSide, random });
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  const training = train({
    model: net,
    batches: (_step, random) => toBatch([sample(random)]),
    loss: ({ x, labels, weights }, random) =>
      weightedSoftmaxCrossEntropy(net.forward(x, { training: true, random }), labels, weights),
    optimizer: optimizer === "adam" ? adam() : sgd(),
    schedule: warmupCosine({ peak, warmup: Math.min(20, steps >> 1), total: steps }),
    steps,
    seed,
    checkpoint: { path: join(out, "checkpoint.safetensors"), every },
    signal: stop.signal,
  });
  await Deno.mkdir(out, { recursive: true });
  const log = join(out, "log.jsonl");
  let losses: number[] = [], seconds = 0, made = 0;
  for await (const step of training) {
    losses.push(step.loss);
    seconds = step.seconds;
    made++;
    if (step.step % every !== 0 && step.step !== steps) continue;
    const loss = losses.reduce((sum, v) => sum + v, 0) / losses.length;
    await Deno.writeTextFile(log, JSON.stringify({ ...step, loss }) + "\n", { append: true });
    const left = inWords(seconds / made * (steps - step.step));
    note(`step ${step.step} of ${steps}: loss ${loss.toFixed(4)}, about ${left} left`);
    losses = [];
  }
  Deno.removeSignalListener("SIGINT", onInterrupt);
  if (!training.result!.finished) {
    note(`${training.result!.message}; the same command goes on from there`);
    Deno.exit(130);
  }

  const scores = await score(net, heldOut, views);
  const settings = {
    data,
    test,
    tileSide,
    steps,
    augment,
    weighting,
    optimizer,
    peak,
    views,
    seed,
  };
  const config = JSON.stringify(net.config);
  await saveWeights(join(out, "unet.safetensors"), net.parameters, { config });
  const result = {
    ...settings,
    config: net.config,
    backend: backend.name,
    trainingSeconds: seconds,
    ...scores,
  };
  await writeFileAtomic(join(out, "result.json"), JSON.stringify(result, null, 2) + "\n");
  const text = `pixel error on ${heldOut.slices.length} slices of ${heldOut.title}: ` +
    `${scores.pixelError.toFixed(4)} (answering "cell" everywhere: ${
      scores.allCell.toFixed(4)
    })\nwritten to ${out}`;
  return { json: result, text };
}

async function score(net: UNet, heldOut: SegmentationDataset, views: number) {
  const cell = [];
  for (const slice of heldOut.slices) {
    cell.push(await predict(net, slice, views === 7 ? { views: SEVEN_VIEWS } : {}));
  }
  const everywhere = cell.map((p) => ({ ...p, data: new Float32Array(p.data.length).fill(1) }));
  const { pixelError: error, threshold } = pixelError(heldOut.labels, cell);
  return {
    pixelError: error,
    threshold,
    allCell: pixelError(heldOut.labels, everywhere).pixelError,
  };
}

function datasetOf(flags: Flags, name: string, orElse: DatasetName): DatasetName {
  return choice(flags, name, [orElse, ...DATASETS.filter((d) => d !== orElse)]);
}

/** The value of an option that is one of a few words; the first is the default. */
function choice<T extends string>(flags: Flags, name: string, words: readonly T[]): T {
  const value = textOf(flags, name, words[0]);
  const found = words.find((word) => word === value);
  if (found === undefined) {
    throw new Problem(`--${name} is "${value}", expected ${words.join(" or ")}`);
  }
  return found;
}
