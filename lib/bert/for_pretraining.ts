// B batch, T places of a sequence, P masked places per sequence, H hidden size, V vocabulary
import { tf } from "../backend/mod.ts";
import { createRandom } from "../random/mod.ts";
import type { BertForwardOptions, BertOutput } from "./bert_model.ts";
import { buildFromCheckpoint } from "./checkpoint.ts";
import type { BertConfig } from "./config.ts";
import type { Encoding } from "./encoding.ts";
import { gatherPositions, MaskedLanguageModelHead } from "./heads.ts";
import type { BertInput } from "./input.ts";
import { Dense } from "./layers.ts";
import { BertWithHead, freshScope, type WithHeadOptions } from "./with_head.ts";

/** Sequences, and which of their places are to be predicted. */
export interface MaskedInput extends BertInput {
  /** [B, P] row-major places within each sequence. Default: all T, in order. */
  readonly maskedPositions?: Int32Array;
}

/** Predictions of {@linkcode BertForMaskedLM}. */
export interface MaskedLMOutput extends BertOutput {
  /** [B * P, V], or [B * T, V] without `maskedPositions`: logits over the vocabulary. */
  readonly predictionLogits: tf.Tensor2D;
}

/** Predictions of {@linkcode BertForPreTraining}. */
export interface PreTrainingOutput extends MaskedLMOutput {
  /** [B, 2]: logits of "B follows A" and of "B is from elsewhere". */
  readonly nextSentenceLogits: tf.Tensor2D;
}

function predict(
  head: MaskedLanguageModelHead,
  { lastHiddenState }: BertOutput,
  input: MaskedInput | Encoding,
): tf.Tensor2D {
  const [B, T, H] = lastHiddenState.shape;
  const positions = "maskedPositions" in input ? input.maskedPositions : undefined;
  return head.forward(
    positions
      ? gatherPositions(lastHiddenState, positions) // [B * P, H]
      : lastHiddenState.reshape<tf.Tensor2D>([B * T, H]),
  ); // [.., V]
}

/**
 * BERT with both heads of pre-training (Devlin 2019, Sect. 3.1): the masked language model and the
 * prediction whether B is the sentence after A.
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { bertConfig, BertForPreTraining } from "./mod.ts";
 *
 * const config = bertConfig({ vocabSize: 100, hiddenSize: 16, layers: 2, heads: 2 });
 * const model = new BertForPreTraining(config, { random: createRandom(1) });
 * const input = { batch: 1, length: 4, inputIds: Int32Array.of(2, 4, 9, 3), maskedPositions: Int32Array.of(1) };
 * const { predictionLogits, nextSentenceLogits } = model.forward(input);
 * console.log(predictionLogits.shape, nextSentenceLogits.shape); // [ 1, 100 ] [ 1, 2 ]
 * model.dispose();
 * ```
 */
export class BertForPreTraining extends BertWithHead<PreTrainingOutput, MaskedInput | Encoding> {
  readonly architecture = "BertForPreTraining";
  readonly #predictions: MaskedLanguageModelHead;
  readonly #nextSentence: Dense;

  /** A new model, or one in a scope that holds its values. */
  constructor(config: BertConfig, options: WithHeadOptions, scope = freshScope(config, options)) {
    super(config, true, scope);
    const { word } = this.bert.embeddings;
    this.#predictions = new MaskedLanguageModelHead(
      scope.at("cls").at("predictions"),
      config,
      word,
    );
    this.#nextSentence = new Dense(scope.at("cls").at("seq_relationship"), config.hiddenSize, 2);
  }

  /** Reads a folder; heads that it lacks are new, see `loaded.missing`. */
  static load(folder: string, options: Partial<WithHeadOptions> = {}): Promise<BertForPreTraining> {
    const { random = createRandom(0) } = options;
    return buildFromCheckpoint(
      folder,
      "",
      random,
      (scope, { config }) => new BertForPreTraining(config, { random }, scope),
    );
  }

  forward(input: MaskedInput | Encoding, options: BertForwardOptions = {}): PreTrainingOutput {
    return tf.tidy(() => {
      const output = this.bert.forward(input, options);
      return {
        ...output,
        predictionLogits: predict(this.#predictions, output, input),
        nextSentenceLogits: this.#nextSentence.forward(output.pooled!), // [B, 2]
      };
    });
  }
}

/** BERT with the masked language model alone: "No NSP" in the paper's ablation (Sect. 5.1). */
export class BertForMaskedLM extends BertWithHead<MaskedLMOutput, MaskedInput | Encoding> {
  readonly architecture = "BertForMaskedLM";
  readonly #predictions: MaskedLanguageModelHead;

  /** A new model, or one in a scope that holds its values. */
  constructor(config: BertConfig, options: WithHeadOptions, scope = freshScope(config, options)) {
    super(config, false, scope);
    const { word } = this.bert.embeddings;
    this.#predictions = new MaskedLanguageModelHead(
      scope.at("cls").at("predictions"),
      config,
      word,
    );
  }

  /** Reads a folder; a head that it lacks is new, see `loaded.missing`. */
  static load(folder: string, options: Partial<WithHeadOptions> = {}): Promise<BertForMaskedLM> {
    const { random = createRandom(0) } = options;
    return buildFromCheckpoint(
      folder,
      "",
      random,
      (scope, { config }) => new BertForMaskedLM(config, { random }, scope),
    );
  }

  forward(input: MaskedInput | Encoding, options: BertForwardOptions = {}): MaskedLMOutput {
    return tf.tidy(() => {
      const output = this.bert.forward(input, options);
      return { ...output, predictionLogits: predict(this.#predictions, output, input) };
    });
  }
}
