/**
 * What `deno task train bert --task NAME` leaves behind: the model, predictions in the benchmark's own form, and
 * where it is asked for what the run began with.
 *
 * @module
 */
import { join } from "@std/path";
import {
  type BertForTask,
  type BertTokenizer,
  fineTuningOrder,
  fineTuningSteps,
  predictLogits,
} from "../../lib/bert/mod.ts";
import {
  type Feature,
  type FeatureOptions,
  NoTaskFileError,
  type Scores,
  type Task,
} from "../../lib/bert/tasks/mod.ts";
import { writeFileAtomic } from "../../lib/io/mod.ts";
import { asProblem } from "../command.ts";

/** Splits that a benchmark's server scores. */
const SERVED = /^(?:test|ax)/;

/** A fine-tuned model and where its files go. */
export interface FineTuned {
  readonly task: Task;
  readonly model: BertForTask;
  readonly tokenizer: BertTokenizer;
  readonly to: string;
}

/** Writes the model as `loadForTask` and Hugging Face read it. */
export async function writeModel({ model, tokenizer, to }: FineTuned) {
  await model.save(to);
  await write(to, "vocab.txt", tokenizer.vocabulary.toText());
  const { lowercase, stripAccents } = tokenizer;
  const config = { do_lower_case: lowercase, strip_accents: stripAccents };
  await write(to, "tokenizer_config.json", JSON.stringify(config) + "\n");
}

/** Writes what another program needs to train the same weights on the same batches. */
export async function writeStart(
  to: string,
  model: BertForTask,
  { features, recipe, seed }: {
    readonly features: readonly Feature[];
    readonly recipe: { readonly batchSize: number; readonly epochs: number };
    readonly seed: number;
  },
) {
  const batchSize = Math.min(recipe.batchSize, features.length);
  const order = fineTuningOrder(features.length, batchSize, seed);
  const steps = fineTuningSteps(features.length, batchSize, recipe.epochs);
  await Deno.mkdir(to, { recursive: true });
  await model.save(to);
  await write(to, "order.json", JSON.stringify(Array.from({ length: steps }, (_, s) => order(s))));
}

/** Writes predictions; before those of a development split stands its name, so that nobody sends them in. */
export async function writePredictions(
  { task: { submission }, to }: Pick<FineTuned, "task" | "to">,
  split: string,
  examples: readonly Parameters<Task["score"]>[0][number][],
  predictions: readonly never[],
) {
  const prefix = SERVED.test(split) ? "" : `${split}_`;
  await write(to, prefix + submission.fileName(split), submission.write(examples, predictions));
  await writeBeside(to, submission.beside?.(split, examples, predictions));
}

/** How {@linkcode predictOtherSplits} predicts. */
export interface OtherSplitsOptions {
  readonly data: string;
  readonly featureOptions: FeatureOptions;
  /** SQuAD 2.0's, as it was chosen on the development set. */
  readonly nullThreshold?: number;
  readonly note: (sentence: string) => void;
}

/**
 * Predicts the splits beside those of training and development, for the benchmark's server; those that have labels
 * (MNLI's "dev_mismatched", WNUT's "test") are scored.
 *
 * @returns the scores of those with labels
 */
export async function predictOtherSplits(
  { task, model, tokenizer, to }: FineTuned,
  { data, featureOptions, nullThreshold, note }: OtherSplitsOptions,
): Promise<Record<string, Scores>> {
  const scores: Record<string, Scores> = {};
  for (const split of task.splits) {
    if (split === "train" || split === task.developmentSplit) continue;
    const examples = await readIfThere(task, data, split);
    if (examples === undefined) {
      note(`${split}: no predictions, its file is not there`);
      continue;
    }
    const features: readonly Feature[] = task.features(examples, tokenizer, featureOptions);
    const logits = await predictLogits(model, features);
    const predictions = task.predict(examples, features, logits, { nullThreshold }) as never[];
    await writePredictions({ task, to }, split, examples, predictions);
    // Windows have targets even where no answer is known.
    if (task.family === "span" || features.some(({ targets }) => targets === undefined)) continue;
    scores[split] = task.score(examples, predictions);
    note(`${split}: ${scoresInWords(scores[split])}`);
  }
  return scores;
}

async function readIfThere(task: Task, data: string, split: string) {
  try {
    return await task.read(data, split) as readonly Parameters<Task["score"]>[0][number][];
  } catch (error) {
    if (error instanceof NoTaskFileError) return undefined;
    asProblem(error);
  }
}

/** "f1 0.8163, accuracy 0.7000" */
export function scoresInWords(scores: Scores): string {
  return Object.entries(scores).map(([name, value]) => `${name} ${value.toFixed(4)}`).join(", ");
}

async function writeBeside(to: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) await write(to, name, text);
}

const write = (folder: string, name: string, text: string) =>
  writeFileAtomic(join(folder, name), new TextEncoder().encode(text));
