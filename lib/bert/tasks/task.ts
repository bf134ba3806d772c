// T places of a sequence, K classes, C choices
import type { BertTokenizer } from "../tokenizer.ts";
import type { Encoding } from "../encoding.ts";

/** A text or a pair of texts and what is to be said of it: Devlin 2019, Fig. 4 (a) and (b). */
export interface SentenceExample {
  /** As submissions name it: in GLUE the number of the row, from 0. */
  readonly id: string;
  readonly a: string;
  /** The second text of a pair. */
  readonly b?: string;
  /** One of the task's labels, or a number in a regression; absent in test files. */
  readonly label?: string | number;
}

/** A text and C ways to go on, one of them right: SWAG, Sect. 4.4. */
export interface ChoiceExample {
  readonly id: string;
  readonly a: string;
  /** [C] every one is a sentence B of its own. */
  readonly choices: readonly string[];
  /** Which of the choices is right, from 0; absent in test files. */
  readonly label?: number;
}

/** Where an answer stands: `context.slice(start, start + text.length) === text`. */
export interface Answer {
  readonly text: string;
  /** In UTF-16 units, as TypeScript counts; files that count code points are converted. */
  readonly start: number;
}

/** A question about a passage: SQuAD, Fig. 4 (c). */
export interface SpanExample {
  readonly id: string;
  readonly context: string;
  readonly question: string;
  /** What people answered; several may be right. None: the passage has no answer (v2.0). */
  readonly answers: readonly Answer[];
  /** The article. */
  readonly title?: string;
}

/** A sentence as words, and a tag for each: Fig. 4 (d). */
export interface TaggingExample {
  readonly id: string;
  readonly words: readonly string[];
  /** One for each word; absent in test files. */
  readonly tags?: readonly string[];
  /** Sentences with the same number are neighbours in one document. */
  readonly document?: number;
}

/** What a task asks about. */
export type TaskExample = SentenceExample | ChoiceExample | SpanExample | TaggingExample;

/** What a {@linkcode SpanTask} answers. */
export interface SpanPrediction {
  /** A piece of the passage, or "" for "there is no answer". */
  readonly text: string;
  /** Where `text` begins in the passage; absent when read from a file, or without an answer. */
  readonly start?: number;
  /** The best answers with a text, best first; their probabilities sum to 1 (with the null answer's in v2.0). */
  readonly nBest?: readonly (Answer & { readonly score: number; readonly probability: number })[];
  /** Score of "no answer" minus that of the best answer with a text. */
  readonly nullScore?: number;
}

/** A label or a number; the number of a choice; an answer; one tag for each word. */
export type TaskPrediction = string | number | SpanPrediction | readonly string[];

/** Which layer reads the encoder's output, and what its numbers mean. */
export type TaskHead =
  /** Pooled [CLS] to K logits. */
  | { readonly kind: "classes"; readonly labels: readonly string[] }
  /** Pooled [CLS] to one number; trained by the squared error. */
  | { readonly kind: "number"; readonly range: readonly [least: number, most: number] }
  /** Pooled [CLS] of every choice to one logit. */
  | { readonly kind: "choice"; readonly choices: number }
  /** Every piece to a start and an end logit. `noAnswer`: place 0 stands for "there is none" (v2.0). */
  | { readonly kind: "span"; readonly noAnswer: boolean }
  /** Every piece to K logits; the first piece of a word counts. */
  | { readonly kind: "tags"; readonly labels: readonly string[] };

/** A target that does not count, as PyTorch has it and `sparseCrossEntropy` expects. */
export const IGNORED = -100;

/** What the model reads for one example, or for one window of it. */
export interface Feature {
  /** Which example it belongs to. */
  readonly example: number;
  /** One sequence, not padded; for a choice C of them. */
  readonly encodings: readonly Encoding[];
  /**
   * What is to come out, absent where the example has no label:
   *
   * | head | targets |
   * |---|---|
   * | `classes`, `choice` | [1] the number of the right one |
   * | `number` | [1] the number |
   * | `span` | [2] the places of the answer's first and last piece; 0, 0 if it is not in this window |
   * | `tags` | [T] the number of the tag at a word's first piece, {@linkcode IGNORED} elsewhere |
   */
  readonly targets?: readonly number[];
}

