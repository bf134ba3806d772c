/**
 * `deno task compare-objectives`: the ablation of pre-training objectives of Devlin 2019, Table 5, on one corpus with
 * one budget: what is pre-trained on the same text for the same number of steps, fine-tuned on the same tasks.
 *
 * @module
 */
import { join } from "node:path";
import { useBackend } from "../lib/backend/mod.ts";
import {
  bertConfig,
  BertForMaskedLM,
  BertForPreTraining,
  BertTokenizer,
  countWords,
  createPretrainingExamples,
  Elmo,
  elmoReader,
  Gpt,
  gptReader,
  type LanguageModel,
  languageModelExamples,
  loadForTask,
  newForTask,
  pretrain,
  type Reader,
  rememberWeights,
  restoreWeights,
  RivalForTask,
  type TaskModel,
  tokenizeDocuments,
  trainLanguageModel,
  trainWordPiece,
} from "../lib/bert/mod.ts";
import { findTask, type Task, type TaskExample } from "../lib/bert/tasks/mod.ts";
import { createSmallWorld } from "../lib/datasets/mod.ts";
import { dataDir } from "../lib/io/mod.ts";
import { createRandom } from "../lib/random/mod.ts";
import { Problem, root, runTask } from "./command.ts";
import {
  type FineTunedScore,
  fineTunedScore,
  markdownTable,
  meanAndDeviation,
  positiveNumbers,
} from "./fine_tuned_score.ts";

const USAGE = `deno task compare-objectives [options]

Pre-trains on the same documents of the generated small world, each for the same number of steps:
  BERT           hidden pieces, and next sentence
  no NSP         hidden pieces alone
  left to right  GPT: the next piece; the same blocks, only the left in view, in fine-tuning too
  + BiLSTM       the same, with a new two-layer BiLSTM on top in fine-tuning
  ELMo           two LSTM language models, frozen; the task trains a mixture of layers, a two-layer BiLSTM and a head
  none           BERT's network, not pre-trained
Then trains each on every task and scores the development set. Losses of different objectives cannot be compared;
scores of a task can. Numbers are means over the seeds, with the standard deviation of a single run.

  --steps N           of pre-training (default 1500)
  --batch N           (default 32)
  --length N          pieces a sequence, in pre-training and in the tasks (default 64)
  --objectives A,B    only these rows (default all)
  --tasks A,B         (default small_world_entailment,small_world_sentiment,small_world_names,small_world_questions)
  --epochs X          of fine-tuning (default 3)
  --limit N           only so many training examples of a task
  --learning-rates X,Y
                      peaks of fine-tuning; of several, each gets its best on every tenth training example,
                      which is then not trained on (default 5e-4,2e-3)
  --seeds 1,2,3       (default 1)
  --json              the runs as JSON on standard output`;

const OBJECTIVES = ["BERT", "no NSP", "left to right", "+ BiLSTM", "ELMo", "none"] as const;
type Objective = (typeof OBJECTIVES)[number];

/** One network, one task, one seed. */
interface Run extends FineTunedScore {
  readonly objective: Objective;
  readonly task: string;
  readonly seed: number;
  readonly pretrainingSeconds: number;
}

interface Settings {
  readonly steps: number;
  readonly batchSize: number;
  readonly maxLength: number;
  readonly epochs: number;
  readonly limit: number;
  readonly learningRates: readonly number[];
  readonly tasks: readonly Task[];
  readonly objectives: readonly Objective[];
}

/** A network that has been pre-trained, ready to be given the head of a task as often as one likes. */
interface Pretrained {
  readonly objective: Objective;
  readonly seconds: number;
  forTask(task: Task): Promise<TaskModel>;
  dispose(): void | Promise<void>;
}

/** Two layers of 128, without dropout in pre-training: as data/models/small_world_bert. */
const SIZES = { hiddenSize: 128, layers: 2, heads: 2, initializerRange: 0.08 };
const PRETRAINING = { learningRate: 1e-3, warmupShare: 1 / 3 };
const BILSTM_LAYERS = 2;

