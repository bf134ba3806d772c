// B batch, T places of a sequence, H hidden size, K classes, C choices
import { join } from "@std/path";
import { tf } from "../backend/mod.ts";
import { dropout } from "../nn/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { BertForwardOptions, BertOutput } from "./bert_model.ts";
import { buildFromCheckpoint } from "./checkpoint.ts";
import { type BertConfig, readLabels } from "./config.ts";
import type { Encoding } from "./encoding.ts";
import type { BertInput } from "./input.ts";
import { Dense } from "./layers.ts";
import { BertWithHead, freshScope, type WithHeadOptions } from "./with_head.ts";

/** How a classifier is made. */
export interface ClassifierOptions extends WithHeadOptions {
  /** Names of the classes, in order, or how many there are. One class means a regression. */
  readonly labels: readonly string[] | number;
}

/** How a classifier is read. */
export type LoadClassifierOptions = Partial<ClassifierOptions>;

/** The encoder's outputs and one row of logits per text. */
export interface ClassifierOutput extends BertOutput {
  /** Sequence classification [B, K], token classification [B, T, K], multiple choice [B, C]. */
  readonly logits: tf.Tensor;
}

/** The encoder's outputs and two numbers per place. */
export interface SpanOutput extends BertOutput {
  /** [B, T]: does the answer start here? */
  readonly startLogits: tf.Tensor2D;
  /** [B, T]: does it end here? */
  readonly endLogits: tf.Tensor2D;
}

const labelNames = (labels: readonly string[] | number): readonly string[] =>
  typeof labels === "number" ? Array.from({ length: labels }, (_, i) => `LABEL_${i}`) : labels;

async function loadClassifier<M extends BertWithHead<unknown>>(
  folder: string,
  options: LoadClassifierOptions,
  Model: new (
    config: BertConfig,
    options: ClassifierOptions,
    scope: ReturnType<typeof freshScope>,
  ) => M,
): Promise<M> {
  const { random = createRandom(0) } = options;
  const named = options.labels ?? await readLabels(join(folder, "config.json"));
  return await buildFromCheckpoint(folder, "", random, (scope, { config, tensors }) => {
    const labels = named ?? tensors.get("classifier.weight")?.shape[0];
    if (labels === undefined) {
      throw new Error(
        `${folder} has no classifier: say how many classes it is to get, load(folder, { labels: 2 })`,
      );
    }
    return new Model(config, { random, labels }, scope);
  });
}

/**
 * A class, or a number, for a text or a pair of texts (Devlin 2019, Fig. 4 a and b): a dense layer on the
 * pooled [CLS].
 */
export class BertForSequenceClassification extends BertWithHead<ClassifierOutput> {
  readonly architecture = "BertForSequenceClassification";
  override readonly labels: readonly string[];
  readonly #classifier: Dense;

  /** A new model, or one in a scope that holds its values. */
  constructor(config: BertConfig, options: ClassifierOptions, scope = freshScope(config, options)) {
    super(config, true, scope);
    this.labels = labelNames(options.labels);
    this.#classifier = new Dense(scope.at("classifier"), config.hiddenSize, this.labels.length);
  }

  /** Reads a folder; without a classifier there it is new, and `labels` is needed. */
  static load(folder: string, options: LoadClassifierOptions = {}) {
    return loadClassifier(folder, options, BertForSequenceClassification);
  }

  forward(input: BertInput | Encoding, options: BertForwardOptions = {}): ClassifierOutput {
    return tf.tidy(() => {
      const output = this.bert.forward(input, options);
      const pooled = dropout(output.pooled!, this.config.hiddenDropout, options); // [B, H]
      return { ...output, logits: this.#classifier.forward(pooled) }; // [B, K]
    });
  }
}

/** A class for every piece (Devlin 2019, Fig. 4 d): a dense layer on every last hidden state. */
export class BertForTokenClassification extends BertWithHead<ClassifierOutput> {
  readonly architecture = "BertForTokenClassification";
  override readonly labels: readonly string[];
  readonly #classifier: Dense;

  /** A new model, or one in a scope that holds its values. */
  constructor(config: BertConfig, options: ClassifierOptions, scope = freshScope(config, options)) {
    super(config, false, scope);
    this.labels = labelNames(options.labels);
    this.#classifier = new Dense(scope.at("classifier"), config.hiddenSize, this.labels.length);
  }

