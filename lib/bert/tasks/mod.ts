/**
 * What BERT is fine-tuned for: one record for every task (Devlin 2019, Sect. 4 and Fig. 4).
 *
 * @module
 */
export * from "./task.ts";
export * from "./sentence_task.ts";
export * from "./glue.ts";
export * from "./choice_task.ts";
export * from "./small_world_tasks.ts";
export * from "./tasks.ts";
export type { Source } from "./source.ts";
export { TaskFileError } from "./task_file_error.ts";