function material(seed: number, { maxLength }: Settings) {
  const random = createRandom(1); // the world of the tasks, whatever the seed of the run
  const documents = createSmallWorld(random.fork("world"), { people: 40, towns: 8 })
    .documents(2000, random.fork("documents"));
  const vocabulary = trainWordPiece(countWords(documents.flat()), { vocabularySize: 700 });
  const tokenizer = new BertTokenizer(vocabulary);
  const pieces = tokenizeDocuments(documents, tokenizer);
  const sizes = { maxLength, maxPredictions: Math.ceil(0.15 * maxLength) };
  const examples = createPretrainingExamples(pieces, tokenizer, createRandom(seed), {
    ...sizes,
    duplicates: 5,
  });
  const sequences = languageModelExamples(pieces, tokenizer, { maxLength });
  const config = bertConfig({
    ...SIZES,
    vocabSize: vocabulary.size,
    maxPositions: maxLength,
    hiddenDropout: 0,
    attentionDropout: 0,
  });
  return { tokenizer, sizes, examples, sequences, config };
}

/** Goes through a run and says how long it took. */
async function secondsOf(run: AsyncIterable<unknown>): Promise<number> {
  const start = performance.now();
  for await (const _ of run);
  return (performance.now() - start) / 1000;
}

/** Pre-trains one after the other. */
async function* pretrainAll(
  seed: number,
  settings: Settings,
  { sizes, examples, sequences, config }: ReturnType<typeof material>,
): AsyncGenerator<Pretrained> {
  const { steps, batchSize, maxLength } = settings;
  const wanted = (...objectives: Objective[]) =>
    objectives.filter((objective) => settings.objectives.includes(objective));
  const { learningRate: peak, warmupShare } = PRETRAINING;
  const budget = {
    steps,
    batchSize,
    seed,
    learningRate: peak,
    warmup: Math.ceil(steps * warmupShare),
  };
  const random = (use: string) => createRandom(seed).fork(use);

  for (const objective of wanted("BERT", "no NSP")) {
    const model = objective === "BERT"
      ? new BertForPreTraining(config, { random: random("model") })
      : new BertForMaskedLM(config, { random: random("model") });
    const seconds = await secondsOf(pretrain({ model, examples, sizes, ...budget }));
    const dir = join(root, "build"); // where the task may write
    await Deno.mkdir(dir, { recursive: true });
    const folder = await Deno.makeTempDir({ dir });
    await model.save(folder);
    model.dispose();
    yield {
      objective,
      seconds,
      forTask: (task) => loadForTask(task, folder, { random: random("head") }),
      dispose: () => Deno.remove(folder, { recursive: true }),
    };
  }

  const learn = (model: LanguageModel) =>
    secondsOf(trainLanguageModel({ model, examples: sequences, maxLength, ...budget }));
  if (wanted("left to right", "+ BiLSTM").length > 0) {
    const gpt = new Gpt(config, { random: random("model") });
    const seconds = await learn(gpt);
    const weights = await rememberWeights(gpt.parameters);
    for (const objective of wanted("left to right", "+ BiLSTM")) {
      yield {
        objective,
        seconds,
        forTask(task) {
          restoreWeights(gpt.parameters, weights); // every task starts from what was pre-trained
          const layers = objective === "+ BiLSTM" ? BILSTM_LAYERS : 0;
          return Promise.resolve(rival(gptReader(gpt), task, layers));
        },
        dispose() {},
      };
    }
    gpt.dispose();
  }

  if (wanted("ELMo").length > 0) {
    const elmo = new Elmo(
      // About as many parameters as the BERT.
      {
        vocabSize: config.vocabSize,
        projection: 128,
        cells: 96,
        maxPositions: maxLength,
        dropout: 0,
      },
      { random: random("model") },
    );
    yield {
      objective: "ELMo",
      seconds: await learn(elmo),
      forTask: (task) => Promise.resolve(rival(elmoReader(elmo), task, BILSTM_LAYERS)),
      dispose: () => elmo.dispose(),
    };
  }

  for (const objective of wanted("none")) {
    yield {
      objective,
      seconds: 0,
      forTask: (task) => Promise.resolve(newForTask(task, config, { random: random("model") })),
      dispose() {},
    };
  }

  function rival(reader: Reader, { head }: Task, bilstmLayers: number): TaskModel {
    return new RivalForTask(reader, head, { random: random("head"), bilstmLayers, dropout: 0 });
  }
}

