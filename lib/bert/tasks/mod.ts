/**
 * What BERT is fine-tuned for: one record for every task (Devlin 2019, Sect. 4 and Fig. 4).
 *
 * @module
 */
export * from "./task.ts";
export * from "./sentence_task.ts";
export * from "./glue.ts";
export * from "./choice_task.ts";
export * from "./span_decoding.ts";
export * from "./span_windows.ts";
export { type AnswerFile, readAnswers, spanTask, type SpanTaskOptions } from "./span_task.ts";
export * from "./squad.ts";
export * from "./conll.ts";
export { type TaggingFeature, taggingFeatures } from "./tagging_features.ts";
export { entityLabels, taggingTask, type TaggingTaskOptions } from "./tagging_task.ts";
export * from "./tagging_tasks.ts";
export * from "./small_world_tasks.ts";
export * from "./tasks.ts";
export type { Source } from "./source.ts";
export { TaskFileError } from "./task_file_error.ts";
