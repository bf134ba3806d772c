/**
 * `deno task train bert --task NAME`: fine-tunes a BERT for a task and scores it on the development set.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import {
  bertOptimizer,
  BertTokenizer,
  evaluate,
  findPretrained,
  fineTune,
  type FineTuneOptions,
  fineTuningSteps,
  loadForTask,
  newForTask,
  readBertConfig,
  sequenceLimits,
} from "../../lib/bert/mod.ts";
import {
  bestNullThreshold,
  findTask,
  type Scores,
  type SpanExample,
  type SpanPrediction,
  type Task,
  TASKS,
  withNullThreshold,
} from "../../lib/bert/tasks/mod.ts";
import { dataDir } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { asProblem, inWords, Problem } from "../command.ts";
import { type Flags, numberOf, optionsOf, textOf } from "../flags.ts";
import { listenForCtrlC } from "./ctrl_c.ts";
import {
  predictOtherSplits,
  scoresInWords,
  writeModel,
  writePredictions,
  writeStart,
} from "./fine_tuned_files.ts";
import { featuresHash, requireSameRun, weightsHash } from "./same_run.ts";

/** What `--help` says of this half of `deno task train bert`. */
export const FINE_TUNE_USAGE = `deno task train bert --task NAME [options]

Fine-tunes all weights of a BERT and a new head for a task, scores it on the development set, and writes
the model and its predictions in the benchmark's own form. Ctrl-C stops after the step in progress; the
same command goes on from there.

  --task NAME         ${
  TASKS.map(({ name }) => name).join(", ").replace(
    /(.{1,80})(, |$)/g,
    "$1$2\n                      ",
  ).trim()
}
  --model DIR         config.json, model.safetensors, vocab.txt (default: what the lessons use)
  --random            the same sizes with random weights, to compare
  --data DIR          where the files lie (default: DATA_DIR)
  --out DIR           where to (default build/fine_tuning/NAME)
  --epochs X          (default 3)
  --batch N           (default 32)
  --learning-rate X   the peak (default 5e-5)
  --warmup X          share of the steps to the peak (default 0.1)
  --weight-decay X    (default 0.01)
  --bias-correction   Adam as in PyTorch instead of BERT's release
  --accumulate N      parts of a batch that are gone through one after another (default 1)
  --length N          pieces of a sequence at most (default 128, spans 384)
  --document-context  tagging: fill sequences with neighbouring sentences
  --limit N           only so many training examples
  --dev-limit N       only so many development examples, evenly spread
  --no-dropout        without dropout, to compare with another program
  --record            write into start/ what a run begins with: the weights, the new head included, and the
                      order of the examples (bench/pytorch/fine_tune.py --repeat repeats it)
  --keep last|best    which weights are scored (default last)
  --seed N            head, order and dropout (default 1)
  --seeds 1,2,3       one model after the other; mean and spread of their scores
  --every N           steps between two reports and two checkpoints (default 50)
  --json              print the result as JSON`;

/** The options. */
export const FINE_TUNE_OPTIONS = optionsOf(
  ["random", "bias-correction", "document-context", "no-dropout", "record"],
  [
    ...["task", "model", "data", "out", "epochs", "batch", "learning-rate", "warmup"],
    ...["weight-decay", "accumulate", "length", "limit", "dev-limit", "keep"],
    ...["seed", "seeds", "every"],
  ],
);

