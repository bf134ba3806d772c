import { adam, constant, type Optimizer, type Schedule, sgd, warmupCosine } from "../train/mod.ts";
import { type AugmentationOptions, augmentedSample } from "./augmentation.ts";
import { type Annotated, randomSample, type RandomSampleOptions, type Sample } from "./sample.ts";
import { weightMap, type WeightMapOptions } from "./weight_map.ts";

/** Everything about a training that is neither the network's shape nor the data. Plain values. */
export interface Recipe {
  /** Stochastic gradient descent with momentum, or Adam with its usual decays. */
  readonly optimizer: { readonly name: "sgd"; readonly momentum: number } | {
    readonly name: "adam";
  };
  /** The learning rate, or its peak. */
  readonly learningRate: number;
  /** "cosine": up to the peak, then half a cosine down to 0 at the last step. */
  readonly schedule: "constant" | "cosine";
  /** Steps up to the peak of "cosine"; never more than half of all. */
  readonly warmup: number;
  /** Tiles a step. */
  readonly batchSize: number;
  /** The network's; see `UNetConfig.dropoutRate`. */
  readonly dropoutRate: number;
  /** The weights of the loss (Eq. 2), or false: 1 everywhere. */
  readonly weightMap:
    | Pick<WeightMapOptions, "w0" | "sigma" | "classWeights" | "borderTerm">
    | false;
  /** What {@linkcode augmentedSample} does, or "views": only the eight turns and mirrors of a square. */
  readonly augmentation: AugmentationOptions | "views";
}

/** The names of {@linkcode RECIPES}. */
export type RecipeName = "paper" | "modern";

/**
 * Two ways to train the same network.
 *
 * - `paper`: Sect. 3 and 3.1 to the letter, as far as they go. "To minimize the overhead and make maximum
 *   use of the GPU memory, we favor large input tiles over a large batch size and hence reduce the batch to a
 *   single image", "a high momentum (0.99)", the weight map with w0 = 10 and sigma = 5, "drop-out layers at
 *   the end of the contracting path", elastic deformation on a 3 x 3 grid with 10 pixels. The learning rate
 *   is ours, the paper gives none, for a loss that is the mean over the pixels (of 1e-3, 3e-3 and 1e-2 the one that
 *   a small network had learned most with after 120 steps on phantoms; with 1e-2 it learned nothing). It stays the
 *   same throughout, for no schedule is mentioned either. Momentum 0.99 multiplies a steady gradient by 100.
 * - `modern`: the same pictures, weights and dropout, but Adam, a short warm-up and a cosine to 0: what gets
 *   further in minutes on a processor (docs/results.md has both in the same budget).
 *
 * @example
 * ```ts
 * import { RECIPES } from "./mod.ts";
 *
 * const withoutWeightMap = { ...RECIPES.modern, weightMap: false } as const;
 * console.log(RECIPES.paper.optimizer, withoutWeightMap.optimizer); // { name: "sgd", momentum: 0.99 } { name: "adam" }
 * ```
 */
export const RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  paper: {
    optimizer: { name: "sgd", momentum: 0.99 },
    learningRate: 3e-3,
    schedule: "constant",
    warmup: 0,
    batchSize: 1,
    dropoutRate: 0.5,
    weightMap: { w0: 10, sigma: 5 },
    augmentation: { elastic: { nodes: 3, sigma: 10 } },
  },
  modern: {
    optimizer: { name: "adam" },
    learningRate: 1e-3,
    schedule: "cosine",
    warmup: 20,
    batchSize: 1,
    dropoutRate: 0.5,
    weightMap: { w0: 10, sigma: 5 },
    augmentation: { elastic: { nodes: 3, sigma: 10 } },
  },
};

/** The optimizer of a recipe, new and without state. */
export function recipeOptimizer({ optimizer }: Recipe): Optimizer {
  return optimizer.name === "sgd" ? sgd({ momentum: optimizer.momentum }) : adam();
}

/**
 * The learning rate of a recipe at each step.
 *
 * @param steps in all
 *
 * @example
 * ```ts
 * import { RECIPES, recipeSchedule } from "./mod.ts";
 *
 * const rate = recipeSchedule(RECIPES.modern, 1000);
 * console.log(rate(19), rate(999) < 1e-5); // 0.001 true
 * ```
 */
export function recipeSchedule(
  { schedule, learningRate, warmup }: Recipe,
  steps: number,
): Schedule {
  return schedule === "constant" || steps < 1 ? constant(learningRate) : warmupCosine({
    peak: learningRate,
    warmup: Math.min(warmup, Math.floor(steps / 2)),
    total: steps,
  });
}

/**
 * Pictures with the weight maps that a recipe asks for: made once, from the truth, before training (Sect. 3).
 *
 * @param data `labels` 0 = background, 1 = cell: each 4-connected region counts as a cell. For cells that touch
 * see {@linkcode instanceTruth}.
 * @returns the same pictures; weights are new, or absent where the recipe has none
 *
 * @example
 * ```ts
 * import { RECIPES, withWeightMaps } from "./mod.ts";
 *
 * const image = { data: new Float32Array(9), width: 9, height: 1 };
 * const truth = { data: Int32Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), width: 9, height: 1 };
 * const { weights } = withWeightMaps({ slices: [image], labels: [truth] }, RECIPES.paper);
 * console.log(weights![0].data[4] > weights![0].data[0]); // true: the border between two cells
 * ```
 */
export function withWeightMaps<Data extends Annotated>(
  data: Data,
  recipe: Recipe,
): Data & Pick<Annotated, "weights"> {
  const options = recipe.weightMap;
  const weights = options === false
    ? undefined
    : data.labels.map((cells) => weightMap(cells, { ...options, binary: true }));
  return { ...data, weights };
}

/**
 * One training example as a recipe wants it.
 *
 * @param options see {@linkcode RandomSampleOptions}
 * @throws {RangeError} as {@linkcode randomSample} and {@linkcode augmentedSample}
 *
 * @example See {@linkcode trainUNet}, which takes its examples from here.
 */
export function recipeSample(
  data: Annotated,
  recipe: Recipe,
  options: RandomSampleOptions,
): Sample {
  return recipe.augmentation === "views"
    ? randomSample(data, options)
    : augmentedSample(data, { ...recipe.augmentation, ...options });
}
