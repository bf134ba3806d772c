import { tf } from "../backend/mod.ts";
import { Interrupted, readSafetensors } from "../io/mod.ts";
import { createRandom } from "../random/mod.ts";
import {
  type CheckpointOptions,
  loadWeights,
  type Optimizer,
  saveWeights,
  type Step,
  train,
  type TrainResult,
  warmupLinear,
} from "../train/mod.ts";
import { evaluate, type Evaluation } from "./predict.ts";
import { bertOptimizer } from "./pretraining.ts";
import { examplesOfStep } from "./pretraining_data.ts";
import { taskBatch } from "./task_batch.ts";
import { taskLogits, taskLoss, type TaskModel } from "./task_model.ts";
import {
  type Feature,
  IGNORED,
  type Scores,
  type Task,
  type TaskExample,
  type TaskPrediction,
} from "./tasks/task.ts";

/** What {@linkcode fineTune} needs. */
export interface FineTuneOptions<
  Example extends TaskExample = TaskExample,
  Prediction extends TaskPrediction = TaskPrediction,
> {
  readonly task: Task<Example, Prediction>;
  /** `loadForTask(task, folder)`, or a classifier on frozen features. */
  readonly model: TaskModel;
  /** `task.features(examples, tokenizer)` of the training examples. */
  readonly features: readonly Feature[];
  /** Examples to take scores on while training goes on. */
  readonly development?: {
    readonly examples: readonly Example[];
    readonly features: readonly Feature[];
  };
  /** Steps between two evaluations. Default: after every epoch. The last step is always followed by one. */
  readonly evaluateEvery?: number;
  /**
   * Which weights the model has at the end of a finished run: those of the last step, as in the paper, or
   * those with the best headline score on `development`. Default "last".
   */
  readonly keep?: "last" | "best";
  /** B. Default 32. */
  readonly batchSize?: number;
  /**
   * Parts of a batch that are gone through one after another, the longest sequences together: less memory and less
   * padding. The result is the same, but for spans, where padding takes part in the softmax. Default 1.
   */
  readonly accumulate?: number;
  /** The peak. Default 5e-5. */
  readonly learningRate?: number;
  /** Times through the examples. Default 3. */
  readonly epochs?: number;
  /** Updates in all, instead of `epochs`. */
  readonly steps?: number;
  /** Share of the steps until the peak. Default 0.1. */
  readonly warmup?: number;
  /** False switches dropout off, to compare with another program. Default true. */
  readonly dropout?: boolean;
  /** Default `bertOptimizer()`. */
  readonly optimizer?: Optimizer;
  /** Which parameters are trained, by name. Default all. */
  readonly trainable?: (name: string) => boolean;
  /** The features of a step, by their numbers. Default: every epoch in an order of its own. */
  readonly order?: (step: number) => readonly number[];
  /** Decides the order of the examples and dropout. Default 1. */
  readonly seed?: number;
  /** Where to save the run, to go on from there; the best weights are written beside it. */
  readonly checkpoint?: CheckpointOptions;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
}

/** A step of fine-tuning. */
export interface FineTuneStep<Prediction extends TaskPrediction = TaskPrediction> extends Step {
  /** Times through the examples so far, with a fraction. */
  readonly epoch: number;
  /** Scores on `development` after this step, if it was time for them. */
  readonly evaluation?: Evaluation<Prediction>;
}

/** How a run ended. */
export interface FineTuneResult extends TrainResult {
  /** The best evaluation of the run; without `keep: "best"` of what was run since it last went on. */
  readonly best?: BestEvaluation;
}

/** Which evaluation had the highest headline score; of equals the first. */
export interface BestEvaluation {
  readonly step: number;
  readonly scores: Scores;
}

/**
 * The number of updates that so many epochs take: as google-research/bert, examples x epochs / batch size,
 * rounded down, but at least 1.
 *
 * @param examples features, of spans windows (run_squad.py counts questions, `transformers` windows)
 */
export function fineTuningSteps(examples: number, batchSize: number, epochs: number): number {
  return Math.max(1, Math.floor(examples * epochs / batchSize));
}

/**
 * Which features {@linkcode fineTune} reads in a step: every epoch all of them, in an order of its own.
 *
 * @param features how many there are
 * @param batchSize of every step
 * @param seed as `fineTune` has it
 * @returns the numbers of the features of a step, from 0
 *
 * @example
 * ```ts
 * import { fineTuningOrder } from "./mod.ts";
 *
 * const order = fineTuningOrder(4, 2, 1);
 * console.log([...order(0), ...order(1)].toSorted()); // [0, 1, 2, 3]
 * ```
 */
