/**
 * `deno task train unet`: trains a U-Net on one data set and scores it on held-out slices of another.
 *
 * @module
 */
import { join } from "@std/path";
import { type BackendChoice, useBackend } from "../../lib/backend/mod.ts";
import {
  type DatasetName,
  holdOut,
  openDataset,
  type SegmentationDataset,
} from "../../lib/datasets/mod.ts";
import { exists, writeFileAtomic } from "../../lib/io/mod.ts";
import { pixelError } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { loadWeights } from "../../lib/train/mod.ts";
import {
  loadUNet,
  predict,
  type Recipe,
  type RecipeName,
  RECIPES,
  saveUNet,
  tileSize,
  trainUNet,
  UNet,
  type UNetStep,
  type ValidationOptions,
  withWeightMaps,
} from "../../lib/unet/mod.ts";
import { inWords, Problem } from "../command.ts";
import { choice, type Flags, numberOf, optionsOf, textOf } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { emResult, emText } from "./em_result.ts";

const DATASETS: readonly DatasetName[] = ["em_phantom", "isbi2012"];

const USAGE = `deno task train unet [options]

Trains a U-Net and writes unet.safetensors, log.jsonl (a line a report) and result.json into a folder. The last six
slices are never trained on; they are scored once, at the end: pixel, Rand and warping error as the EM challenge
defines them. Ctrl-C stops after the step in progress and exits 130; the same command goes on from there.

  --data NAME         ${DATASETS.join(" or ")} (default em_phantom)
  --test NAME         the data set whose last six slices are scored (default: that of --data, whose
                      last six slices are then not trained on)
  --count N           phantom slices (default 30)
  --size N            their side, pixels (default 512)
  --out DIR           where to (default build/unet)
  --steps N           (default 1000)
  --seed N            decides everything (default 1)
  --every N           steps between two reports and two checkpoints (default 50)
  --half              write 16-bit weights
  --json              print the result as JSON

The network:
  --base N            channels of the first level (default 16; the paper's network has 64)
  --padding HOW       valid, or same: zeros at the edge of a tile instead of context (default valid)
  --release2015       the authors' released variant: ReLU after the up-convolutions, 2C channels in the last
  --start FILE        begin with the weights of this file instead of He initialisation
  --tile N            side of the input tile (default 316; 320 with --padding same)

The recipe, and what to change in it:
  --recipe NAME       paper: Sect. 3; modern: the same with Adam and a cosine (default modern)
  --augment HOW       paper: elastic deformation, any rotation, mirroring, gray values; rigid: the same
                      without elastic deformation; views: only quarter turns and mirrors
  --weights HOW       map: the weight map of Eq. 2, each white region a cell; none
  --optimizer NAME    adam, or sgd with momentum 0.99
  --schedule NAME     cosine or constant
  --learning-rate X   or its peak
  --warmup N          steps up to the peak of cosine
  --batch N           tiles a step
  --dropout X

Looking on while it trains:
  --validation N      so many of the last slices of the training part are not learned from but scored (pixel
                      error, one view), and the best weights are kept (default 0: none, the last weights count)
  --validate-every N  steps between two scores (default 250)

Scoring:
  --evaluate FILE     no training: score the network in this file on the last six slices of --test
  --views N           7: the network, and its mean over seven views; 1: only the network (default 7)`;

/** `deno task train unet`. */
export const unet: Subcommand = {
  summary: "a U-Net on electron-microscopy slices, recorded or generated",
  usage: USAGE,
  options: optionsOf(["half", "release2015"], [
    ...["data", "test", "count", "size", "out", "steps", "seed", "every"],
    ...["base", "padding", "start", "tile"],
    ...["recipe", "augment", "weights", "optimizer", "schedule", "learning-rate", "warmup"],
    ...["batch", "dropout", "validation", "validate-every", "evaluate", "views"],
  ]),
  run,
};