/** Fine-tunes once for every seed. */
export async function runFineTune(flags: Flags, note: (sentence: string) => void) {
  const task = findTask(textOf(flags, "task", ""));
  const folder = textOf(flags, "model", (await findPretrained()).folder);
  const modelName = basename(folder);
  const data = textOf(flags, "data", dataDir());
  const out = textOf(flags, "out", join("build", "fine_tuning", task.name));
  const seeds = seedsOf(flags);
  const recipe = recipeOf(flags);
  const limit = numberOf(flags, "limit", Infinity);
  const devLimit = numberOf(flags, "dev-limit", Infinity);
  const every = numberOf(flags, "every", 50);
  const config = await readBertConfig(join(folder, "config.json")).catch(asProblem);
  const wanted = flags.length === undefined ? undefined : numberOf(flags, "length", 128);
  const limits = sequenceLimits(task, config, wanted);

  const tokenizer = await BertTokenizer.load(folder).catch(asProblem);
  const all = await task.read(data, "train").catch(asProblem);
  const train = all.slice(0, limit);
  const dev = evenlySpread(
    await task.read(data, task.developmentSplit).catch(asProblem),
    devLimit,
  );
  const featureOptions = { ...limits, documentContext: flags["document-context"] === true };
  const features = task.features(train, tokenizer, featureOptions);
  const development = { examples: dev, features: task.features(dev, tokenizer, featureOptions) };
  const backend = await useBackend();
  note(`backend ${backend.name}: ${backend.reason}`);
  note(
    `${task.name}: ${train.length} examples to train on, ${dev.length} in "${task.developmentSplit}"`,
  );

  const { adam, ...rest } = recipe;
  const identity = {
    ...{ task: task.name, model: modelName, random: flags.random === true },
    ...{ examples: train.length, length: limits.maxLength, ...rest, ...adam },
    documentContext: featureOptions.documentContext,
    // By content: another folder of the same name, or labels that were put right, are another run.
    ...(flags.random ? {} : {
      weights: await weightsHash(folder).catch(asProblem),
    }),
    data: featuresHash(features),
    ...(recipe.keep === "best" ? { development: featuresHash(development.features) } : {}),
  };
  const ctrlC = listenForCtrlC();
  const runs: Run[] = [];
  for (const seed of seeds) {
    const to = seeds.length === 1 ? out : join(out, `seed_${seed}`);
    await Deno.mkdir(to, { recursive: true });
    await requireSameRun(to, { ...identity, seed });
    const random = createRandom(seed).fork("head");
    const model = flags.random
      ? newForTask(task, config, { random })
      : await loadForTask(task, folder, { random }).catch(asProblem);
    if (flags.record) await writeStart(join(to, "start"), model, { features, recipe, seed });
    const trained = await once({
      ...recipe,
      optimizer: bertOptimizer(recipe.adam),
      task,
      model,
      features,
      development,
      seed,
      checkpoint: { path: join(to, "checkpoint.safetensors"), every },
      signal: ctrlC.signal,
    }, { every, note });
    if (!trained.finished) ctrlC.exitIfPressed(note);
    const run = withBestSilence(task, dev, trained);
    note(
      `seed ${seed}: ${scoresInWords(run.scores)} after ${run.steps} steps in ${
        inWords(run.seconds)
      }` +
        (run.nullThreshold === undefined
          ? ""
          : `, silent above ${run.nullThreshold.toFixed(3)}, chosen on "${task.developmentSplit}"`),
    );
    const of = { task, model, to, tokenizer };
    await writeModel(of);
    await writePredictions(of, task.developmentSplit, dev, run.predictions);
    const options = { data, featureOptions, nullThreshold: run.nullThreshold, note };
    const others = await predictOtherSplits(of, options);
    runs.push({ seed, ...run, ...(Object.keys(others).length > 0 ? { others } : {}) });
    model.dispose();
  }
  ctrlC.exitIfPressed(note);
  const scores = meanAndSpread(runs.map(({ scores }) => scores));
  const json = {
    task: task.name,
    model: modelName,
    random: flags.random === true,
    train: train.length,
    [task.developmentSplit]: dev.length,
    headline: task.headline,
    scores,
    runs: runs.map(({ predictions: _, nullThreshold, ...run }) => ({
      ...run,
      ...(nullThreshold === undefined ? {} : {
        nullThreshold: nullThreshold === -Infinity ? "always silent" : nullThreshold,
      }),
    })),
    recipe,
    backend: backend.name,
    out,
  };
  return { json, text: `${task.name}: ${spread(scores)}. Written to ${out}.` };
}

/** `count` of the examples, from the first on at equal distances; all of them if there are not as many. */
function evenlySpread<Example>(examples: readonly Example[], count: number): readonly Example[] {
  if (!(count < examples.length)) return examples;
  const at = (i: number) => examples[Math.floor(i * examples.length / count)];
  return Array.from({ length: count }, (_, i) => at(i));
}

/**
 * The run, silent above the threshold with the best F1 on the development set where questions may have no answer
 * (Devlin 2019, Sect. 4.3); runs of other tasks as they are.
 */
function withBestSilence(
  { head, score }: Task,
  dev: readonly Parameters<Task["score"]>[0][number][],
  run: Omit<Run, "seed">,
): Omit<Run, "seed"> {
  if (head.kind !== "span" || !head.noAnswer) return run;
  const spoken = run.predictions as readonly SpanPrediction[];
  const { threshold } = bestNullThreshold(dev as readonly SpanExample[], spoken);
  const predictions = spoken.map((one) => withNullThreshold(one, threshold)) as unknown as never[];
  return { ...run, predictions, scores: score(dev, predictions), nullThreshold: threshold };
}

