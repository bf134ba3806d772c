import { join } from "@std/path";
import {
  type BertForTask,
  BertTokenizer,
  findPretrained,
  loadForTask,
  ownModel,
  type Pretrained,
  readBertConfig,
  sequenceLimits,
} from "../bert/mod.ts";
import {
  type Feature,
  findTask,
  type Task,
  type TaskExample,
  TaskFileError,
} from "../bert/tasks/mod.ts";
import { dataDir } from "../io/mod.ts";
import { createRandom } from "../random/mod.ts";

/** What a task asks about. */
export type ExampleOf<T extends Task> = Awaited<ReturnType<T["read"]>>[number];

/** A task, a model to begin with, and few enough examples for a lesson. */
export interface TaskSample<T extends Task> {
  readonly task: T;
  /** Whether the benchmark is there; otherwise everything is the small world's. */
  readonly isReal: boolean;
  /** What this run uses, in a sentence. */
  readonly about: string;
  /** The encoder's folder. */
  readonly folder: string;
  readonly tokenizer: BertTokenizer;
  /** How long sequences are, for `task.features`. */
  readonly limits: ReturnType<typeof sequenceLimits>;
  readonly train: readonly ExampleOf<T>[];
  /** Of `train`. */
  readonly features: readonly Feature[];
  /** As `fineTune` wants it. */
  readonly development: {
    readonly examples: readonly ExampleOf<T>[];
    readonly features: readonly Feature[];
  };
  /** A few epochs that suit the encoder: a small one needs larger steps. */
  readonly recipe: {
    readonly batchSize: number;
    readonly epochs: number;
    readonly learningRate: number;
  };
  /** The encoder with a new head. */
  load(): Promise<BertForTask>;
}

/** How much {@linkcode taskSample} takes. */
export interface TaskSampleOptions<Example extends TaskExample = TaskExample> {
  /** Training examples. Default 256. */
  readonly train?: number;
  /** Development examples. Default 200. */
  readonly dev?: number;
  /** Pieces of a sequence at most. Default: the task's. */
  readonly maxLength?: number;
  /** Which examples are drawn from: short ones, say. Default all. */
  readonly suits?: (example: Example) => boolean;
}

/**
 * A small sample of a benchmark for a lesson where its files are on this machine, with the best encoder for
 * English that is: all-MiniLM-L6-v2, else the project's own. Otherwise a sample of the small world's task of
 * the same kind, with the encoder that was trained on that world.
 *
 * @param real name of the benchmark, such as "MRPC"
 * @param generated name of its stand-in, such as "small_world_paraphrase"
 *
 * @example
 * ```ts
 * import { taskSample } from "./task_sample.ts";
 *
 * const { task, train, about } = await taskSample("MRPC", "small_world_paraphrase", { train: 8 });
 * console.log(task.family, train.length, about.length > 0); // pair 8 true
 * ```
 */
export async function taskSample<T extends Task = Task>(
  real: string,
  generated: string,
  { train: most = 256, dev: mostDev = 200, maxLength: wanted, suits = () => true }:
    TaskSampleOptions<ExampleOf<T>> = {},
): Promise<TaskSample<T>> {
  const isReal = await isThere(findTask(real));
  const { folder, about } = isReal ? await englishEncoder() : ownModel("small_world_bert");
  const task = findTask(isReal ? real : generated) as T;
  const tokenizer = await BertTokenizer.load(folder);
  const config = await readBertConfig(join(folder, "config.json"));
  const limits = sequenceLimits(task, config, wanted);
  const random = createRandom(1);
  const draw = async (split: string, count: number) => {
    const all = [...await task.read(dataDir(), split)] as ExampleOf<T>[];
    return random.fork(split).shuffle(all.filter(suits)).slice(0, count);
  };
  const train = await draw("train", most), dev = await draw(task.developmentSplit, mostDev);
  const features = (examples: readonly ExampleOf<T>[]) =>
    task.features(examples, tokenizer, limits);
  return {
    task,
    isReal,
    about: `${task.name}, ${train.length} examples to train on and ${dev.length} to test; ${about}`,
    folder,
    tokenizer,
    limits,
    train,
    features: features(train),
    development: { examples: dev, features: features(dev) },
    recipe: { batchSize: 16, epochs: 3, learningRate: peakFor(config.hiddenSize) },
    load: () => loadForTask(task, folder, { random: createRandom(1).fork("head") }),
  };
}

/** An encoder that has read real English: the one of `findPretrained`, else the project's own. */
async function englishEncoder(): Promise<Pretrained> {
  const found = await findPretrained();
  return found.folder.includes("small_world") ? ownModel("bert_mini") : found;
}

/** The narrower the encoder, the larger the steps that it bears. */
const peakFor = (hiddenSize: number) => hiddenSize >= 384 ? 1e-4 : hiddenSize >= 256 ? 3e-4 : 5e-4;

async function isThere(task: Task): Promise<boolean> {
  try {
    await task.read(dataDir(), "train");
    await task.read(dataDir(), task.developmentSplit);
    return true;
  } catch (error) {
    if (error instanceof TaskFileError || error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
