// B batch, T places of a sequence, P masked places per sequence, V vocabulary
import { watchInterrupt } from "../io/mod.ts";
import { tf } from "../backend/mod.ts";
import { type ForwardOptions, sparseCrossEntropy } from "../nn/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import {
  adam,
  type CheckpointOptions,
  type Optimizer,
  type Step,
  train,
  type TrainResult,
  warmupLinear,
} from "../train/mod.ts";
import type { BertForMaskedLM, BertForPreTraining, PreTrainingOutput } from "./for_pretraining.ts";
import {
  examplesOfStep,
  type PretrainingBatch,
  type PretrainingDataOptions,
  type PretrainingExample,
  stackExamples,
} from "./pretraining_data.ts";

/** A model that can be pre-trained: with next-sentence prediction, or without. */
export type PretrainableModel = BertForPreTraining | BertForMaskedLM;

/** What {@linkcode bertOptimizer} may do otherwise than the release. */
export interface BertOptimizerOptions {
  /** Default 0.01. */
  readonly weightDecay?: number;
  /** As Kingma and Ba have it, and PyTorch; steadier where there are few examples. Default false. */
  readonly biasCorrection?: boolean;
}

/**
 * The optimiser of google-research/bert (`optimization.py`): Adam with epsilon 1e-6 and without bias
 * correction, weight decay 0.01 apart from the gradient, none for biases and normalisations.
 */
export function bertOptimizer(options: BertOptimizerOptions = {}): Optimizer {
  return adam({
    epsilon: 1e-6,
    biasCorrection: options.biasCorrection ?? false,
    weightDecay: options.weightDecay ?? 0.01,
    decays: (name) => !/LayerNorm|layer_norm|bias/.test(name),
  });
}

/** How good the predictions on one batch are, as tensors. */
export interface PretrainingScores {
  /** What is minimised: the sum of the two losses. */
  readonly loss: tf.Scalar;
  /** Mean cross-entropy over the hidden pieces, by BERT's denominator count + 1e-5. */
  readonly mlmLoss: tf.Scalar;
  /** Share of the hidden pieces that are guessed. */
  readonly mlmAccuracy: tf.Scalar;
  /** Mean cross-entropy of the next-sentence prediction; absent without that head. */
  readonly nextSentenceLoss?: tf.Scalar;
  /** Share of the pairs that are told right; absent without that head. */
  readonly nextSentenceAccuracy?: tf.Scalar;
}

/**
 * Losses and accuracies of pre-training (`run_pretraining.py`; Devlin 2019, A.2: "the training loss is
 * the sum of the mean masked LM likelihood and the mean next sentence prediction likelihood").
 *
 * @param model predicts the batch's masked places only
 * @param options `training` and `random` for dropout
 */
export function pretrainingScores(
  model: PretrainableModel,
  batch: PretrainingBatch,
  options: ForwardOptions = {},
): PretrainingScores {
  const output: Partial<PreTrainingOutput> = model.forward(batch, options);
  const predictionLogits = output.predictionLogits!; // [B * P, V]
  const mlmLoss = sparseCrossEntropy(predictionLogits, batch.maskedLabels, { epsilon: 1e-5 });
  const mlmAccuracy = accuracy(predictionLogits, batch.maskedLabels);
  const { nextSentenceLogits } = output; // [B, 2]
  if (!nextSentenceLogits) return { loss: mlmLoss, mlmLoss, mlmAccuracy };
  const nextSentenceLoss = sparseCrossEntropy(nextSentenceLogits, batch.nextSentenceLabels);
  return {
    loss: tf.add(mlmLoss, nextSentenceLoss),
    mlmLoss,
    mlmAccuracy,
    nextSentenceLoss,
    nextSentenceAccuracy: accuracy(nextSentenceLogits, batch.nextSentenceLabels),
  };
}

/** The share of rows whose largest logit is at the label; rows labelled -100 do not count. */
function accuracy(logits: tf.Tensor2D, labels: Int32Array): tf.Scalar {
  return tf.tidy(() => {
    const right = tf.equal(tf.argMax(logits, -1), tf.tensor1d(labels, "int32")); // [N]
    const counted = labels.reduce((count, label) => label === -100 ? count : count + 1, 0);
    return tf.div<tf.Scalar>(tf.sum(tf.cast(right, "float32")), Math.max(counted, 1));
  });
}

/** Losses and accuracies as numbers; those of the next sentence are absent without that head. */
export interface PretrainingNumbers {
  readonly mlmLoss: number;
  readonly mlmAccuracy: number;
  readonly nextSentenceLoss?: number;
  readonly nextSentenceAccuracy?: number;
}

/** A step of pre-training, and how well its batch was predicted before the update. */
export interface PretrainingStep extends Step, PretrainingNumbers {}