/** Everything that was typed, checked. */
function settingsOf(flags: Flags) {
  const data = choice(flags, "data", DATASETS);
  const padding = choice(flags, "padding", ["valid", "same"]);
  const recipe = recipeOf(flags);
  const settings = {
    data,
    test: choice(flags, "test", [data, ...DATASETS.filter((name) => name !== data)]),
    count: numberOf(flags, "count", 30),
    size: numberOf(flags, "size", 512),
    out: textOf(flags, "out", join("build", "unet")),
    steps: numberOf(flags, "steps", 1000),
    seed: numberOf(flags, "seed", 1),
    every: numberOf(flags, "every", 50),
    tileSide: numberOf(flags, "tile", padding === "valid" ? 316 : 320),
    views: numberOf(flags, "views", 7),
    validation: numberOf(flags, "validation", 0),
    validateEvery: numberOf(flags, "validate-every", 250),
    start: typeof flags.start === "string" ? flags.start : undefined,
    config: {
      baseChannels: numberOf(flags, "base", 16),
      padding,
      release2015: flags.release2015 === true,
      dropoutRate: recipe.dropoutRate,
    },
    recipe,
  };
  const { views, validation, validateEvery, start } = settings;
  if (views !== 1 && views !== 7) throw new Problem(`--views is ${views}, expected 1 or 7`);
  if (!Number.isSafeInteger(validation) || validation < 0) {
    throw new Problem(`--validation is ${validation}, expected a number of slices`);
  }
  if (!Number.isSafeInteger(validateEvery) || validateEvery < 1) {
    throw new Problem(`--validate-every is ${validateEvery}, expected a number of steps`);
  }
  tileSize(settings.tileSide, undefined, padding);
  return { ...settings, start };
}

type Settings = ReturnType<typeof settingsOf>;

/** The recipe by its name, with what the other options change in it. */
function recipeOf(flags: Flags): Recipe {
  const name = choice<RecipeName>(flags, "recipe", ["modern", "paper"]);
  const recipe = RECIPES[name];
  const optimizer = choice(flags, "optimizer", [recipe.optimizer.name, "adam", "sgd"]);
  const augment = choice(flags, "augment", ["paper", "rigid", "views"]);
  return {
    ...recipe,
    optimizer: optimizer === "adam" ? { name: "adam" } : { name: "sgd", momentum: 0.99 },
    schedule: choice(flags, "schedule", [recipe.schedule, "cosine", "constant"]),
    learningRate: numberOf(flags, "learning-rate", recipe.learningRate),
    warmup: numberOf(flags, "warmup", recipe.warmup),
    batchSize: numberOf(flags, "batch", recipe.batchSize),
    dropoutRate: numberOf(flags, "dropout", recipe.dropoutRate),
    weightMap: choice(flags, "weights", ["map", "none"]) === "map" ? recipe.weightMap : false,
    augmentation: augment === "paper"
      ? recipe.augmentation
      : augment === "rigid"
      ? { elastic: false }
      : "views",
  };
}

async function run(flags: Flags, note: (sentence: string) => void) {
  const settings = settingsOf(flags);
  const backend = await useBackend();
  note(`backend ${backend.name}: ${backend.reason}`);
  if (typeof flags.evaluate === "string") {
    const { net } = await loadUNet(flags.evaluate);
    const { heldOut } = await open(settings);
    const scores = await emResult(net, heldOut, { views: settings.views, note });
    return { json: { file: flags.evaluate, config: net.config, ...scores }, text: emText(scores) };
  }

  const { training, validation, heldOut } = await open(settings);
  const learned = withWeightMaps(training, settings.recipe);
  note(
    `${learned.slices.length} slices of ${training.title}` +
      (validation ? `, ${validation.slices.length} more to look on` : "") +
      `; scored on ${heldOut.slices.length} of ${heldOut.title}`,
  );
  const { seed, steps, every, out, recipe, tileSide } = settings;
  const net = new UNet(settings.config, { random: createRandom(seed).fork("weights") });
  if (settings.start !== undefined) await loadWeights(settings.start, net.parameters);
  const best = join(out, "best.safetensors");
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  Deno.addSignalListener("SIGINT", onInterrupt);
  const learning = trainUNet({
    net,
    data: learned,
    recipe,
    tileSide,
    steps,
    seed,
    validation: validation && {
      every: settings.validateEvery,
      score: (net) => validationError(net, validation),
      best,
    } satisfies ValidationOptions,
    checkpoint: { path: join(out, "checkpoint.safetensors"), every },
    signal: stop.signal,
  });
  const log = await openLog(join(out, "log.jsonl"));
  let losses: number[] = [], seconds = 0, made = 0;
  let next = await learning.next();
  for (; !next.done; next = await learning.next()) {
    const step: UNetStep = next.value;
    losses.push(step.loss);
    seconds = step.seconds;
    made++;
    if (step.validation) {
      await log.add(step.validation.step, { validationError: step.validation.error });
      note(`step ${step.validation.step}: validation ${step.validation.error.toFixed(4)}`);
    }
    if (step.step % every !== 0 && step.step !== steps && !stop.signal.aborted) continue;
    const loss = losses.reduce((sum, v) => sum + v, 0) / losses.length;
    const { learningRate, gradientNorm } = step;
    await log.add(step.step, { loss, learningRate, gradientNorm, seconds });
    const left = inWords(seconds / made * (steps - step.step));
    note(`step ${step.step} of ${steps}: loss ${loss.toFixed(4)}, about ${left} left`);
    losses = [];
  }
  Deno.removeSignalListener("SIGINT", onInterrupt);
  const end = next.value;
  if (!end.finished) {
    note(`${end.message}; the same command goes on from there`);
    Deno.exit(130);
  }
  if (end.best) await loadWeights(best, net.parameters);
  return await finish(net, { settings, backend, end, seconds, heldOut, note, half: !!flags.half });
}

