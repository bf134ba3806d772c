import { GLUE_TASKS } from "./glue.ts";
import {
  WORLD_ACCEPTABILITY,
  WORLD_CONTINUATION,
  WORLD_ENTAILMENT,
  WORLD_NAMES,
  WORLD_PARAPHRASE,
  WORLD_QUESTIONS,
  WORLD_SENTIMENT,
  WORLD_SIMILARITY,
} from "./small_world_tasks.ts";
import { SQUAD_1, SQUAD_2 } from "./squad.ts";
import { SWAG } from "./swag.ts";
import { CONLL_2003, UD_EWT_POS, WIKIGOLD, WNUT_17 } from "./tagging_tasks.ts";
import type { Task } from "./task.ts";

/** Every task that comes with the project: the benchmarks', then the small world's. */
export const TASKS: readonly Task[] = [
  ...GLUE_TASKS,
  SWAG,
  SQUAD_1,
  SQUAD_2,
  CONLL_2003,
  WNUT_17,
  WIKIGOLD,
  UD_EWT_POS,
  WORLD_ENTAILMENT,
  WORLD_PARAPHRASE,
  WORLD_SIMILARITY,
  WORLD_SENTIMENT,
  WORLD_ACCEPTABILITY,
  WORLD_CONTINUATION,
  WORLD_QUESTIONS,
  WORLD_NAMES,
];

/**
 * A task by its name, whatever its capitals, and with or without hyphens and underscores.
 *
 * @param name for example "MRPC" or "sst2"
 * @throws {RangeError} if there is none; the sentence lists them
 *
 * @example
 * ```ts
 * import { findTask } from "./mod.ts";
 *
 * console.log(findTask("stsb").title); // How similar in meaning are the two sentences, from 0 to 5?
 * ```
 */
export function findTask(name: string): Task {
  const key = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const found = TASKS.find((task) => key(task.name) === key(name));
  if (found) return found;
  throw new RangeError(
    `there is no task "${name}"; there are ${TASKS.map(({ name }) => name).join(", ")}`,
  );
}
