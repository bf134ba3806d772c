import { fromFileUrl } from "@std/path";
import { type BertForTask, BertTokenizer, loadForTask } from "../bert/mod.ts";
import type { Task } from "../bert/tasks/mod.ts";
import { exists } from "../io/mod.ts";

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
 * The model that `deno task train bert --task NAME` wrote where it writes by default, of several seeds the first's,
 * so that a lesson can ask it what its own minutes of training cannot teach.
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
  for (const place of [folder, ...await seedsOf(folder)]) {
    if (!await exists(`${place}/model.safetensors`)) continue;
    const tokenizer = await BertTokenizer.load(place);
    return { model: await loadForTask(task, place), tokenizer };
  }
  return undefined;
}

/** The folders `seed_1`, `seed_2` ... of a run with several seeds. */
async function seedsOf(folder: string): Promise<string[]> {
  if (!await exists(folder)) return [];
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  return names.filter((name) => name.startsWith("seed_")).sort().map((name) => `${folder}/${name}`);
}