export function fineTuningOrder(
  features: number,
  batchSize: number,
  seed: number,
): (step: number) => readonly number[] {
  const random = createRandom(seed).fork("order of the examples");
  return (step) => examplesOfStep(features, batchSize, step, random);
}

/**
 * Fine-tuning (Devlin 2019, Sect. 3.2 and A.3): all weights of the encoder and the new head are trained
 * together. Recipe of the release (`run_classifier.py`): {@linkcode bertOptimizer}, warm-up over a tenth of the
 * steps, linear decay, gradients clipped to norm 1, dropout 0.1. The paper tries batches of 16 and 32,
 * peaks of 5e-5, 3e-5 and 2e-5, 2 to 4 epochs, and keeps what is best on the development set.
 *
 * An iterator over the steps, which can be left and resumed like any `train`. The stop button ends it after the
 * step in progress, also in the middle of an evaluation; that step then comes without scores (a resumed run does not
 * make up for them), and is saved where the run has a checkpoint. Batches are padded to a few
 * lengths only (`BUCKET_LENGTHS`), to the longest sequence in them.
 *
 * @throws {RangeError} if there is no feature, a feature has no target, or one does not suit the head
 *
 * @example
 * ```ts
 * import { BertTokenizer, findPretrained, fineTune, loadForTask } from "./mod.ts";
 * import { findTask } from "./tasks/mod.ts";
 *
 * const { folder } = await findPretrained();
 * const tokenizer = await BertTokenizer.load(folder);
 * const task = findTask("small_world_sentiment");
 * const examples = await task.read("", "train");
 * const features = task.features(examples.slice(0, 32), tokenizer);
 * const model = await loadForTask(task, folder);
 * for await (const { step, loss } of fineTune({ task, model, features, batchSize: 8, epochs: 1 })) {
 *   console.log(step, loss.toFixed(2)); // 1 0.69, ...
 * }
 * model.dispose();
 * ```
 */
export async function* fineTune<Example extends TaskExample, Prediction extends TaskPrediction>(
  options: FineTuneOptions<Example, Prediction>,
): AsyncGenerator<FineTuneStep<Prediction>, FineTuneResult, void> {
  const { task, model, features, development, keep = "last", accumulate = 1, seed = 1 } = options;
  const { learningRate = 5e-5, epochs = 3, warmup = 0.1, dropout = true, checkpoint } = options;
  requireFeatures(options);
  const batchSize = Math.min(options.batchSize ?? 32, features.length);
  const steps = options.steps ?? fineTuningSteps(features.length, batchSize, epochs);
  const order = options.order ?? fineTuningOrder(features.length, batchSize, seed);
  const run = train({
    model: { parameters: chosen(model.parameters, options.trainable) },
    batches: (step, _random, part) => ({ step, part }),
    loss({ step, part }: { step: number; part: number }, random) {
      const parts = splitByLength(order(step).map((i) => features[i]), accumulate);
      const counted = (some: readonly Feature[]) => sum(some.map(countTargets));
      const share = counted(parts[part] ?? []) / Math.max(1, counted(parts.flat()));
      if (share === 0) return zeroLoss(model);
      const { input, targets } = taskBatch(parts[part], model.config);
      const logits = taskLogits(model, input, { training: dropout, random });
      return tf.mul<tf.Scalar>(taskLoss(task.head, logits, targets!), share);
    },
    accumulate,
    optimizer: options.optimizer ?? bertOptimizer(),
    schedule: warmupLinear({
      peak: learningRate,
      warmup: Math.min(Math.floor(warmup * steps), steps - 1),
      total: steps,
    }),
    steps,
    seed,
    clipNorm: 1,
    checkpoint,
    signal: options.signal,
  });
  const best = new BestWeights(task.headline, model, keep === "best", checkpoint?.path);
  await best.resume();
  const epochOf = (step: number) => step * batchSize / features.length;
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) {
        if (value.finished) await best.restore();
        return { ...value, ...(best.evaluation ? { best: best.evaluation } : {}) };
      }
      const { step } = value;
      const due = step === steps ||
        (options.evaluateEvery
          ? step % options.evaluateEvery === 0
          : Math.floor(epochOf(step)) > Math.floor(epochOf(step - 1)));
      if (!development || !due) {
        yield { ...value, epoch: epochOf(step) };
        continue;
      }
      let evaluation: Evaluation<Prediction>;
      try {
        evaluation = await evaluate({ task, model, ...development, signal: options.signal });
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        // The step is made; only its scores are missing, also where it was the last one.
        yield { ...value, epoch: epochOf(step) };
        const message = `${error.message}, in the evaluation after step ${step} of ${steps}`;
        return {
          ...{ step, finished: false, message },
          ...(best.evaluation ? { best: best.evaluation } : {}),
        };
      }
      await best.offer(step, evaluation.scores);
      yield { ...value, epoch: epochOf(step), evaluation };
    }
  } finally {
    await run.return(undefined as never);
  }
}