/** What {@linkcode pretrain} needs. */
export interface PretrainOptions {
  readonly model: PretrainableModel;
  /** `createPretrainingExamples`. */
  readonly examples: readonly PretrainingExample[];
  /** The sizes that the examples were made with. */
  readonly sizes?: Pick<PretrainingDataOptions, "maxLength" | "maxPredictions">;
  /** B. Default 32. */
  readonly batchSize?: number;
  /** Updates in all. */
  readonly steps: number;
  /** The peak. Default 1e-4, the paper's; small models bear 10 times as much. */
  readonly learningRate?: number;
  /** Steps until the peak. Default 1 % of the steps, as in the paper (10,000 of 1,000,000). */
  readonly warmup?: number;
  /** Decides batches and dropout. Default 1. */
  readonly seed?: number;
  /** Where to save the run, to go on from there. */
  readonly checkpoint?: CheckpointOptions;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
}

/**
 * Pre-trains: {@linkcode bertOptimizer}, warm-up and linear decay, gradients clipped to norm 1
 * (Devlin 2019, A.2). An iterator over the steps, which can be left and resumed like any `train`.
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import {
 *   bertConfig, BertForPreTraining, BertTokenizer, createPretrainingExamples, pretrain, SPECIAL_TOKENS,
 *   tokenizeDocuments, Vocabulary,
 * } from "./mod.ts";
 *
 * const words = ["cats", "purr", "dogs", "bark"];
 * const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, ...words]));
 * const documents = tokenizeDocuments([["cats purr", "dogs bark"], ["dogs bark", "cats purr"]], tokenizer);
 * const sizes = { maxLength: 8, maxPredictions: 2 };
 * const random = createRandom(1);
 * const examples = createPretrainingExamples(documents, tokenizer, random, { ...sizes, duplicates: 2 });
 * const config = bertConfig({ vocabSize: 9, hiddenSize: 8, layers: 1, heads: 2 });
 * const model = new BertForPreTraining(config, { random });
 * for await (const { step, mlmLoss } of pretrain({ model, examples, sizes, batchSize: 4, steps: 3 })) {
 *   console.log(step, mlmLoss.toFixed(1)); // 1 2.2, ...
 * }
 * ```
 */
export async function* pretrain(
  options: PretrainOptions,
): AsyncGenerator<PretrainingStep, TrainResult, void> {
  const { model, examples, sizes, batchSize = 32, steps, seed = 1 } = options;
  const { learningRate = 1e-4, warmup = Math.ceil(steps / 100) } = options;
  if (examples.length === 0) throw new Error("there is no example to pre-train on");
  const order = createRandom(seed).fork("order of the examples");
  let scores: tf.Tensor1D | undefined;
  const run = train({
    model,
    batches: (step) =>
      stackExamples(
        examplesOfStep(examples.length, batchSize, step, order).map((i) => examples[i]),
        { ...sizes, padId: model.config.padTokenId },
      ),
    loss(batch: PretrainingBatch, random: Random) {
      const { loss, ...rest } = pretrainingScores(model, batch, { training: true, random });
      scores = tf.keep(tf.stack(Object.values(rest)) as tf.Tensor1D); // in the order of `numbers`
      return loss;
    },
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
      yield { ...value, ...numbers(await scores!.data()) };
      scores!.dispose();
    }
  } finally {
    await run.return(undefined as never);
  }
}

/**
 * Losses and accuracies on examples that were not trained on, without dropout.
 *
 * @param options batch size (default 32) and the sizes that the examples were made with
 */
export async function evaluatePretraining(
  model: PretrainableModel,
  examples: readonly PretrainingExample[],
  options: Pick<PretrainOptions, "batchSize" | "sizes"> = {},
): Promise<PretrainingNumbers> {
  const { batchSize = 32, sizes } = options;
  let total: Float64Array | undefined;
  let pieces = 0;
  const interrupt = watchInterrupt();
  for (let from = 0; from < examples.length; from += batchSize) {
    interrupt.throwIfRequested(() =>
      `evaluation was stopped at example ${from} of ${examples.length}`
    );
    const some = examples.slice(from, from + batchSize);
    const scores = tf.tidy(() => {
      const { loss: _, ...rest } = pretrainingScores(
        model,
        stackExamples(some, { ...sizes, padId: model.config.padTokenId }),
      );
      return tf.stack(Object.values(rest)) as tf.Tensor1D;
    });
    const values = await scores.data();
    scores.dispose();
    // Pieces weigh by their number, pairs by theirs.
    const hidden = some.reduce((sum, { maskedLabels }) => sum + maskedLabels.length, 0);
    pieces += hidden;
    total ??= new Float64Array(values.length);
    values.forEach((value, i) => total![i] += value * (i < 2 ? hidden : some.length));
  }
  if (!total) throw new Error("there is no example to evaluate");
  return numbers(total.map((sum, i) => sum / (i < 2 ? pieces : examples.length)));
}

function numbers(values: ArrayLike<number>): PretrainingNumbers {
  const [mlmLoss, mlmAccuracy, nextSentenceLoss, nextSentenceAccuracy] = Array.from(values);
  return values.length === 2
    ? { mlmLoss, mlmAccuracy }
    : { mlmLoss, mlmAccuracy, nextSentenceLoss, nextSentenceAccuracy };
}
