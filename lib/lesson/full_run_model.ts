import { fromFileUrl } from "@std/path";
import { type BertForTask, BertTokenizer, loadForTask } from "../bert/mod.ts";
import type { Task } from "../bert/tasks/mod.ts";

/** What a full run left behind. */
export interface FullRunModel {
  readonly model: BertForTask;
  readonly tokenizer: BertTokenizer;
}

/** {@linkcode fullRunModel}. */
export interface FullRunModelOptions {
  /** Where runs lie, each in a folder of its task's name. Default: `build/fine_tuning`. */
  readonly runs?: string;
}

/**
 * The model that `deno task train bert --task NAME` wrote where it writes by default, so that a lesson can ask it
 * what its own minutes of training cannot teach.
 *
 * @returns undefined where there is none
 * @throws {Error} if there is one that cannot be read
 *
 * @example
 * ```ts
 * import { findTask } from "../bert/tasks/mod.ts";
 * import { fullRunModel } from "./full_run_model.ts";
 *
 * const trained = await fullRunModel(findTask("SQuAD"));
 * console.log(trained ? "here" : "deno task train bert --task SQuAD makes it");
 * trained?.model.dispose();
 * ```
 */
export async function fullRunModel(
  task: Pick<Task, "name" | "head">,
  { runs = fromFileUrl(new URL("../../build/fine_tuning", import.meta.url)) }: FullRunModelOptions =
    {},
): Promise<FullRunModel | undefined> {
  const folder = `${runs}/${task.name}`;
  try {
    await Deno.stat(`${folder}/model.safetensors`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const tokenizer = await BertTokenizer.load(folder);
  return { model: await loadForTask(task, folder), tokenizer };
}