  /** Reads a folder; without a classifier there it is new, and `labels` is needed. */
  static load(folder: string, options: LoadClassifierOptions = {}) {
    return loadClassifier(folder, options, BertForTokenClassification);
  }

  forward(input: BertInput | Encoding, options: BertForwardOptions = {}): ClassifierOutput {
    return tf.tidy(() => {
      const output = this.bert.forward(input, options);
      const hidden = dropout(output.lastHiddenState, this.config.hiddenDropout, options); // [B, T, H]
      return { ...output, logits: this.#classifier.forward(hidden) }; // [B, T, K]
    });
  }
}

/**
 * Where in the passage the answer stands (Devlin 2019, Sect. 4.2 and Fig. 4 c): the products of every
 * last hidden state with a start vector S and an end vector E.
 */
export class BertForQuestionAnswering extends BertWithHead<SpanOutput> {
  readonly architecture = "BertForQuestionAnswering";
  readonly #outputs: Dense; // rows S and E

  /** A new model, or one in a scope that holds its values. */
  constructor(config: BertConfig, options: WithHeadOptions, scope = freshScope(config, options)) {
    super(config, false, scope);
    this.#outputs = new Dense(scope.at("qa_outputs"), config.hiddenSize, 2);
  }

  /** Reads a folder; a head that it lacks is new, see `loaded.missing`. */
  static load(
    folder: string,
    options: Partial<WithHeadOptions> = {},
  ): Promise<BertForQuestionAnswering> {
    const { random = createRandom(0) } = options;
    return buildFromCheckpoint(
      folder,
      "",
      random,
      (scope, { config }) => new BertForQuestionAnswering(config, { random }, scope),
    );
  }

  forward(input: BertInput | Encoding, options: BertForwardOptions = {}): SpanOutput {
    return tf.tidy(() => {
      const output = this.bert.forward(input, options);
      const both = this.#outputs.forward(output.lastHiddenState); // [B, T, 2]
      const [startLogits, endLogits] = [0, 1].map((i) =>
        tf.slice(both, [0, 0, i], [-1, -1, 1]).squeeze<tf.Tensor2D>([2]) // [B, T]
      );
      return { ...output, startLogits, endLogits };
    });
  }
}

/**
 * Which of C continuations is right (Devlin 2019, Sect. 4.4, SWAG): every choice is a sequence of its
 * own, the product of its pooled [CLS] with one vector is its score.
 */
export class BertForMultipleChoice extends BertWithHead<ClassifierOutput> {
  readonly architecture = "BertForMultipleChoice";
  readonly #classifier: Dense;
  readonly #choices: number;

  /** @param options `choices` is C: the batch holds B * C sequences, the choices of one text in a row */
  constructor(
    config: BertConfig,
    options: WithHeadOptions & { readonly choices: number },
    scope = freshScope(config, options),
  ) {
    super(config, true, scope);
    this.#choices = options.choices;
    this.#classifier = new Dense(scope.at("classifier"), config.hiddenSize, 1);
  }

  /** Reads a folder; a head that it lacks is new, see `loaded.missing`. */
  static load(
    folder: string,
    options: Partial<WithHeadOptions> & { readonly choices: number },
  ): Promise<BertForMultipleChoice> {
    const { random = createRandom(0), choices } = options;
    return buildFromCheckpoint(
      folder,
      "",
      random,
      (scope, { config }) => new BertForMultipleChoice(config, { random, choices }, scope),
    );
  }

  forward(input: BertInput | Encoding, options: BertForwardOptions = {}): ClassifierOutput {
    return tf.tidy(() => {
      const output = this.bert.forward(input, options);
      const pooled = dropout(output.pooled!, this.config.hiddenDropout, options); // [B * C, H]
      const scores = this.#classifier.forward(pooled); // [B * C, 1]
      if (scores.shape[0] % this.#choices !== 0) {
        throw new RangeError(
          `a batch of ${scores.shape[0]} sequences is not made of ${this.#choices} choices each`,
        );
      }
      return { ...output, logits: scores.reshape([-1, this.#choices]) }; // [B, C]
    });
  }
}
