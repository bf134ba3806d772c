/*
 * The nine tasks of GLUE (Wang 2018) in their official layouts. Their quirks: CoLA's train and dev have
 * no header, its test has one; MRPC begins with a byte-order mark and its quotation marks are text (so
 * are they everywhere); SST-2's sentences end with a space; MNLI has a column for every annotator before
 * `gold_label`; test files have no label.
 */
import { mrpcFiles } from "./mrpc.ts";
import { sentenceFiles, type SentenceLayout, sentenceTask } from "./sentence_task.ts";
import type { SentenceAnswer, SentenceTaskOptions } from "./sentence_task.ts";
import type { SentenceTask } from "./task.ts";

interface GlueRecord extends Pick<SentenceTaskOptions, "name" | "title" | "submissionFiles"> {
  readonly answer: SentenceAnswer;
  /** The folder on Hugging Face's hub. */
  readonly hub: string;
  readonly columns: SentenceLayout["columns"];
  readonly files?: SentenceLayout["files"];
  readonly hubSplits?: SentenceLayout["hubSplits"];
  readonly brokenShare?: SentenceLayout["brokenShare"];
  /** Folders beside those of the task's name. */
  readonly folders?: readonly string[];
  /** How the files are read. Default {@linkcode sentenceFiles}. */
  readonly reader?: typeof sentenceFiles;
}

function glueTask(record: GlueRecord): SentenceTask {
  const { columns, files, hub, hubSplits, brokenShare, folders = [], ...others } = record;
  const { reader = sentenceFiles, ...rest } = others;
  const { name, answer } = rest;
  return sentenceTask({
    ...rest,
    family: columns.b ? "pair" : "single",
    source: reader(answer, {
      folders: [name, `glue/${name}`, hub, `glue/${hub}`, ...folders],
      files: files ?? { train: "train.tsv", dev: "dev.tsv", test: "test.tsv" },
      ...(hubSplits ? { hubSplits } : {}),
      brokenShare,
      columns,
    }),
  });
}

const PAIR = { a: ["sentence1"], b: ["sentence2"], label: ["label"] } as const;

/**
 * Does the premise entail the hypothesis? Multi-Genre NLI (Williams 2018).
 *
 * The split "ax" is GLUE's diagnostic set (Wang 2018, Sect. 3.4), which has no training set and is answered by
 * the model of MNLI: `AX.tsv` or `diagnostic.tsv` without labels, or `diagnostic-full.tsv` with them. GLUE
 * scores it by Matthews' correlation of the three classes, the others by accuracy.
 */
export const MNLI: SentenceTask = glueTask({
  name: "MNLI",
  title: "Does the second sentence follow from the first, contradict it, or neither?",
  answer: {
    labels: ["entailment", "neutral", "contradiction"],
    metrics: ["accuracy", "matthews_correlation"],
  },
  hub: "mnli",
  folders: ["AX", "diagnostic", "ax"].flatMap((name) => [name, `glue/${name}`]),
  files: {
    train: "train.tsv",
    dev: "dev_matched.tsv",
    dev_mismatched: "dev_mismatched.tsv",
    test: "test_matched.tsv",
    test_mismatched: "test_mismatched.tsv",
    ax: ["AX.tsv", "diagnostic.tsv", "diagnostic-full.tsv"],
  },
  hubSplits: {
    dev: "validation_matched",
    dev_mismatched: "validation_mismatched",
    test: "test_matched",
    ax: "test",
  },
  columns: {
    a: ["sentence1", "premise", "Premise"],
    b: ["sentence2", "hypothesis", "Hypothesis"],
    label: ["gold_label", "label", "Label"],
  },
  submissionFiles: {
    dev: "MNLI-m.tsv",
    test: "MNLI-m.tsv",
    dev_mismatched: "MNLI-mm.tsv",
    test_mismatched: "MNLI-mm.tsv",
    ax: "AX.tsv",
  },
});

/**
 * Do two questions on Quora ask the same? (Chen 2018)
 *
 * A few rows of the official `train.tsv` have too few columns
 * (https://github.com/nyu-mll/GLUE-baselines/issues/5); they are left out, as others do.
 */
