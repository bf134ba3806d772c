/**
 * What the comparisons of pre-trained networks have in common: a network is fine-tuned with the learning rate
 * that suits it, and scored.
 *
 * @module
 */
import { evaluate, fineTune, fineTuningSteps, type TaskModel } from "../lib/bert/mod.ts";
import type { Feature, Task, TaskExample } from "../lib/bert/tasks/mod.ts";
import { countParameters } from "../lib/nn/mod.ts";
import { Problem } from "./command.ts";

/** Examples and what the model reads of them. */
export interface Prepared {
  readonly examples: readonly TaskExample[];
  readonly features: readonly Feature[];
}

/** What {@linkcode fineTunedScore} needs. */
export interface ScoreOptions {
  readonly task: Task;
  /** Makes the network with the head of the task; called once for each rate. */
  readonly start: () => Promise<TaskModel>;
  readonly train: Prepared;
  readonly development: Prepared;
  /** Peaks to choose from. */
  readonly learningRates: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  /** Order of the examples and dropout. */
  readonly seed: number;
}

/** A score and how it came about. */
export interface FineTunedScore {
  /** The task's headline score on the development examples, in per cent. */
  readonly score: number;
  /** The rate that was chosen. */
  readonly learningRate: number;
  /** The score of every rate on the examples that were kept aside; empty where there was one rate. */
  readonly aside: readonly number[];
  readonly steps: number;
  /** Of the training with the chosen rate. */
  readonly seconds: number;
  /** How many numbers were trained. */
  readonly parameters: number;
}

/** Of several rates one is chosen on every tenth example. */
const ASIDE = 10;

/**
 * Fine-tunes and scores. With several learning rates every tenth training example is kept aside, all rates are
 * tried on the others, and the one whose model does best on those kept aside (the first of equals) is scored on
 * the development examples, which have no say in the choice.
 */
export async function fineTunedScore(options: ScoreOptions): Promise<FineTunedScore> {
  const { task, start, train, development, learningRates, epochs, batchSize, seed } = options;
  const choose = learningRates.length > 1;
  const kept = choose ? part(train, (example) => example % ASIDE !== ASIDE - 1) : train;
  const aside = choose ? part(train, (example) => example % ASIDE === ASIDE - 1) : undefined;
  const { features } = kept;
  if (features.length === 0 || aside?.features.length === 0) {
    throw new Problem(
      `${task.name}: ${train.examples.length} training examples are too few to choose among rates`,
    );
  }
  const asideScores: number[] = [];
  let best: FineTunedScore | undefined;
  for (const learningRate of learningRates) {
    const model = await start();
    let seconds = 0;
    for await (
      const step of fineTune({ task, model, features, epochs, batchSize, learningRate, seed })
    ) seconds = step.seconds;
    const headline = async (on: Prepared) =>
      inPerCent(task, (await evaluate({ task, model, ...on })).scores[task.headline]);
    if (aside) asideScores.push(await headline(aside));
    if (!best || asideScores.at(-1)! > Math.max(...asideScores.slice(0, -1))) {
      best = {
        score: await headline(development),
        learningRate,
        aside: asideScores,
        steps: fineTuningSteps(features.length, Math.min(batchSize, features.length), epochs),
        seconds,
        parameters: countParameters(model.parameters),
      };
    }
    model.dispose();
  }
  return best!;
}

/** Those of the examples for which `which` is true, renumbered. */
function part({ examples, features }: Prepared, which: (example: number) => boolean): Prepared {
  const numbers = [...examples.keys()].filter(which);
  const place = new Map(numbers.map((example, i) => [example, i]));
  return {
    examples: numbers.map((example) => examples[example]),
    features: features.filter(({ example }) => place.has(example))
      .map((feature) => ({ ...feature, example: place.get(feature.example)! })),
  };
}

/** SQuAD's scores are percentages already. A correlation with a constant is not a number: it says nothing, 0. */
const inPerCent = ({ head }: Task, score: number) =>
  Number.isNaN(score) ? 0 : head.kind === "span" ? score : 100 * score;

/** "71.3", or of several "71.3 ± 0.8": the mean, and the standard deviation of a single one. */
export function meanAndDeviation(scores: readonly number[]): string {
  const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
  const squares = scores.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (scores.length - 1));
  return mean.toFixed(1) + (scores.length > 1 ? ` ± ${deviation.toFixed(1)}` : "");
}

/** Rows of cells as a table in Markdown; the first row is the head. */
export function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join(
    "\n",
  );
}

/**
 * The numbers of an option, with commas between them.
 *
 * @throws {Problem} if one is not positive
 */
export function positiveNumbers(option: string, text: string): number[] {
  return text.split(",").map((word) => {
    const value = Number(word);
    if (value > 0) return value;
    throw new Problem(`--${option} is a positive number; got ${word}`);
  });
}
