/**
 * `deno task train bert`: pre-trains a BERT from nothing, on generated or on real text (`--pretrain`), or
 * fine-tunes one for a task (`--task`, in fine_tune.ts).
 *
 * @module
 */
import { join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import {
  BERT_PRESETS,
  type BertConfig,
  bertConfig,
  BertForPreTraining,
  BertTokenizer,
  countWords,
  createPretrainingExamples,
  evaluatePretraining,
  pretrain,
  type PretrainingStep,
  sinusoidalPositions,
  splitDocuments,
  tokenizeDocuments,
  trainWordPiece,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { createSmallWorld } from "../../lib/datasets/mod.ts";
import { writeFileAtomic } from "../../lib/io/mod.ts";
import { countParameters } from "../../lib/nn/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";
import { asProblem, inWords, Problem } from "../command.ts";
import { type Flags, numberOf, optionsOf, textOf } from "../flags.ts";
import type { Subcommand } from "../subcommand.ts";
import { listenForCtrlC } from "./ctrl_c.ts";
import { FINE_TUNE_OPTIONS, FINE_TUNE_USAGE, runFineTune } from "./fine_tune.ts";

const USAGE = `deno task train bert --pretrain [options]

Pre-trains a BERT (masked language model and next sentence) and writes config.json, model.safetensors,
vocab.txt and a card into a folder that BertModel.load and Hugging Face read. Ctrl-C stops after the
step in progress and exits 130; the same command goes on from there.

  --corpus WHAT,...   folders of text files, one sentence a line, an empty line between documents; or
                      files in SQuAD's JSON, whose passages are taken; "small_world" (default) is
                      generated
  --out DIR           where to (default build/bert)
  --config NAME       ${Object.keys(BERT_PRESETS).join(", ")} (default tiny)
  --layers N --hidden N --heads N   instead of the preset's
  --positions N       places of the position table (default: --length)
  --start DIR         begin with the model and the vocabulary of DIR, pre-trained before; as in the paper, whose
                      last tenth of the steps has longer sequences. DIR needs --positions for the longest
  --vocab FILE        a vocab.txt; otherwise one is trained on the corpus:
  --vocab-size N      so many pieces (default 8192; small_world 700)
  --cased             keep capitals and accents
  --length N          pieces an example (default 64)
  --predictions N     hidden pieces an example at most (default 10)
  --masked-share X    share of the pieces that are hidden, up to --predictions (default 0.15, the paper's)
  --whole-word        hide whole words
  --duplicates N      times through the corpus, hidden anew each time (default 5)
  --batch N           examples a step (default 32)
  --steps N           (default 2000)
  --learning-rate X   the peak (default 1e-3)
  --warmup N          steps to the peak (default a third: without bias correction BERT's Adam
                      takes up to six times the step that the rate says at first)
  --dropout X         (default 0.1)
  --init X            standard deviation of the first weights (default 0.02)
  --sinusoids N       begin the position table with sinusoids of wavelengths 2 pi to 2 pi N in place of random
                      numbers (Vaswani 2017: 10000)
  --seed N            decides everything (default 1)
  --held-out X        share of the documents that is kept for measuring (default 0.05)
  --every N           steps between two reports (means of these steps) and two checkpoints (default 100)
  --half              write 16-bit weights
  --json              print the result as JSON

${FINE_TUNE_USAGE}`;

/** The options of pre-training. */
const PRETRAIN_OPTIONS = optionsOf(
  ["pretrain", "cased", "whole-word", "half"],
  [
    ...["corpus", "out", "config", "layers", "hidden", "heads", "vocab", "vocab-size", "positions"],
    ...[
      "start",
      "length",
      "predictions",
      "duplicates",
      "batch",
      "steps",
      "learning-rate",
      "warmup",
    ],
    ...["dropout", "init", "masked-share", "sinusoids", "seed", "held-out", "every"],
  ],
);

/** `deno task train bert`. */
export const bert: Subcommand = {
  summary: "pre-train a BERT from nothing, or fine-tune one for a task",
  usage: USAGE,
  options: { ...PRETRAIN_OPTIONS, ...FINE_TUNE_OPTIONS },
  run,
};

/** @throws {Problem} if an option was given that the other half of this sub-command has */
function requireOwn(flags: Flags, own: object, half: string) {
  for (const name of Object.keys(flags)) {
    if (name === "json" || Object.hasOwn(own, name)) continue;
    throw new Problem(`--${name} does not go with --${half}; --help lists the options of both`);
  }
}

async function run(flags: Flags, note: (sentence: string) => void) {
  if (flags.task !== undefined) {
    requireOwn(flags, FINE_TUNE_OPTIONS, "task");
    return await runFineTune(flags, note);
  }
  if (!flags.pretrain) {
    throw new Problem(
      `say what to do: deno task train bert --pretrain or --task NAME; --help lists the options`,
    );
  }
  requireOwn(flags, PRETRAIN_OPTIONS, "pretrain");
  // All options first: a mistake in one shows before any work is done.
  const out = textOf(flags, "out", join("build", "bert"));
  const corpus = textOf(flags, "corpus", "small_world");
  const seed = numberOf(flags, "seed", 1);
  const steps = numberOf(flags, "steps", 2000);
  const every = numberOf(flags, "every", 100);
  const duplicates = numberOf(flags, "duplicates", 5);
  const heldOut = numberOf(flags, "held-out", 0.05);
  const vocabularySize = numberOf(flags, "vocab-size", corpus === "small_world" ? 700 : 8192);
  const optimisation = {
    batchSize: numberOf(flags, "batch", 32),
    steps,
    learningRate: numberOf(flags, "learning-rate", 1e-3),
    warmup: numberOf(flags, "warmup", Math.ceil(steps / 3)),
    seed,
  };
  const sizes = {
    maxLength: numberOf(flags, "length", 64),
    maxPredictions: numberOf(flags, "predictions", 10),
    maskedShare: numberOf(flags, "masked-share", 0.15),
    wholeWord: flags["whole-word"] === true,
  };
  const start = await startOf(flags, sizes.maxLength);
  const configFor = configOf(flags, numberOf(flags, "positions", sizes.maxLength));

  const random = createRandom(seed);
  const read = await readCorpus(corpus, seed);
  const backend = await useBackend();
  note(`backend ${backend.name}: ${backend.reason}`);
  const documents = random.fork("split").shuffle(read);
  const held = Math.max(1, Math.round(documents.length * heldOut));
  if (documents.length < 4 || held >= documents.length) {
    throw new Problem(`${corpus} has ${documents.length} documents, too few to keep ${held} aside`);
  }
  const [testing, training] = [documents.slice(0, held), documents.slice(held)];
  const sentences = training.flat();
  note(
    `corpus ${corpus}: ${documents.length} documents, ${sentences.length} sentences to train on`,
  );

  const lowercase = !flags.cased;
  const vocabulary = start?.vocabulary ??
    await vocabularyOf(flags, sentences, lowercase, vocabularySize);
  const tokenizer = new BertTokenizer(vocabulary, { lowercase });
  const make = (texts: string[][], duplicates: number) =>
    createPretrainingExamples(
      tokenizeDocuments(texts, tokenizer),
      tokenizer,
      random.fork(`examples ${duplicates}`),
      { ...sizes, duplicates },
    );
  const examples = make(training, duplicates);
  const unseen = make(testing, 1);
  note(
    `vocabulary ${vocabulary.size} pieces; ${examples.length} examples, ${unseen.length} held out`,
  );

  const model = start?.model ?? newModel(flags, configFor(vocabulary.size), random);
  const { config } = model;
  note(
    `model L${config.layers} H${config.hiddenSize} A${config.heads}: ${
      countParameters(model.parameters).toLocaleString("en")
    } parameters`,
  );

  await Deno.mkdir(out, { recursive: true });
  const ctrlC = listenForCtrlC();
  const started = performance.now();
  let begun: number | undefined;
  let last = 0;
  let recent: PretrainingStep[] = [];
  for await (
    const step of pretrain({
      model,
      examples,
      sizes,
      ...optimisation,
      checkpoint: { path: join(out, "checkpoint.safetensors"), every },
      signal: ctrlC.signal,
    })
  ) {
    begun ??= step.step - 1;
    last = step.step;
    recent.push(step);
    if (step.step % every !== 0) continue;
    const mean = (of: (step: PretrainingStep) => number) =>
      recent.reduce((sum, step) => sum + of(step), 0) / recent.length;
    const seconds = (performance.now() - started) / 1000;
    const left = seconds / (step.step - begun) * (steps - step.step);
    note(
      `step ${step.step}: masked ${mean((s) => s.mlmLoss).toFixed(3)} ` +
        `(${percent(mean((s) => s.mlmAccuracy))}), ` +
        `next sentence ${mean((s) => s.nextSentenceLoss!).toFixed(3)} ` +
        `(${percent(mean((s) => s.nextSentenceAccuracy!))}), ` +
        `${(1000 * seconds / (step.step - begun)).toFixed(0)} ms a step, about ${
          inWords(left)
        } left`,
    );
    recent = [];
  }
  ctrlC.exitIfPressed(note);
  const scores = await evaluatePretraining(model, unseen, { sizes });
  await model.save(out, { dtype: flags.half ? "F16" : "F32" });
  const write = (name: string, text: string) =>
    writeFileAtomic(join(out, name), new TextEncoder().encode(text));
  await write("vocab.txt", vocabulary.toText());
  await write("tokenizer_config.json", JSON.stringify({ do_lower_case: lowercase }) + "\n");
  const json = {
    out,
    corpus,
    steps: last || steps,
    parameters: countParameters(model.parameters),
    config,
    heldOut: scores,
    backend: backend.name,
  };
  const text =
    `masked pieces ${percent(scores.mlmAccuracy)} right (loss ${scores.mlmLoss.toFixed(3)}), ` +
    `next sentence ${
      percent(scores.nextSentenceAccuracy!)
    } right, on ${unseen.length} held-out examples. ` +
    `Written to ${out}.`;
  await write("README.md", card(json, Deno.args, unseen.length));
  return { json, text };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Documents, each a list of sentences. */
async function readCorpus(corpus: string, seed: number): Promise<string[][]> {
  if (corpus === "small_world") {
    const random = createRandom(seed);
    return createSmallWorld(random.fork("world"), { people: 40, towns: 8 })
      .documents(2000, random.fork("documents"));
  }
  const parts = corpus.split(",").map((path) =>
    path.endsWith(".json") ? squadPassages(path) : textFolder(path)
  );
  return (await Promise.all(parts)).flat();
}

async function textFolder(folder: string): Promise<string[][]> {
  const files: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile && name.endsWith(".txt")) files.push(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Problem(`--corpus ${folder} is not there: expected a folder of .txt files`);
  }
  if (files.length === 0) throw new Problem(`--corpus ${folder} holds no .txt file`);
  const texts = await Promise.all(files.sort().map((file) => Deno.readTextFile(file)));
  return texts.flatMap(splitDocuments);
}

/** The passages of a file in SQuAD's layout: an article is a document, Unicode's rules (UAX 29) end a sentence. */
async function squadPassages(file: string): Promise<string[][]> {
  let articles: { paragraphs: { context: string }[] }[];
  try {
    articles = JSON.parse(await Deno.readTextFile(file)).data;
    if (!articles.every((a) => a.paragraphs.every((p) => typeof p.context === "string"))) throw 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Problem(`--corpus ${file} is not there`);
    throw new Problem(
      `--corpus ${file} is not in SQuAD's layout: { data: [{ paragraphs: [{ context }] }] }`,
    );
  }
  const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
  return articles.map(({ paragraphs }) =>
    paragraphs.flatMap(({ context }) =>
      [...sentences.segment(context)].map((s) => s.segment.trim())
    )
      .filter((sentence) => sentence !== "")
  );
}

/** What `--start` names. */
async function startOf(flags: Flags, maxLength: number) {
  if (typeof flags.start !== "string") return undefined;
  const given = ["config", "layers", "hidden", "heads", "vocab", "vocab-size", "positions"]
    .concat("dropout", "init", "sinusoids").find((name) => flags[name] !== undefined);
  if (given !== undefined) {
    throw new Problem(`--${given} and --start ${flags.start} exclude each other: it has its own`);
  }
  const model = await BertForPreTraining.load(flags.start).catch(asProblem);
  if (model.config.maxPositions < maxLength) {
    throw new Problem(
      `--length is ${maxLength}, but the position table of ${flags.start} ends at ` +
        `${model.config.maxPositions}: pre-train it with --positions ${maxLength}`,
    );
  }
  const vocabulary = await Vocabulary.fromText(join(flags.start, "vocab.txt")).catch(asProblem);
  return { model, vocabulary };
}

async function vocabularyOf(
  flags: Flags,
  sentences: string[],
  lowercase: boolean,
  vocabularySize: number,
) {
  if (typeof flags.vocab === "string") return await Vocabulary.fromText(flags.vocab);
  return trainWordPiece(countWords(sentences, { lowercase }), { vocabularySize });
}

/** Reads the sizes; the vocabulary's is known later. */
function configOf(flags: Flags, maxPositions: number): (vocabSize: number) => BertConfig {
  const name = textOf(flags, "config", "tiny");
  if (!Object.hasOwn(BERT_PRESETS, name)) {
    throw new Problem(`--config ${name} is none of ${Object.keys(BERT_PRESETS).join(", ")}`);
  }
  const preset = BERT_PRESETS[name as keyof typeof BERT_PRESETS];
  const dropout = numberOf(flags, "dropout", 0.1);
  const sizes = {
    maxPositions,
    layers: numberOf(flags, "layers", preset.layers),
    hiddenSize: numberOf(flags, "hidden", preset.hiddenSize),
    heads: numberOf(flags, "heads", preset.heads),
    hiddenDropout: dropout,
    attentionDropout: dropout,
    initializerRange: numberOf(flags, "init", 0.02),
  };
  return (vocabSize) => bertConfig({ ...sizes, vocabSize });
}

function newModel(flags: Flags, config: BertConfig, random: Random): BertForPreTraining {
  const model = new BertForPreTraining(config, { random });
  if (flags.sinusoids !== undefined) {
    const table = sinusoidalPositions(config.maxPositions, config.hiddenSize, {
      std: config.initializerRange,
      base: numberOf(flags, "sinusoids", 10_000),
    });
    model.parameters.get("bert.embeddings.position_embeddings.weight")!.assign(table);
    table.dispose();
  }
  return model;
}

function card(
  { corpus, steps, parameters, config, heldOut }: {
    corpus: string;
    steps: number;
    parameters: number;
    config: BertConfig;
    heldOut: { mlmLoss: number; mlmAccuracy: number; nextSentenceAccuracy?: number };
  },
  command: readonly string[],
  examples: number,
): string {
  const of = corpus === "small_world" ? "the generated small world" : "the text files of a folder";
  return `# A BERT with ${config.layers} layers of ${config.hiddenSize}

Pre-trained from nothing on ${of}, ${steps} steps, ${
    parameters.toLocaleString("en")
  } parameters, ${config.vocabSize} word pieces.
Made by

    deno task train ${command.join(" ")}

| on ${examples} held-out examples | |
|---|---|
| hidden pieces guessed | ${percent(heldOut.mlmAccuracy)} |
| masked language model, cross-entropy | ${heldOut.mlmLoss.toFixed(3)} |
| next sentence told right | ${percent(heldOut.nextSentenceAccuracy!)} |

It knows nothing beyond its corpus.
`;
}