/** All objectives on all tasks. */
async function* compare(seed: number, settings: Settings): AsyncGenerator<Run> {
  const { maxLength, tasks, limit, epochs, batchSize, learningRates } = settings;
  const prepared = material(seed, settings);
  const withFeatures = (task: Task, examples: readonly TaskExample[]) => ({
    examples,
    features: task.features(examples, prepared.tokenizer, { maxLength }),
  });
  const data = await Promise.all(tasks.map(async (task) => ({
    task,
    train: withFeatures(task, (await task.read(dataDir(), "train")).slice(0, limit)),
    development: withFeatures(task, await task.read(dataDir(), task.developmentSplit)),
  })));
  for await (const pretrained of pretrainAll(seed, settings, prepared)) {
    const { objective, seconds } = pretrained;
    for (const taskData of data) {
      const found = await fineTunedScore({
        ...taskData,
        start: () => pretrained.forTask(taskData.task),
        learningRates,
        epochs,
        batchSize,
        seed,
      });
      yield { objective, task: taskData.task.name, seed, pretrainingSeconds: seconds, ...found };
    }
    await pretrained.dispose();
  }
}

/** One line for each objective, in the order of the runs. */
function tableOf(runs: readonly Run[], tasks: readonly Task[]): string {
  const objectives = [...new Set(runs.map(({ objective }) => objective))];
  const rows = objectives.map((objective) => [
    objective,
    ...tasks.map(({ name }) =>
      meanAndDeviation(
        runs.filter((run) => run.objective === objective && run.task === name)
          .map(({ score }) => score),
      )
    ),
  ]);
  return markdownTable([
    ["pre-training", ...tasks.map(({ name, headline }) => `${name}, ${headline}`)],
    ...rows,
  ]);
}

if (import.meta.main) {
  await runTask(USAGE, {
    steps: { type: "string", default: "1500" },
    batch: { type: "string", default: "32" },
    length: { type: "string", default: "64" },
    objectives: { type: "string", default: OBJECTIVES.join() },
    tasks: {
      type: "string",
      default:
        "small_world_entailment,small_world_sentiment,small_world_names,small_world_questions",
    },
    epochs: { type: "string", default: "3" },
    limit: { type: "string", default: "Infinity" },
    "learning-rates": { type: "string", default: "5e-4,2e-3" },
    seeds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  }, async (flags) => {
    const positive = (name: "steps" | "batch" | "length" | "epochs" | "limit") =>
      positiveNumbers(name, flags[name])[0];
    const settings: Settings = {
      steps: positive("steps"),
      batchSize: positive("batch"),
      maxLength: positive("length"),
      epochs: positive("epochs"),
      limit: positive("limit"),
      learningRates: positiveNumbers("learning-rates", flags["learning-rates"]),
      tasks: flags.tasks.split(",").map(findTask),
      objectives: flags.objectives.split(",").map((name) => {
        const found = OBJECTIVES.find((objective) => objective === name);
        if (found) return found;
        throw new Problem(`there is no objective "${name}"; there are ${OBJECTIVES.join(", ")}`);
      }),
    };
    const seeds = positiveNumbers("seeds", flags.seeds);
    const { name, threads } = await useBackend();
    console.error(
      `backend ${name}, ${
        threads ?? 1
      } thread(s); ${settings.steps} steps of ${settings.batchSize} ` +
        `sequences of ${settings.maxLength}; seeds ${seeds.join(", ")}`,
    );
    const runs: Run[] = [];
    for (const seed of seeds) {
      for await (const run of compare(seed, settings)) {
        runs.push(run);
        console.error(
          `seed ${seed}  ${run.objective.padEnd(14)} ${run.task.padEnd(24)} ` +
            `${run.score.toFixed(1).padStart(5)}  (peak ${run.learningRate}, ` +
            `${run.parameters.toLocaleString("en")} trained; ${
              run.pretrainingSeconds.toFixed(0)
            } s of ` +
            `pre-training)`,
        );
      }
    }
    console.log(
      flags.json
        ? JSON.stringify({ ...settings, tasks: settings.tasks.map((t) => t.name), runs }, null, 2)
        : tableOf(runs, settings.tasks),
    );
    return runs.every(({ score }) => Number.isFinite(score));
  });
}