export const QQP: SentenceTask = glueTask({
  name: "QQP",
  title: "Do the two questions ask the same?",
  answer: {
    labels: ["not_duplicate", "duplicate"],
    written: ["0", "1"],
    metrics: ["f1", "accuracy"],
  },
  hub: "qqp",
  columns: { a: ["question1"], b: ["question2"], label: ["is_duplicate", "label"] },
  brokenShare: 1e-3,
});

/** Does the sentence hold the answer? SQuAD, made a classification. */
export const QNLI: SentenceTask = glueTask({
  name: "QNLI",
  title: "Does the sentence answer the question?",
  answer: { labels: ["entailment", "not_entailment"], metrics: ["accuracy"] },
  hub: "qnli",
  columns: { a: ["question"], b: ["sentence"], label: ["label"] },
});

/** How similar are two sentences? The Semantic Textual Similarity benchmark (Cer 2017): a regression. */
export const STS_B: SentenceTask = glueTask({
  name: "STS-B",
  title: "How similar in meaning are the two sentences, from 0 to 5?",
  answer: { range: [0, 5], metrics: ["spearman", "pearson"] },
  hub: "stsb",
  columns: { ...PAIR, label: ["score", "label"] },
});

/**
 * Are two sentences paraphrases? Microsoft Research Paraphrase Corpus (Dolan and Brockett 2005), in GLUE's
 * files or in the original ones with GLUE's `dev_ids.tsv`.
 */
export const MRPC: SentenceTask = glueTask({
  name: "MRPC",
  title: "Do the two sentences say the same?",
  answer: {
    labels: ["not_equivalent", "equivalent"],
    written: ["0", "1"],
    metrics: ["f1", "accuracy"],
  },
  hub: "mrpc",
  reader: mrpcFiles,
  columns: {
    a: ["#1 String", "sentence1"],
    b: ["#2 String", "sentence2"],
    label: ["Quality", "label"],
  },
});

/** Does the second follow from the first? Recognizing Textual Entailment (Bentivogli 2009). */
export const RTE: SentenceTask = glueTask({
  name: "RTE",
  title: "Does the second sentence follow from the first?",
  answer: { labels: ["entailment", "not_entailment"], metrics: ["accuracy"] },
  hub: "rte",
  columns: PAIR,
});

/**
 * Winograd's pronouns as entailments (Levesque 2011). Devlin 2019 leaves it out (Sect. 4.1, footnote):
 * its dev set is made so that the majority class scores better than what the training set teaches.
 */
export const WNLI: SentenceTask = glueTask({
  name: "WNLI",
  title: "Does the sentence hold with the pronoun replaced by that noun?",
  answer: {
    labels: ["not_entailment", "entailment"],
    written: ["0", "1"],
    metrics: ["accuracy"],
  },
  hub: "wnli",
  columns: PAIR,
});

/** Is the review's phrase positive? Stanford Sentiment Treebank (Socher 2013). */
export const SST_2: SentenceTask = glueTask({
  name: "SST-2",
  title: "Is the sentence of a film review positive?",
  answer: { labels: ["negative", "positive"], written: ["0", "1"], metrics: ["accuracy"] },
  hub: "sst2",
  columns: { a: ["sentence"], label: ["label"] },
});

/** Is it English? Corpus of Linguistic Acceptability (Warstadt 2018). */
export const COLA: SentenceTask = glueTask({
  name: "CoLA",
  title: "Is the sentence acceptable English?",
  answer: {
    labels: ["unacceptable", "acceptable"],
    written: ["0", "1"],
    metrics: ["matthews_correlation", "accuracy"],
  },
  hub: "cola",
  columns: { a: ["sentence", 3], label: ["label", 1] },
});

/** The tasks of GLUE, in the order of the paper's Table 1, then WNLI. */
export const GLUE_TASKS: readonly SentenceTask[] = [
  MNLI,
  QQP,
  QNLI,
  SST_2,
  COLA,
  STS_B,
  MRPC,
  RTE,
  WNLI,
];