/** How examples become {@linkcode Feature}s. Absent values are the task's own defaults. */
export interface FeatureOptions {
  /** Most pieces of a sequence. Default 128; for spans 384. */
  readonly maxLength?: number;
  /** Spans: how many pieces further the next window of a passage begins. Default 128. */
  readonly stride?: number;
  /** Spans: most pieces of the question. Default 64. */
  readonly maxQuestionLength?: number;
  /** Tagging: fills the sequence with neighbouring sentences of the same document. Default false. */
  readonly documentContext?: boolean;
}

/** How logits become predictions. */
export interface PredictOptions {
  /** Spans: most starts and ends looked at. Default 20. */
  readonly nBest?: number;
  /** Spans: most pieces of an answer. Default 30. */
  readonly maxAnswerLength?: number;
  /** Spans, v2.0: "no answer" is said if its score is better by more than this. Default 0. */
  readonly nullThreshold?: number;
}

/** The numbers of a metric by its name. */
export type Scores = Readonly<Record<string, number>>;

/** Predictions as a file of the benchmark. */
export interface Submission<Example, Prediction> {
  /** The name that the benchmark expects, for example "MRPC.tsv". */
  fileName(split: string): string;
  /** The file's content. */
  write(examples: readonly Example[], predictions: readonly Prediction[]): string;
  /** Files that go with it, content by name: for SQuAD 2.0 how sure the model is that there is no answer. */
  beside?(
    split: string,
    examples: readonly Example[],
    predictions: readonly Prediction[],
  ): Readonly<Record<string, string>>;
  /**
   * Reads such a file again, in the order of the examples.
   *
   * @param path for the sentences of errors
   * @throws {TaskFileError} with the line, if the file is not of this form or its ids are not the examples'
   */
  read(text: string, path: string, examples: readonly Example[]): Prediction[];
}

/**
 * Everything that fine-tuning and scoring must know about a task. Make one with `sentenceTask`,
 * `choiceTask`, `spanTask` or `taggingTask`: a name, where the columns are, which labels there are.
 */
export interface Task<
  Example extends TaskExample = TaskExample,
  Prediction extends TaskPrediction = TaskPrediction,
> {
  /** As the benchmark spells it, for example "MRPC". */
  readonly name: string;
  /** What is asked, in one sentence. */
  readonly title: string;
  /** Devlin 2019, Fig. 4: (a) pair, (b) single, (c) span, (d) tagging; choice is SWAG's form of (a). */
  readonly family: "pair" | "single" | "span" | "tagging" | "choice";
  readonly head: TaskHead;
  /** The names that {@linkcode Task.read} knows; "train" is always one. */
  readonly splits: readonly string[];
  /** Which of them scores are taken on while a model is being made: "dev" where there is one. */
  readonly developmentSplit: string;
  /** The keys of {@linkcode Task.score}. */
  readonly metrics: readonly string[];
  /** Which of them a table of results prints. Higher is better for all. */
  readonly headline: string;
  /**
   * Reads the official files or Hugging Face's parquet files, whichever are there.
   *
   * @param folder where the files lie; also found are the benchmark's own folders below it ("glue/MRPC", "MRPC")
   * @param split one of {@linkcode Task.splits}, or the name of a file in the folder
   * @throws {TaskFileError} with the file, the line, what was found and what was expected
   */
  read(folder: string, split: string): Promise<readonly Example[]>;
  /** What the model reads; for spans and long sentences more than one feature for an example. */
  features(
    examples: readonly Example[],
    tokenizer: BertTokenizer,
    options?: FeatureOptions,
  ): Feature[];
  /**
   * What the model says.
   *
   * @param features of these examples
   * @param logits for every feature: [K], [1] or [C]; for spans T start logits, then T end logits; for
   *   tags [T, K]. T may be longer than the feature (padding).
   * @returns one for each example
   */
  predict(
    examples: readonly Example[],
    features: readonly Feature[],
    logits: readonly Float32Array[],
    options?: PredictOptions,
  ): Prediction[];
  /**
   * How good the predictions are.
   *
   * @throws {RangeError} if there is not one for each example, or an example has no label
   */
  score(examples: readonly Example[], predictions: readonly Prediction[]): Scores;
  readonly submission: Submission<Example, Prediction>;
}

/** A text or a pair of texts to a class or a number. */
export type SentenceTask = Task<SentenceExample, string | number>;
/** Which of C continuations is right. */
export type ChoiceTask = Task<ChoiceExample, number>;
/** Where in the passage the answer stands. */
export type SpanTask = Task<SpanExample, SpanPrediction>;
/** A tag for every word. */
export type TaggingTask = Task<TaggingExample, readonly string[]>;
