// B batch, T places of a sequence
import { tf } from "../../backend/mod.ts";
import type { ForwardOptions, Parameters } from "../../nn/mod.ts";
import { createRandom } from "../../random/mod.ts";
import {
  type CheckpointOptions,
  type Step,
  train,
  type TrainResult,
  warmupLinear,
} from "../../train/mod.ts";
import { bertOptimizer } from "../pretraining.ts";
import { type DocumentIds, examplesOfStep } from "../pretraining_data.ts";
import type { BertTokenizer } from "../tokenizer.ts";

/** B sequences whose every next piece is to be predicted. */
export type LanguageModelBatch = {
  /** B. */
  readonly batch: number;
  /** T. */
  readonly length: number;
  /** [B, T] ids, [PAD] after the end. */
  readonly inputIds: Int32Array;
  /** [B, T] 1 for a piece, 0 for padding. */
  readonly attentionMask: Int32Array;
};

/** A model that predicts pieces from those before them, or after them. */
export interface LanguageModel {
  readonly parameters: Parameters;
  /** Mean cross-entropy of the predicted pieces. */
  loss(batch: LanguageModelBatch, options?: ForwardOptions): tf.Scalar;
}

/**
 * Cuts documents into sequences [CLS] ... [SEP] of at most T pieces, one after the other, so that the
 * rivals see the same text as BERT.
 *
 * @param documents `tokenizeDocuments`
 */
export function languageModelExamples(
  documents: readonly DocumentIds[],
  tokenizer: BertTokenizer,
  options: { readonly maxLength?: number } = {},
): Int32Array[] {
  const { maxLength = 128 } = options;
  return documents.flatMap((document) => {
    const ids = document.flat();
    const sequences: Int32Array[] = [];
    for (let from = 0; from < ids.length; from += maxLength - 2) {
      const part = ids.slice(from, from + maxLength - 2);
      sequences.push(Int32Array.of(tokenizer.clsId, ...part, tokenizer.sepId));
    }
    return sequences;
  });
}

/** Pads sequences to one length and puts them below one another. */
export function stackSequences(
  sequences: readonly Int32Array[],
  options: { readonly maxLength?: number; readonly padId?: number } = {},
): LanguageModelBatch {
  const { maxLength: T = 128, padId = 0 } = options;
  const B = sequences.length;
  const inputIds = new Int32Array(B * T).fill(padId);
  const attentionMask = new Int32Array(B * T);
  sequences.forEach((ids, row) => {
    if (ids.length > T) {
      throw new RangeError(`sequence ${row} has ${ids.length} pieces, the batch has room for ${T}`);
    }
    inputIds.set(ids, row * T);
    attentionMask.fill(1, row * T, row * T + ids.length);
  });
  return { batch: B, length: T, inputIds, attentionMask };
}

/**
 * What stands one place later in each sequence (`shift` 1) or one earlier (-1); -100, which does not
 * count, where that is outside or padding.
 */
export function neighbours(batch: LanguageModelBatch, shift: 1 | -1): Int32Array {
  const { batch: B, length: T, inputIds, attentionMask } = batch;
  const labels = new Int32Array(B * T).fill(-100);
  for (let row = 0; row < B; row++) {
    for (let t = 0; t < T; t++) {
      const at = row * T + t, other = t + shift;
      if (other < 0 || other >= T || !attentionMask[at] || !attentionMask[at + shift]) continue;
      labels[at] = inputIds[at + shift];
    }
  }
  return labels;
}

/** A step of training a language model. */
export interface LanguageModelStep extends Step {
  /** exp(loss): among how many equally likely pieces the model is wavering. */
  readonly perplexity: number;
}

/** What {@linkcode trainLanguageModel} needs. */
export interface TrainLanguageModelOptions {
  readonly model: LanguageModel;
  /** {@linkcode languageModelExamples}. */
  readonly examples: readonly Int32Array[];
  /** T. Default 128. */
  readonly maxLength?: number;
  /** B. Default 32. */
  readonly batchSize?: number;
  /** Updates in all. */
  readonly steps: number;
  /** The peak. Default 1e-4. */
  readonly learningRate?: number;
  /** Steps until the peak. Default 1 % of the steps. */
  readonly warmup?: number;
  /** Decides batches and dropout. Default 1. */
  readonly seed?: number;
  /** Where to save the run, to go on from there. */
  readonly checkpoint?: CheckpointOptions;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a rival as `pretrain` trains BERT: same optimiser, schedule, clipping and order of examples.
 * (Our choice: the originals differ in optimiser and schedule; here only the objective is to differ.)
 */
export async function* trainLanguageModel(
  options: TrainLanguageModelOptions,
): AsyncGenerator<LanguageModelStep, TrainResult, void> {
  const { model, examples, maxLength, batchSize = 32, steps, seed = 1 } = options;
  const { learningRate = 1e-4, warmup = Math.ceil(steps / 100) } = options;
  if (examples.length === 0) throw new Error("there is no sequence to train on");
  const order = createRandom(seed).fork("order of the examples");
  const run = train({
    model,
    batches: (step) =>
      stackSequences(
        examplesOfStep(examples.length, batchSize, step, order).map((i) => examples[i]),
        { maxLength },
      ),
    loss: (batch, random) => model.loss(batch, { training: true, random }),
    optimizer: bertOptimizer(),
    schedule: warmupLinear({
      peak: learningRate,
      warmup: Math.min(warmup, steps - 1),
      total: steps,
    }),
    steps,
    seed,
    clipNorm: 1,
    checkpoint: options.checkpoint,
    signal: options.signal,
  });
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) return value;
      yield { ...value, perplexity: Math.exp(value.loss) };
    }
  } finally {
    await run.return(undefined as never);
  }
}

/**
 * The mean loss per predicted piece on sequences that were not trained on, without dropout.
 */
export async function evaluateLanguageModel(
  model: LanguageModel,
  examples: readonly Int32Array[],
  options: { readonly maxLength?: number; readonly batchSize?: number } = {},
): Promise<{ loss: number; perplexity: number }> {
  const { batchSize = 32, maxLength } = options;
  let sum = 0, pieces = 0;
  for (let from = 0; from < examples.length; from += batchSize) {
    const some = examples.slice(from, from + batchSize);
    const value = tf.tidy(() => model.loss(stackSequences(some, { maxLength })));
    const predicted = some.reduce((n, { length }) => n + length - 1, 0);
    sum += (await value.data())[0] * predicted;
    pieces += predicted;
    value.dispose();
  }
  if (pieces === 0) throw new Error("there is no sequence to evaluate");
  return { loss: sum / pieces, perplexity: Math.exp(sum / pieces) };
}
