import { exists, readSafetensors } from "../io/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { type CheckpointOptions, type Step, train, type TrainResult } from "../train/mod.ts";
import { type Recipe, recipeOptimizer, RECIPES, recipeSample, recipeSchedule } from "./recipes.ts";
import { type Annotated, type Sample, toBatch } from "./sample.ts";
import type { UNet } from "./unet.ts";
import { saveUNet } from "./saved.ts";

/** How good the network was after a step, on pictures that it does not learn from. */
export interface Validation {
  readonly step: number;
  /** What `score` said; lower is better. */
  readonly error: number;
}

/** How {@linkcode trainUNet} looks at pictures it does not learn from. */
export interface ValidationOptions {
  /** Score after every so many steps, and after the last. */
  readonly every: number;
  /** The error of the network as it is; lower is better. */
  readonly score: (net: UNet) => Promise<number>;
  /** File for the weights with the lowest error so far; of equal ones the first. Default: none is written. */
  readonly best?: string;
}

/** What {@linkcode trainUNet} needs. */
export interface TrainUNetOptions {
  readonly net: UNet;
  /** Where the examples come from; weights as {@linkcode withWeightMaps} makes them. */
  readonly data: Annotated;
  /** Default `RECIPES.modern`. The network has its dropout rate already. */
  readonly recipe?: Recipe;
  /** Side of the input tile, pixels; see {@linkcode tileSize}. */
  readonly tileSide: number;
  /** Updates in all, those of an earlier, resumed run included. */
  readonly steps: number;
  /** Decides examples and dropout. Default 1. */
  readonly seed?: number;
  /** Instead of the recipe's way to draw an example from the data. */
  readonly sample?: (random: Random) => Sample;
  readonly validation?: ValidationOptions;
  /** Where to save the run, to go on from there. */
  readonly checkpoint?: CheckpointOptions;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
}

/** A step, and what was found out after it. */
export interface UNetStep extends Step {
  /** Present where the network was scored; its step is this one, or the one that a run went on from. */
  readonly validation?: Validation;
}

/** How a training ended. */
export interface UNetTrainResult extends TrainResult {
  /** The lowest error; absent without validation. */
  readonly best?: Validation;
}

/**
 * Trains a U-Net as a recipe says: an iterator over the steps, which can be left and resumed like any `train`.
 *
 * With a checkpoint a resumed run ends with the same weights, and the same best weights, as one that was never
 * interrupted: where a run was stopped between a step and its validation, that one is made up for.
 *
 * @throws {RangeError} if the data or the tile side do not fit the network
 * @throws {DivergedError} if the loss is no longer finite
 * @throws {CheckpointError} if the checkpoint belongs to another run
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { RECIPES, trainUNet, UNet, withWeightMaps } from "./mod.ts";
 *
 * const slice = { data: new Float32Array(32 * 32), width: 32, height: 32 };
 * const truth = { data: new Int32Array(32 * 32), width: 32, height: 32 };
 * const data = withWeightMaps({ slices: [slice], labels: [truth] }, RECIPES.modern);
 * const net = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(1) });
 * for await (const { step, loss } of trainUNet({ net, data, tileSide: 60, steps: 3 })) {
 *   console.log(step, loss > 0); // 1 true, 2 true, 3 true
 * }
 * ```
 */
export async function* trainUNet(
  options: TrainUNetOptions,
): AsyncGenerator<UNetStep, UNetTrainResult, void> {
  const { net, data, recipe = RECIPES.modern, tileSide, steps, checkpoint, validation } = options;
  const { depth, padding } = net.config;
  const sample = options.sample ??
    ((random) => recipeSample(data, recipe, { tileSide, depth, padding, random }));
  const validate = await validator(net, validation, checkpoint);
  let first = true, resumed: Validation | undefined;
  const run = train({
    model: net,
    async batches(step, random) {
      // What a run that was stopped here may have left out.
      if (first) resumed = step > 0 ? await validate.due(step) : undefined;
      first = false;
      return toBatch(Array.from({ length: recipe.batchSize }, () => sample(random)));
    },
    loss: ({ x, labels, weights }, random) =>
      weightedSoftmaxCrossEntropy(net.forward(x, { training: true, random }), labels, weights),
    optimizer: recipeOptimizer(recipe),
    schedule: recipeSchedule(recipe, steps),
    steps,
    seed: options.seed,
    checkpoint,
    signal: options.signal,
  });
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) {
        if (value.finished) await validate.last(value.step);
        return { ...value, best: validate.best };
      }
      const found = value.step === steps
        ? await validate.last(value.step)
        : await validate.due(value.step);
      yield { ...value, validation: found ?? resumed };
      resumed = undefined;
    }
  } finally {
    await run.return(undefined as never);
  }
}

/** Scores the network where it is due, and keeps the best weights. */
async function validator(
  net: UNet,
  options: ValidationOptions | undefined,
  checkpoint: CheckpointOptions | undefined,
) {
  const path = options?.best;
  let best: Validation | undefined, latest: Validation | undefined;
  // A file that is there counts only if the run that wrote it goes on.
  const goesOn = checkpoint !== undefined && await exists(checkpoint.path);
  if (path !== undefined && goesOn && await exists(path)) {
    const { step, error } = (await readSafetensors(path)).metadata;
    best = { step: Number(step), error: Number(error) };
  }
  const validate = async (step: number) => {
    if (options === undefined || latest?.step === step) return latest;
    const found = latest = { step, error: await options.score(net) };
    if (best === undefined || found.error < best.error) {
      best = found;
      if (path !== undefined) {
        await saveUNet(path, net, { metadata: { step: `${step}`, error: `${found.error}` } });
      }
    }
    return found;
  };
  return {
    due: async (step: number) =>
      options && step % options.every === 0 ? await validate(step) : undefined,
    last: validate,
    get best() {
      return best;
    },
  };
}