/** Remembers the weights of the best evaluation: in memory, or in a file where the run has a checkpoint. */
class BestWeights {
  evaluation?: BestEvaluation;
  readonly #headline: string;
  readonly #model: TaskModel;
  readonly #keeps: boolean;
  readonly #path?: string;
  #values?: ReadonlyMap<string, Float32Array>;

  constructor(headline: string, model: TaskModel, keeps: boolean, checkpoint?: string) {
    this.#headline = headline;
    this.#model = model;
    this.#keeps = keeps;
    if (keeps && checkpoint) {
      this.#path = checkpoint.replace(/(\.safetensors)?$/, ".best.safetensors");
    }
  }

  /** What an earlier run had found. */
  async resume() {
    if (this.#path === undefined) return;
    try {
      await Deno.stat(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    const { metadata } = await readSafetensors(this.#path);
    this.evaluation = JSON.parse(metadata.evaluation) as BestEvaluation;
  }

  async offer(step: number, scores: Scores) {
    // Constant predictions have no correlation, NaN: worse than any.
    const worth = (all: Scores) =>
      Number.isNaN(all[this.#headline]) ? -Infinity : all[this.#headline];
    if (this.evaluation && !(worth(scores) > worth(this.evaluation.scores))) return;
    this.evaluation = { step, scores };
    if (!this.#keeps) return;
    if (this.#path !== undefined) {
      const evaluation = JSON.stringify(this.evaluation);
      await saveWeights(this.#path, this.#model.parameters, { evaluation });
    } else this.#values = await rememberWeights(this.#model.parameters);
  }

  async restore() {
    if (!this.#keeps || !this.evaluation) return;
    if (this.#path !== undefined) await loadWeights(this.#path, this.#model.parameters);
    else if (this.#values) restoreWeights(this.#model.parameters, this.#values);
  }
}

/** Copies of all values, outside the device: to come back to them, or to see what has moved. */
export async function rememberWeights(
  parameters: TaskModel["parameters"],
): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [name, variable] of parameters) {
    values.set(name, Float32Array.from(await variable.data()));
  }
  return values;
}

/** Gives parameters the values that {@linkcode rememberWeights} took. */
export function restoreWeights(
  parameters: TaskModel["parameters"],
  values: ReadonlyMap<string, Float32Array>,
): void {
  for (const [name, variable] of parameters) {
    tf.tidy(() => variable.assign(tf.tensor(values.get(name)!, variable.shape)));
  }
}

function chosen(parameters: TaskModel["parameters"], which?: (name: string) => boolean) {
  const some = which ? new Map([...parameters].filter(([name]) => which(name))) : parameters;
  if (some.size === 0) {
    throw new RangeError("no parameter is trainable: `trainable` is false for every name");
  }
  return some;
}

/** Parts of about the same number of features, the longest together: they share their padding. */
function splitByLength(
  features: readonly Feature[],
  parts: number,
): readonly (readonly Feature[])[] {
  if (parts === 1) return [features];
  const length = ({ encodings }: Feature) => Math.max(...encodings.map((e) => e.inputIds.length));
  const sorted = features.toSorted((a, b) => length(b) - length(a));
  const each = Math.ceil(sorted.length / parts);
  return Array.from({ length: parts }, (_, p) => sorted.slice(p * each, (p + 1) * each));
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

/** How many rows of the loss a feature stands for. */
const countTargets = ({ targets }: Feature) =>
  sum(targets!.map((target) => target === IGNORED ? 0 : 1));

/** For a part without a target: no loss, and gradients of 0. */
function zeroLoss(model: TaskModel): tf.Scalar {
  const [first] = model.parameters.values();
  return tf.mul<tf.Scalar>(tf.sum(first), 0);
}

function requireFeatures<E extends TaskExample, P extends TaskPrediction>(
  { task, features, development, keep, epochs = 3, batchSize = 32 }: FineTuneOptions<E, P>,
) {
  if (features.length === 0) throw new RangeError(`${task.name}: there is nothing to train on`);
  const without = features.find(({ targets }) => targets === undefined);
  if (without) {
    throw new RangeError(
      `${task.name}: example ${without.example} has no label, as in a test file; one cannot train on it`,
    );
  }
  if (keep === "best" && !development) {
    throw new RangeError(`${task.name}: to keep the best weights, fineTune needs \`development\``);
  }
  if (!(epochs > 0)) throw new RangeError(`epochs is a positive number; got ${epochs}`);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize is a whole number of examples, at least 1; got ${batchSize}`);
  }
}
