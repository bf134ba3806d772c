/**
 * Optimizers, schedules, the training loop and its checkpoints. Knows no task.
 *
 * @module
 */
export { adam, type AdamOptions } from "./adam.ts";
export {
  CheckpointError,
  loadCheckpoint,
  saveCheckpoint,
  type TrainingState,
} from "./checkpoint.ts";
export type { Optimizer } from "./optimizer.ts";
export {
  constant,
  type Schedule,
  warmupCosine,
  warmupLinear,
  type WarmupOptions,
} from "./schedule.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
export {
  type CheckpointOptions,
  DivergedError,
  type Step,
  train,
  type Training,
  type TrainOptions,
  type TrainResult,
} from "./train.ts";
export { loadWeights, saveWeights } from "./weights.ts";