interface Run {
  readonly seed: number;
  readonly scores: Scores;
  /** Where the scores, and the answers to the test set, fall silent. */
  readonly nullThreshold?: number;
  /** Scores on the other splits that have labels, such as MNLI's "dev_mismatched". */
  readonly others?: Readonly<Record<string, Scores>>;
  readonly predictions: readonly never[];
  readonly best?: unknown;
  readonly steps: number;
  readonly seconds: number;
  readonly finished: boolean;
}

/** One training. */
async function once(
  options: FineTuneOptions & { readonly batchSize: number; readonly epochs: number },
  { every, note }: { readonly every: number; readonly note: (sentence: string) => void },
): Promise<Omit<Run, "seed">> {
  const { task, model, features, batchSize, epochs, development } = options;
  const steps = fineTuningSteps(features.length, Math.min(batchSize, features.length), epochs);
  const run = fineTune(options);
  let evaluation: { step: number; scores: Scores; predictions: readonly unknown[] } | undefined;
  let mean = 0, counted = 0, begun: number | undefined, seconds = 0;
  for (;;) {
    const { done, value } = await run.next();
    if (done) {
      const { step, finished, best } = value;
      if (!finished) return { scores: {}, predictions: [], best, steps: step, seconds, finished };
      if (begun === undefined) {
        note(`it was finished before, after step ${step}; it is scored again`);
      }
      const fresh = evaluation?.step === step && (options.keep !== "best" || best?.step === step);
      const last = fresh ? evaluation! : await evaluate({ task, model, ...development! });
      const predictions = last.predictions as readonly never[];
      return { scores: last.scores, predictions, best, steps: step, seconds, finished };
    }
    const { step, loss } = value;
    begun ??= step - 1;
    seconds = value.seconds;
    [mean, counted] = [mean + loss, counted + 1];
    if (value.evaluation) {
      evaluation = { step, ...value.evaluation };
      note(`step ${step}, epoch ${value.epoch.toFixed(1)}: ${scoresInWords(evaluation.scores)}`);
    }
    if (step % every !== 0) continue;
    const each = seconds / (step - begun);
    note(
      `step ${step} of ${steps}: loss ${(mean / counted).toFixed(4)}, ${
        (1000 * each).toFixed(0)
      } ms a step, ` +
        `about ${inWords(each * (steps - step))} left`,
    );
    [mean, counted] = [0, 0];
  }
}

function recipeOf(flags: Flags) {
  const keep = textOf(flags, "keep", "last");
  if (keep !== "last" && keep !== "best") {
    throw new Problem(`--keep ${keep} is neither last nor best`);
  }
  return {
    epochs: numberOf(flags, "epochs", 3),
    batchSize: numberOf(flags, "batch", 32),
    learningRate: numberOf(flags, "learning-rate", 5e-5),
    warmup: numberOf(flags, "warmup", 0.1),
    accumulate: numberOf(flags, "accumulate", 1),
    keep,
    dropout: flags["no-dropout"] !== true,
    adam: {
      weightDecay: numberOf(flags, "weight-decay", 0.01),
      biasCorrection: flags["bias-correction"] === true,
    },
  } as const;
}

function seedsOf(flags: Flags): number[] {
  const text = textOf(flags, "seeds", `${numberOf(flags, "seed", 1)}`);
  const seeds = text.split(",").map(Number);
  if (seeds.some((seed) => !Number.isSafeInteger(seed))) {
    throw new Problem(`--seeds is "${text}", expected whole numbers with commas between them`);
  }
  return seeds;
}

/** Mean, smallest and largest of every score. */
function meanAndSpread(all: readonly Scores[]) {
  return Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => {
      const values = all.map((scores) => scores[name]);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return [name, { mean, least: Math.min(...values), most: Math.max(...values) }];
    }),
  );
}

const spread = (scores: ReturnType<typeof meanAndSpread>) =>
  Object.entries(scores).map(([name, { mean, least, most }]) =>
    `${name} ${mean.toFixed(4)}` +
    (least < most ? ` (${least.toFixed(4)} to ${most.toFixed(4)})` : "")
  ).join(", ");
