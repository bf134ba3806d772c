/**
 * `deno task compare-start`: does pre-training help? The same network is fine-tuned on the same examples, once
 * from its pre-trained weights and once from random ones.
 *
 * @module
 */
import { join } from "@std/path";
import { useBackend } from "../lib/backend/mod.ts";
import {
  BertTokenizer,
  findPretrained,
  loadForTask,
  newForTask,
  readBertConfig,
  sequenceLimits,
} from "../lib/bert/mod.ts";
import { findTask, type Task, type TaskExample } from "../lib/bert/tasks/mod.ts";
import { dataDir } from "../lib/io/mod.ts";
import { createRandom } from "../lib/random/mod.ts";
import { asProblem, inWords, runTask } from "./command.ts";
import {
  type FineTunedScore,
  fineTunedScore,
  markdownTable,
  meanAndDeviation,
  positiveNumbers,
} from "./fine_tuned_score.ts";

const USAGE = `deno task compare-start [options]

Fine-tunes a BERT from its pre-trained weights and from random ones of the same sizes: the same examples, steps
and seeds. Prints the score of each on the task's development set.

  --model DIR         config.json, model.safetensors, vocab.txt (default: what the lessons use)
  --data DIR          where the tasks' files lie (default: DATA_DIR)
  --tasks A,B         (default MRPC,STS-B,CoLA,SST-2,WNUT-2017,UD-EWT-POS)
  --limit N           training examples of a task at most (default 2000)
  --epochs X          (default 3)
  --batch N           (default 16)
  --learning-rates X,Y
                      peaks; of several, each start gets its best on every tenth training example, which is
                      then not trained on (default 1e-4,3e-4,1e-3)
  --seeds 1,2,3       head, order, dropout, and the random weights (default 1)
  --json              print the runs as JSON`;

/** One network, one task, one seed. */
interface Run extends FineTunedScore {
  readonly task: string;
  /** The name of the score. */
  readonly headline: string;
  readonly start: Start;
  readonly seed: number;
  readonly trainingExamples: number;
  readonly developmentExamples: number;
}

const STARTS = ["pre-trained", "random"] as const;
type Start = (typeof STARTS)[number];

interface Settings {
  readonly folder: string;
  readonly data: string;
  readonly tasks: readonly Task[];
  readonly limit: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRates: readonly number[];
  readonly seeds: readonly number[];
}

/** All tasks, with every seed from both starts. */
async function* compare(settings: Settings): AsyncGenerator<Run> {
  const { folder, data, tasks, limit, seeds, ...recipe } = settings;
  const config = await readBertConfig(join(folder, "config.json")).catch(asProblem);
  const tokenizer = await BertTokenizer.load(folder).catch(asProblem);
  for (const task of tasks) {
    const limits = sequenceLimits(task, config);
    const prepared = (examples: readonly TaskExample[]) => ({
      examples,
      features: task.features(examples, tokenizer, limits),
    });
    const train = prepared((await task.read(data, "train").catch(asProblem)).slice(0, limit));
    const development = prepared(await task.read(data, task.developmentSplit).catch(asProblem));
    for (const seed of seeds) {
      const random = () => createRandom(seed).fork("head");
      const models = {
        "pre-trained": () => loadForTask(task, folder, { random: random() }),
        "random": () => Promise.resolve(newForTask(task, config, { random: random() })),
      };
      for (const start of STARTS) {
        yield {
          task: task.name,
          headline: task.headline,
          start,
          seed,
          trainingExamples: train.examples.length,
          developmentExamples: development.examples.length,
          ...await fineTunedScore({
            task,
            start: models[start],
            train,
            development,
            seed,
            ...recipe,
          }),
        };
      }
    }
  }
}

/** A line for each task. */
function tableOf(runs: readonly Run[]): string {
  const tasks = Map.groupBy(runs, ({ task }) => task);
  const rows = Array.from(tasks, ([task, all]) => {
    const [pretrained, random] = STARTS.map((start) => all.filter((run) => run.start === start));
    const scores = (some: readonly Run[]) => some.map(({ score }) => score);
    return [
      `${task}, ${all[0].headline}`,
      `${all[0].trainingExamples}`,
      meanAndDeviation(scores(pretrained)),
      meanAndDeviation(scores(random)),
      // One seed, one difference: both starts see the examples in the same order.
      meanAndDeviation(pretrained.map(({ score }, i) => score - random[i].score)),
    ];
  });
  const head = ["task", "examples", "from pre-trained weights", "from random weights", "gain"];
  return markdownTable([head, ...rows]);
}

if (import.meta.main) {
  await runTask(USAGE, {
    model: { type: "string" },
    data: { type: "string" },
    tasks: { type: "string", default: "MRPC,STS-B,CoLA,SST-2,WNUT-2017,UD-EWT-POS" },
    limit: { type: "string", default: "2000" },
    epochs: { type: "string", default: "3" },
    batch: { type: "string", default: "16" },
    "learning-rates": { type: "string", default: "1e-4,3e-4,1e-3" },
    seeds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  }, async (flags) => {
    const positive = (name: "limit" | "epochs" | "batch") => positiveNumbers(name, flags[name])[0];
    const settings: Settings = {
      folder: flags.model ?? (await findPretrained()).folder,
      data: flags.data ?? dataDir(),
      tasks: flags.tasks.split(",").map(findTask),
      limit: positive("limit"),
      epochs: positive("epochs"),
      batchSize: positive("batch"),
      learningRates: positiveNumbers("learning-rates", flags["learning-rates"]),
      seeds: positiveNumbers("seeds", flags.seeds),
    };
    const backend = await useBackend();
    console.error(`backend ${backend.name}: ${backend.reason}`);
    const runs: Run[] = [];
    for await (const run of compare(settings)) {
      runs.push(run);
      console.error(
        `${run.task}, seed ${run.seed}, ${run.start.padEnd(11)} ${run.headline} ` +
          `${run.score.toFixed(1).padStart(5)}  (peak ${run.learningRate}, ${run.steps} steps in ` +
          `${inWords(run.seconds)})`,
      );
    }
    const { folder, data: _, tasks, ...recipe } = settings;
    const model = folder.split(/[\\/]/).filter(Boolean).at(-1);
    console.log(
      flags.json
        ? JSON.stringify({ model, tasks: tasks.map(({ name }) => name), ...recipe, runs }, null, 2)
        : tableOf(runs),
    );
    return true;
  });
}
