import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import { type BertConfig, evaluate, fineTune, newForTask, predict } from "../../lib/bert/mod.ts";
import {
  findTask,
  type SpanPrediction,
  type Task,
  type TaskExample,
  type TaskPrediction,
  TASKS,
} from "../../lib/bert/tasks/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { tinyBertFor } from "./fine_tuning_support.ts";

/** Four sentences about which everything can be asked. */
const SENTENCES = [
  ["Mara lost a red key.", "The key of Mara is red."],
  ['Paul did not see the "fox".', "Paul saw the fox."],
  ["The bridge is old.", "The old bridge fell."],
  ["It rained all day.", "Nobody went out."],
] as const;

const tsv = (rows: readonly (readonly (string | number)[])[]) =>
  rows.map((row) => row.join("\t") + "\n").join("");
const pairs = (header: string, row: (a: string, b: string, i: number) => (string | number)[]) =>
  tsv([
    header.split(" ").map((name) => name.replace(/^(#\d)_/, "$1 ")),
    ...SENTENCES.map(([a, b], i) => row(a, b, i)),
  ]);
const nli = (labels: string[], head = "index sentence1 sentence2 label") =>
  pairs(head, (a, b, i) => [i, a, b, labels[i % labels.length]]);
const MNLI_HEAD =
  "index promptID pairID genre sentence1_binary_parse sentence2_binary_parse sentence1_parse " +
  "sentence2_parse sentence1 sentence2 label1 gold_label";
const mnli = pairs(MNLI_HEAD, (a, b, i) => {
  const label = ["entailment", "neutral", "contradiction"][i % 3];
  return [i, i, i, "fiction", "", "", "", "", a, b, label, label];
});
const stsHead = "index genre filename year old_index source1 source2 sentence1 sentence2 score";
const sts = pairs(
  stsHead,
  (a, b, i) => [i, "news", "f", 2012, i, "x", "y", a, b, (i * 1.4).toFixed(3)],
);
const cola = tsv(
  SENTENCES.flatMap(([a, b], i) => [["src", i % 2, i % 2 ? "" : "*", a], ["src", 1, "", b]]),
);
const swagHead =
  ",video-id,fold-ind,startphrase,sent1,sent2,gold-source,ending0,ending1,ending2,ending3,label\n";
const swag = swagHead +
  SENTENCES.map(([a, b], i) =>
    `${i},v${i},${i},"${a.replaceAll('"', '""')} Then",${
      JSON.stringify(a.replaceAll('"', ""))
    },Then,gold,` +
    `she swims,he sings,"it rains, again",${b.replaceAll(/[",]/g, "")},${i % 4}\n`
  ).join("");
const squad = (impossible: boolean) => {
  const qas = SENTENCES.map(([a], i) => {
    const context = SENTENCES.map(([a]) => a).join(" ");
    const text = a.split(" ")[1];
    const none = impossible && i === 3;
    const answers = none ? [] : [{ text, answer_start: context.indexOf(a) + a.indexOf(text) }];
    const question = `What comes second in sentence ${i}?`;
    return {
      context,
      qas: [{ id: `q${i}`, question, answers, ...(impossible ? { is_impossible: none } : {}) }],
    };
  });
  return JSON.stringify({
    version: impossible ? "v2.0" : "1.1",
    data: [{ title: "t", paragraphs: qas }],
  });
};
const conll = (line: (word: string, i: number) => string, head = "") =>
  head + SENTENCES.map(([a]) => a.split(" ").map(line).join("\n") + "\n\n").join("");
const isName = (word: string) => /^(Mara|Paul)$/.test(word);
const wnut = conll((word) => `${word}\t${isName(word) ? "B-person" : "O"}`);
const wikigold = conll((word) => `${word} ${isName(word) ? "B-PER" : "O"}`);
const conll2003 = conll(
  (word) => `${word} NNP I-NP ${isName(word) ? "I-PER" : "O"}`,
  "-DOCSTART- -X- -X- O\n\n",
);
const pos = conll((word, i) => `${word}\t${isName(word) ? "PROPN" : i % 2 ? "VERB" : "NOUN"}`);
const both = (content: string, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, content]));

/** The official files of every benchmark, four rows each. */
const FILES: Readonly<Record<string, Record<string, string>>> = {
  MNLI: both(mnli, "MNLI/train.tsv", "MNLI/dev_matched.tsv"),
  QQP: both(
    pairs("id qid1 qid2 question1 question2 is_duplicate", (a, b, i) => [i, i, i, a, b, i % 2]),
    "QQP/train.tsv",
    "QQP/dev.tsv",
  ),
  QNLI: both(
    nli(["entailment", "not_entailment"], "index question sentence label"),
    "QNLI/train.tsv",
    "QNLI/dev.tsv",
  ),
  "SST-2": both(
    tsv([["sentence", "label"], ...SENTENCES.map(([a], i) => [`${a.toLowerCase()} `, i % 2])]),
    "SST-2/train.tsv",
    "SST-2/dev.tsv",
  ),
  CoLA: both(cola, "CoLA/train.tsv", "CoLA/dev.tsv"),
  "STS-B": both(sts, "STS-B/train.tsv", "STS-B/dev.tsv"),
  MRPC: both(
    "\ufeff" + pairs("Quality #1_ID #2_ID #1_String #2_String", (a, b, i) => [i % 2, i, i, a, b]),
    "MRPC/train.tsv",
    "MRPC/dev.tsv",
  ),
  RTE: both(nli(["entailment", "not_entailment"]), "RTE/train.tsv", "RTE/dev.tsv"),
  WNLI: both(nli(["0", "1"]), "WNLI/train.tsv", "WNLI/dev.tsv"),
  SWAG: both(swag, "SWAG/train.csv", "SWAG/val.csv"),
  SQuAD: both(squad(false), "squad/train-v1.1.json", "squad/dev-v1.1.json"),
  SQuAD2: both(squad(true), "squad2/train-v2.0.json", "squad2/dev-v2.0.json"),
  "CoNLL-2003": both(conll2003, "conll2003/eng.train", "conll2003/eng.testa"),
  "WNUT-2017": both(wnut, "wnut17/wnut17train.conll", "wnut17/emerging.dev.conll"),
  wikigold: both(wikigold, "wikigold/train.conll", "wikigold/test.conll"),
  "UD-EWT-POS": both(pos, "ud_ewt_pos/train.tsv", "ud_ewt_pos/test.tsv"),
};

const { tokenizer, config } = tinyBertFor([
  JSON.stringify(SENTENCES).replaceAll(/["[\]]/g, " ") +
  ' then she swims he sings it rains again what comes second in sentence ? , " 0 1 2 3',
]);

/** Reads, trains for some steps, and scores on what was trained on. */
async function trained(
  task: Task,
  folder: string,
  { sizes, ...settings }: { steps: number; learningRate: number; sizes?: Partial<BertConfig> },
) {
  const examples = await task.read(folder, "train");
  const dev = await task.read(folder, task.developmentSplit);
  const features = task.features(examples, tokenizer, { maxLength: 64 });
  const development = { examples: dev, features: task.features(dev, tokenizer, { maxLength: 64 }) };
  const model = newForTask(task, { ...config, ...sizes }, { random: createRandom(1) });
  const run = { task, model, features, development, batchSize: 4, dropout: false, ...settings };
  const losses: number[] = [];
  for await (const { loss } of fineTune(run)) losses.push(loss);
  const evaluation = await evaluate({ task, model, ...development });
  return { dev, model, losses, ...evaluation };
}

async function withFiles(files: Record<string, string>, then: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  for (const [name, content] of Object.entries(files)) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), content);
  }
  try {
    await then(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every benchmark has its official files here", () => {
  const named = TASKS.map(({ name }) => name).filter((name) => !name.startsWith("small_world_"));
  assertEquals(Object.keys(FILES).sort(), named.sort());
});

for (const [name, files] of Object.entries(FILES)) {
  Deno.test(`${name} is read from its official files, trained on, scored, and its predictions written and read again`, async () => {
    await useBackend({ prefer: "cpu" });
    const task = findTask(name);
    await withFiles(files, async (folder) => {
      const { dev, model, losses, scores, predictions } = await trained(task, folder, {
        steps: 2,
        learningRate: 1e-3,
      });
      assert(losses.every(Number.isFinite));
      assertEquals(Object.keys(scores).sort(), [...task.metrics].sort());
      assert(task.headline in scores);
      assertEquals(predictions.length, dev.length);
      const again = task.submission.read(task.submission.write(dev, predictions), "file", dev);
      assertEquals(task.score(dev, again), scores);
      const examples = dev.slice(0, 2);
      const some = await predict({ task, model, tokenizer, examples, maxLength: 64 });
      assertEquals(some.length, 2);
      model.dispose();
    });
  });
}

/** The least score, and the learning rate that a model of one layer needs for it. */
const BY_HEART: Readonly<Record<string, readonly [least: number, learningRate: number]>> = {
  RTE: [1, 2e-3],
  CoLA: [1, 5e-3],
  "STS-B": [0.99, 5e-3],
  SWAG: [1, 5e-3],
};

for (const [name, [least, learningRate]] of Object.entries(BY_HEART)) {
  Deno.test(`four rows of ${name} are learnt by heart`, async () => {
    await useBackend({ prefer: "cpu" });
    const task = findTask(name);
    await withFiles(FILES[name], async (folder) => {
      const { model, scores } = await trained(task, folder, { steps: 60, learningRate });
      const score = scores[task.headline];
      assert(score >= least, JSON.stringify(scores));
      model.dispose();
    });
  });
}

/**
 * Where the truth is a place or a tag, the least score is all of it. The four questions differ in one piece of
 * 35, which has to find its way to the answer through attention: with weights drawn as for a width of 768
 * (0.02), or as above (0.1), a model this narrow may stay at the loss of a guess among the four answers,
 * ln 4; 0.2 is about 1 / sqrt(32).
 */
const PLACES_BY_HEART = {
  SQuAD: 100,
  SQuAD2: 100,
  "CoNLL-2003": 1,
  "WNUT-2017": 1,
  wikigold: 1,
  "UD-EWT-POS": 1,
};

for (const [name, perfect] of Object.entries(PLACES_BY_HEART)) {
  Deno.test(`four rows of ${name} are learnt by heart, and every prediction is the truth`, async () => {
    await useBackend({ prefer: "wasm" });
    const task = findTask(name);
    await withFiles(FILES[name], async (folder) => {
      const { dev, model, losses, scores, predictions } = await trained(task, folder, {
        steps: 100,
        learningRate: 2e-3,
        sizes: { layers: 2, initializerRange: 0.2 },
      });
      assert(losses.at(-1)! < 0.05, `${losses.at(-1)}`);
      for (const [metric, score] of Object.entries(scores)) assertEquals(score, perfect, metric);
      assertEquals(predictions.map(said), dev.map(truth));
      model.dispose();
    });
  });
}

/** An answer by its text, tags as they are. */
const said = (prediction: TaskPrediction) =>
  typeof prediction === "object" && "text" in prediction
    ? (prediction as SpanPrediction).text
    : prediction;

const truth = (example: TaskExample) =>
  "answers" in example
    ? example.answers[0]?.text ?? ""
    : "tags" in example
    ? example.tags
    : undefined;
