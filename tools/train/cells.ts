/**
 * `deno task train cells`: trains a U-Net on one sequence of touching cells and scores it, by SEG, on another.
 *
 * @module
 */
import { join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import {
  CELL_TRACKING_NAMES,
  openDataset,
  type SegmentationDataset,
} from "../../lib/datasets/mod.ts";
import { writeFileAtomic } from "../../lib/io/mod.ts";
import { segMeasure } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { loadWeights } from "../../lib/train/mod.ts";
import {
  augmentedSample,
  balancedClassWeights,
  cellTruth,
  type InstanceOptions,
  instancesOf,
  loadUNet,
  predictCells,
  prepareCells,
  RECIPES,
  saveUNet,
  SEVEN_VIEWS,
  tileSize,
  trainUNet,
  UNet,
} from "../../lib/unet/mod.ts";
import type { Image } from "../../lib/image/mod.ts";
import { inWords, Problem } from "../command.ts";
import { type Flags, numberOf, optionsOf, textOf } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";

const NAMES = ["cell_phantom", ...CELL_TRACKING_NAMES.flatMap((n) => [`${n}_01`, `${n}_02`])];

const USAGE = `deno task train cells [options]

Trains a U-Net on a sequence of cells and writes unet.safetensors, log.jsonl (a line a report) and result.json
into a folder. It learns from gold masks, and silver ones where gold has fewer cells; how probabilities become
objects is then chosen on the gold masks of the same sequence; the gold masks of --test are scored by SEG, once.
Ctrl-C stops after the step in progress and exits 130; the same command goes on from there.

  --data NAME         ${NAMES.join(", ")}
                      (default cell_phantom)
  --test NAME         the sequence that is scored (default: the other sequence; of the phantom, other frames)
  --count N           phantom frames (default 30)
  --out DIR           where to (default build/cells)
  --steps N           (default 600)
  --shrink N          frames are made smaller by this factor (default 4)
  --base N            channels of the first level (default 16)
  --depth N           poolings (default 3)
  --dropout X         (default 0: a short training does not overfit)
  --tile N            side of the input tile in the smaller frame (default 212)
  --w0 X, --sigma X   of the weight map, sigma in pixels of the smaller frame (default 10 and 3)
  --learning-rate X   the peak (default 1e-3)
  --start FILE        begin with these weights
  --evaluate FILE     no training: choose the objects' options, score these weights, and write both to --out
  --views N           1, or 7 to score the mean over seven views (default 7)
  --seed N            decides everything (default 1)
  --every N           steps between two reports and two checkpoints (default 50)
  --json              print the result as JSON`;

/** `deno task train cells`. */
export const cells: Subcommand = {
  summary: "a U-Net on touching cells, recorded or generated",
  usage: USAGE,
  options: optionsOf([], [
    ...["data", "test", "count", "out", "steps", "shrink", "base", "depth", "dropout", "tile"],
    ...["w0", "sigma", "learning-rate", "start", "evaluate", "views", "seed", "every"],
  ]),
  run,
};

/** Everything that was typed, checked. */
function settingsOf(flags: Flags) {
  const data = nameOf(flags, "data", "cell_phantom");
  const settings = {
    data,
    test: nameOf(flags, "test", otherSequence(data)),
    count: numberOf(flags, "count", 30),
    out: textOf(flags, "out", join("build", "cells")),
    steps: numberOf(flags, "steps", 600),
    shrink: numberOf(flags, "shrink", 4),
    base: numberOf(flags, "base", 16),
    depth: numberOf(flags, "depth", 3),
    dropout: numberOf(flags, "dropout", 0),
    tileSide: numberOf(flags, "tile", 212),
    w0: numberOf(flags, "w0", 10),
    sigma: numberOf(flags, "sigma", 3),
    learningRate: numberOf(flags, "learning-rate", 1e-3),
    start: textOf(flags, "start", "") || undefined,
    views: numberOf(flags, "views", 7),
    seed: numberOf(flags, "seed", 1),
    every: numberOf(flags, "every", 50),
  };
  if (settings.views !== 1 && settings.views !== 7) {
    throw new Problem(`--views is ${settings.views}, expected 1 or 7`);
  }
  tileSize(settings.tileSide, settings.depth);
  return settings;
}

type Settings = ReturnType<typeof settingsOf>;

async function run(flags: Flags, note: (sentence: string) => void) {
  const settings = settingsOf(flags);
  const { out, steps, seed, every } = settings;
  const backend = await useBackend();
  note(`backend ${backend.name}: ${backend.reason}`);
  if (typeof flags.evaluate === "string") {
    const { net } = await loadUNet(flags.evaluate);
    return await finish(net, settings, { evaluated: flags.evaluate }, note);
  }

  const data = await openSequence(settings.data, "both", settings);
  note(`${data.slices.length} frames of ${data.title}`);
  const config = {
    baseChannels: settings.base,
    depth: settings.depth,
    dropoutRate: settings.dropout,
  };
  const net = new UNet(config, { random: createRandom(seed).fork("weights") });
  if (settings.start !== undefined) await loadWeights(settings.start, net.parameters);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  const learning = trainCells(net, data, settings, stop.signal);
  await Deno.mkdir(out, { recursive: true });
  let losses: number[] = [], seconds = 0, made = 0;
  let next = await learning.next();
  for (; !next.done; next = await learning.next()) {
    const { step, loss: lossNow, learningRate, gradientNorm } = next.value;
    losses.push(lossNow);
    seconds = next.value.seconds;
    made++;
    if (step % every !== 0 && step !== steps) continue;
    const loss = losses.reduce((sum, v) => sum + v, 0) / losses.length;
    const row = JSON.stringify({ step, loss, learningRate, gradientNorm, seconds });
    await Deno.writeTextFile(join(out, "log.jsonl"), row + "\n", { append: true });
    const left = inWords(seconds / made * (steps - step));
    note(`step ${step} of ${steps}: loss ${loss.toFixed(4)}, about ${left} left`);
    losses = [];
  }
  Deno.removeSignalListener("SIGINT", onInterrupt);
  if (!next.value.finished) {
    note(`${next.value.message}; the same command goes on from there`);
    Deno.exit(130);
  }
  await saveUNet(join(out, "unet.safetensors"), net); // should the scoring be stopped
  const trainingSeconds = seconds; // of this run; a resumed one counts anew
  return await finish(net, settings, { trainingSeconds, backend: backend.name }, note);
}

/** Chooses how objects are made, scores, and writes weights and result. */
async function finish(
  net: UNet,
  settings: Settings,
  more: Readonly<Record<string, unknown>>,
  note: (sentence: string) => void,
) {
  const { out, shrink } = settings;
  const scores = await score(net, settings, note);
  const metadata = { shrink: `${shrink}`, instances: JSON.stringify(scores.options) };
  await Deno.mkdir(out, { recursive: true });
  await saveUNet(join(out, "unet.safetensors"), net, { metadata });
  const result = { ...settings, config: net.config, ...more, ...scores };
  await writeFileAtomic(join(out, "result.json"), JSON.stringify(result, null, 2) + "\n");
  return { json: result, text: `${inText(scores)}\nwritten to ${out}` };
}

/** The training: the modern recipe, the weight map recomputed for every deformed tile. */
function trainCells(net: UNet, data: CellData, settings: Settings, signal: AbortSignal) {
  const { tileSide, depth, w0, sigma, shrink, steps, seed, every, learningRate, out } = settings;
  const prepared = prepareCells(data, shrink);
  const known = prepared.labels.map(({ data, ...size }) => ({
    ...size,
    data: data.filter((id) => id >= 0),
  }));
  const truth = cellTruth({ w0, sigma, classWeights: balancedClassWeights(known) });
  const gray = { contrast: 0.3, brightness: 0.05, gamma: 0.2, noise: 0.01 };
  const elastic = { nodes: 3, sigma: 16 / shrink };
  return trainUNet({
    net,
    data: prepared,
    recipe: { ...RECIPES.modern, learningRate, warmup: 30 },
    tileSide,
    steps,
    seed,
    sample: (random) =>
      augmentedSample(prepared, { tileSide, depth, random, truth, gray, elastic }),
    checkpoint: { path: join(out, "checkpoint.safetensors"), every },
    signal,
  });
}

/** Frames whose cells have numbers. */
type CellData = SegmentationDataset & Required<Pick<SegmentationDataset, "instances">>;

/** The frames that a name of this command stands for. */
async function openSequence(
  name: string,
  masks: "gold" | "both",
  { seed, count }: Pick<Settings, "seed" | "count">,
): Promise<CellData> {
  const found = CELL_TRACKING_NAMES.find((known) => name.startsWith(known));
  const data = found === undefined
    ? await openDataset("cell_phantom", { seed, count })
    : await openDataset(found, { sequence: name.endsWith("01") ? "01" : "02", masks });
  return { ...data, instances: data.instances! };
}

/**
 * The options that make the best objects of the training sequence's gold frames, and with them the score
 * of the test sequence.
 */
async function score(net: UNet, settings: Settings, note: (sentence: string) => void) {
  const { data, test, shrink, views, seed, count } = settings;
  const probabilities = async ({ slices }: SegmentationDataset) => {
    const all: Image[] = [];
    const options = { shrink, ...(views === 7 ? { views: SEVEN_VIEWS } : {}) };
    for (const slice of slices) all.push(await predictCells(net, slice, options));
    return all;
  };
  const learned = await openSequence(data, "gold", { seed, count: Math.min(count, 9) });
  const onLearned = await probabilities(learned);
  let options: Required<InstanceOptions> | undefined, training = -1;
  for (const candidate of candidates()) {
    const { seg } = segMeasure(learned.instances, onLearned.map((p) => instancesOf(p, candidate)));
    if (seg > training) [options, training] = [candidate, seg];
  }
  note(`${learned.title}: SEG ${training.toFixed(4)} with ${JSON.stringify(options)}`);
  const tested = await openSequence(test, "gold", { seed: seed + 1, count: 9 });
  const found = (await probabilities(tested)).map((p) => instancesOf(p, options));
  const { seg, objects } = segMeasure(tested.instances, found);
  const matched = objects.filter(({ match }) => match !== null);
  const jaccard = matched.reduce((sum, o) => sum + o.jaccard, 0) / Math.max(1, matched.length);
  return {
    options: options!,
    trainingSeg: training,
    seg,
    cells: objects.length,
    matched: matched.length,
    meanIouOfMatched: jaccard,
    perFrame: tested.instances.map((_, frame) => {
      const own = objects.filter((o) => o.frame === frame);
      return own.reduce((sum, o) => sum + o.jaccard, 0) / own.length;
    }),
  };
}

/** What is tried on the training sequence. */
function* candidates(): Generator<Required<InstanceOptions>> {
  for (const seedThreshold of [0.7, 0.8, 0.9]) {
    for (const spotSize of [100, 400]) {
      for (const seedDepth of [8, 16]) {
        yield { threshold: 0.4, seedThreshold, spotSize, seedDepth, minimumSize: 1000 };
      }
    }
  }
}

function inText({ seg, trainingSeg, cells, matched, meanIouOfMatched, options }: {
  seg: number;
  trainingSeg: number;
  cells: number;
  matched: number;
  meanIouOfMatched: number;
  options: InstanceOptions;
}): string {
  return `SEG ${seg.toFixed(4)}: ${matched} of ${cells} cells found, their mean IoU ` +
    `${meanIouOfMatched.toFixed(4)} (training sequence, where ${JSON.stringify(options)} ` +
    `was chosen: SEG ${trainingSeg.toFixed(4)})`;
}

function nameOf(flags: Flags, option: string, orElse: string): string {
  const value = textOf(flags, option, orElse);
  if (NAMES.includes(value)) return value;
  throw new Problem(`--${option} is "${value}", expected one of ${NAMES.join(", ")}`);
}

/** The data set's other sequence; of the phantom, the phantom. */
function otherSequence(name: string): string {
  return name.endsWith("01")
    ? name.replace(/01$/, "02")
    : name.endsWith("02")
    ? name.replace(/02$/, "01")
    : name;
}