/** Scores on the hold-out and writes weights and result. */
async function finish(
  net: UNet,
  { settings, backend, end, seconds, heldOut, note, half }: {
    readonly settings: Settings;
    readonly backend: BackendChoice;
    readonly end: { readonly best?: { readonly step: number; readonly error: number } };
    readonly seconds: number;
    readonly heldOut: SegmentationDataset;
    readonly note: (sentence: string) => void;
    readonly half: boolean;
  },
) {
  const { out } = settings;
  const scores = await emResult(net, heldOut, { views: settings.views, note });
  await saveUNet(join(out, "unet.safetensors"), net, { dtype: half ? "F16" : "F32" });
  const result = {
    ...settings,
    config: net.config,
    backend: backend.name,
    trainingSeconds: seconds, // of this run; a resumed one counts anew
    best: end.best,
    ...scores,
  };
  await writeFileAtomic(join(out, "result.json"), JSON.stringify(result, null, 2) + "\n");
  return { json: result, text: `${emText(scores)}\nwritten to ${out}` };
}

/** The slices to learn from, those to look on with, and the last six of the test set. */
async function open({ data, test, seed, count, size, validation }: Settings): Promise<{
  training: SegmentationDataset;
  validation?: SegmentationDataset;
  heldOut: SegmentationDataset;
}> {
  const phantoms = { seed, width: size, height: size };
  const opened = await openDataset(data, { ...phantoms, count });
  const split = data === test ? holdOut(opened) : undefined;
  const heldOut = split?.heldOut ?? holdOut(await openDataset(test, phantoms)).heldOut;
  const training = split?.train ?? opened;
  if (validation === 0) return { training, heldOut };
  const inner = holdOut(training, validation);
  return { training: inner.train, validation: inner.heldOut, heldOut };
}

async function validationError(net: UNet, data: SegmentationDataset): Promise<number> {
  const cell = [];
  for (const slice of data.slices) cell.push(await predict(net, slice));
  return pixelError(data.labels, cell).pixelError;
}

/** A file of one JSON object a line, one line a step, in order; adding to a step that is there completes its line. */
async function openLog(path: string) {
  const rows = new Map<number, Record<string, number>>();
  if (await exists(path)) {
    for (const line of (await Deno.readTextFile(path)).split("\n")) {
      if (line === "") continue;
      const row = JSON.parse(line);
      rows.set(row.step, row);
    }
  }
  return {
    async add(step: number, values: Record<string, number>) {
      rows.set(step, { ...rows.get(step), step, ...values });
      const lines = [...rows.values()].sort((a, b) => a.step - b.step).map((r) =>
        JSON.stringify(r)
      );
      await writeFileAtomic(path, lines.join("\n") + "\n");
    },
  };
}
