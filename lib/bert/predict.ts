// B batch, T places of a sequence, K classes
import { Interrupted, watchInterrupt } from "../io/mod.ts";
import { tf } from "../backend/mod.ts";
import { taskBatch } from "./task_batch.ts";
import { sequenceLimits, taskLogits, type TaskModel } from "./task_model.ts";
import type {
  Feature,
  FeatureOptions,
  PredictOptions,
  Scores,
  Task,
  TaskExample,
  TaskPrediction,
} from "./tasks/task.ts";
import type { BertTokenizer } from "./tokenizer.ts";

/** How predictions are computed. */
export interface LogitsOptions {
  /** Features at a time. Default 32. */
  readonly batchSize?: number;
  /** Hears how many features are done. */
  readonly progress?: (done: number, all: number) => void;
  /** Ends it before the next batch. */
  readonly signal?: AbortSignal;
}

/**
 * A model's answers to features, without dropout. Features of similar length go together, so that little
 * padding is computed.
 *
 * @returns for every feature, in the order given, what `Task.predict` reads: [K], [1], [C]; for spans T
 *   starts, then T ends; for tags [T, K], where T is the padded length
 * @throws {Interrupted} if the stop button is pressed or `signal` is aborted
 */
export async function predictLogits(
  model: TaskModel,
  features: readonly Feature[],
  { batchSize = 32, progress, signal }: LogitsOptions = {},
): Promise<Float32Array[]> {
  const length = (i: number) =>
    Math.max(...features[i].encodings.map(({ inputIds }) => inputIds.length));
  const order = features.map((_, i) => i).sort((a, b) => length(b) - length(a) || a - b);
  const all: Float32Array[] = new Array(features.length);
  const interrupt = watchInterrupt();
  for (let from = 0; from < order.length; from += batchSize) {
    const where = () => `prediction was stopped at ${from} of ${order.length} examples`;
    interrupt.throwIfRequested(where);
    if (signal?.aborted) throw new Interrupted(where());
    const some = order.slice(from, from + batchSize);
    const { input } = taskBatch(some.map((i) => features[i]), model.config);
    const logits = tf.tidy(() => taskLogits(model, input));
    const values = await logits.data() as Float32Array;
    logits.dispose();
    const each = values.length / some.length;
    some.forEach((i, row) => all[i] = values.slice(row * each, (row + 1) * each));
    progress?.(from + some.length, features.length);
    await new Promise((resolve) => setTimeout(resolve, 0)); // lets a notebook's messages through
  }
  return all;
}

/** Predictions and how good they are. */
export interface Evaluation<Prediction extends TaskPrediction = TaskPrediction> {
  readonly scores: Scores;
  /** One for each example. */
  readonly predictions: readonly Prediction[];
}

/**
 * Predicts and scores.
 *
 * @param features of these examples
 * @throws {RangeError} if an example has no label
 */
export async function evaluate<Example extends TaskExample, Prediction extends TaskPrediction>(
  { task, model, examples, features, ...options }:
    & {
      readonly task: Task<Example, Prediction>;
      readonly model: TaskModel;
      readonly examples: readonly Example[];
      readonly features: readonly Feature[];
    }
    & LogitsOptions
    & PredictOptions,
): Promise<Evaluation<Prediction>> {
  const logits = await predictLogits(model, features, options);
  const predictions = task.predict(examples, features, logits, options);
  return { scores: task.score(examples, predictions), predictions };
}

/**
 * What a model says about examples: a class or a number, a choice, an answer with its n best, a tag for
 * every word. They need no labels. Lengths are those of `sequenceLimits`.
 *
 * @returns one for each example
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { BertTokenizer, findPretrained, loadForTask, predict } from "./mod.ts";
 * import { findTask, type SentenceTask } from "./tasks/mod.ts";
 *
 * const { folder } = await findPretrained();
 * const tokenizer = await BertTokenizer.load(folder);
 * const task = findTask("small_world_paraphrase") as SentenceTask;
 * const model = await loadForTask(task, folder, { random: createRandom(1) });
 * const examples = [{ id: "0", a: "Mara has a key.", b: "The key is Mara's." }];
 * console.log(await predict({ task, model, tokenizer, examples })); // a guess: the head is untrained
 * model.dispose();
 * ```
 */
export async function predict<Example extends TaskExample, Prediction extends TaskPrediction>(
  { task, model, tokenizer, examples, ...options }:
    & {
      readonly task: Task<Example, Prediction>;
      readonly model: TaskModel;
      readonly tokenizer: BertTokenizer;
      readonly examples: readonly Example[];
    }
    & FeatureOptions
    & LogitsOptions
    & PredictOptions,
): Promise<Prediction[]> {
  const { maxLength, stride } = sequenceLimits(task, model.config, options.maxLength);
  const features = task.features(examples, tokenizer, {
    ...options,
    maxLength,
    stride: options.stride ?? stride,
  });
  const logits = await predictLogits(model, features, options);
  return task.predict(examples, features, logits, options);
}
