// B batch, C choices, T places of a sequence, K classes
import { tf } from "../backend/mod.ts";
import { type ForwardOptions, type Parameters, sparseCrossEntropy } from "../nn/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import type { BertConfig } from "./config.ts";
import type { EncodingBatch } from "./encoding.ts";
import {
  BertForMultipleChoice,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
} from "./for_tasks.ts";
import type { Task, TaskHead } from "./tasks/task.ts";

/**
 * What fine-tuning and prediction need of a model: the four `BertFor...` classes with a task's head are
 * such, and so is a classifier on frozen features.
 */
export interface TaskModel {
  /** What is trained. */
  readonly parameters: Parameters;
  /** How long sequences may be and what fills them. */
  readonly config: Pick<BertConfig, "padTokenId" | "maxPositions">;
  forward(input: EncodingBatch, options?: ForwardOptions): TaskOutput;
  dispose(): void;
}

/** Logits [B, K], [B, 1], [B, C] or [B, T, K]; or those of starts and ends, [B, T] each. */
export interface TaskOutput {
  readonly logits?: tf.Tensor;
  readonly startLogits?: tf.Tensor2D;
  readonly endLogits?: tf.Tensor2D;
}

/** A BERT with the head of some task. */
export type BertForTask =
  | BertForSequenceClassification
  | BertForTokenClassification
  | BertForQuestionAnswering
  | BertForMultipleChoice;

/**
 * Reads an encoder and gives it the head that a task needs, new where the folder has none (Devlin 2019,
 * Sect. 3.2: "we simply plug in the task-specific inputs and outputs"). Every task gets a model of its own.
 *
 * @param task only its head matters
 * @param folder in Hugging Face's layout
 * @param options `random` draws the new head. Default: seed 0
 *
 * @example
 * ```ts
 * import { findPretrained } from "./pretrained.ts";
 * import { loadForTask } from "./task_model.ts";
 *
 * const { folder } = await findPretrained();
 * const model = await loadForTask({ head: { kind: "classes", labels: ["no", "yes"] } }, folder);
 * console.log(model.parameters.get("classifier.weight")!.shape[0]); // 2
 * model.dispose();
 * ```
 */
export function loadForTask(
  { head }: Pick<Task, "head">,
  folder: string,
  { random = createRandom(0) }: { readonly random?: Random } = {},
): Promise<BertForTask> {
  switch (head.kind) {
    case "classes":
      return BertForSequenceClassification.load(folder, { random, labels: head.labels });
    case "number":
      return BertForSequenceClassification.load(folder, { random, labels: 1 });
    case "choice":
      return BertForMultipleChoice.load(folder, { random, choices: head.choices });
    case "span":
      return BertForQuestionAnswering.load(folder, { random });
    case "tags":
      return BertForTokenClassification.load(folder, { random, labels: head.labels });
  }
}

/**
 * A BERT with a task's head and random weights: what fine-tuning is compared with.
 *
 * @param task only its head matters
 * @param config the sizes
 */
export function newForTask(
  { head }: Pick<Task, "head">,
  config: BertConfig,
  { random }: { readonly random: Random },
): BertForTask {
  switch (head.kind) {
    case "classes":
      return new BertForSequenceClassification(config, { random, labels: head.labels });
    case "number":
      return new BertForSequenceClassification(config, { random, labels: 1 });
    case "choice":
      return new BertForMultipleChoice(config, { random, choices: head.choices });
    case "span":
      return new BertForQuestionAnswering(config, { random });
    case "tags":
      return new BertForTokenClassification(config, { random, labels: head.labels });
  }
}

/**
 * How long the sequences of a task are: as asked for, else 128 pieces, for spans 384 (`run_classifier.py`,
 * `run_squad.py`), but never more than the model has positions for. Windows of a passage begin a third of
 * that apart, which for 384 is `run_squad.py`'s 128.
 *
 * @example
 * ```ts
 * import { sequenceLimits } from "./task_model.ts";
 *
 * const task = { head: { kind: "span", noAnswer: false } } as const;
 * console.log(sequenceLimits(task, { maxPositions: 512 })); // { maxLength: 384, stride: 128 }
 * ```
 */
export function sequenceLimits(
  { head }: Pick<Task, "head">,
  { maxPositions }: Pick<BertConfig, "maxPositions">,
  wanted: number = head.kind === "span" ? 384 : 128,
): { readonly maxLength: number; readonly stride: number } {
  const maxLength = Math.min(wanted, maxPositions);
  return { maxLength, stride: Math.max(1, Math.floor(maxLength / 3)) };
}

/**
 * A model's answer as one tensor, whatever its head: [B, K], [B, 1], [B, C], [B, T, K], and for spans starts
 * and ends as [B, 2, T].
 */
export function taskLogits(
  model: TaskModel,
  input: EncodingBatch,
  options: ForwardOptions = {},
): tf.Tensor {
  const { logits, startLogits, endLogits } = model.forward(input, options);
  return logits ?? tf.stack([startLogits!, endLogits!], 1); // [B, 2, T]
}

/**
 * What is minimised.
 *
 * | head | loss |
 * |---|---|
 * | `classes`, `choice` | cross-entropy |
 * | `number` | mean squared error (the paper does not say; so does `run_glue.py`) |
 * | `span` | mean of the cross-entropies of start and end, over all T places |
 * | `tags` | cross-entropy over the places that count |
 *
 * @param logits of {@linkcode taskLogits}
 * @param targets as in a `TaskBatch`
 */
export function taskLoss(head: TaskHead, logits: tf.Tensor, targets: readonly number[]): tf.Scalar {
  return tf.tidy(() => {
    if (head.kind === "number") {
      const off = tf.sub(logits.reshape([-1]), tf.tensor1d([...targets], "float32")); // [B]
      return tf.mean<tf.Scalar>(tf.square(off));
    }
    const classes = logits.shape.at(-1)!; // K, C, or T for spans
    return sparseCrossEntropy(logits.reshape<tf.Tensor2D>([-1, classes]), targets);
  });
}
