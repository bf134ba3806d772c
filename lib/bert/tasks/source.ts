import type { Task, TaskExample } from "./task.ts";

/** Where a task's examples come from: files of some layout, or a generator. */
export interface Source<Example extends TaskExample> {
  /** As {@linkcode Task.splits}. */
  readonly splits: readonly string[];
  /** As {@linkcode Task.developmentSplit}. Default "dev". */
  readonly developmentSplit?: string;
  /** As {@linkcode Task.read}. */
  read(folder: string, split: string): Promise<readonly Example[]>;
}

/** What every builder of a task is told, and passes on. */
export interface TaskText {
  /** As {@linkcode Task.name}. */
  readonly name: string;
  /** As {@linkcode Task.title}. */
  readonly title: string;
}

/** The three fields of a task that its source decides. */
export function fromSource<Example extends TaskExample>(
  source: Source<Example>,
): Pick<Task<Example>, "splits" | "developmentSplit" | "read"> {
  const { splits, developmentSplit = "dev" } = source;
  return { splits, developmentSplit, read: (folder, split) => source.read(folder, split) };
}

/** @throws {RangeError} if there is not one prediction for each example, or nothing to judge */
export function checkCounts(name: string, examples: number, predictions: number) {
  if (examples !== predictions || examples === 0) {
    throw new RangeError(
      `${name}: ${predictions} predictions for ${examples} examples; expected one for each, and at ` +
        `least one`,
    );
  }
}

/** The values that people gave, for a score. @throws {RangeError} if one is absent */
export function truths<Example extends TaskExample, Value>(
  name: string,
  examples: readonly Example[],
  of: (example: Example) => Value | undefined,
): Value[] {
  return examples.map((example) => {
    const value = of(example);
    if (value === undefined) {
      throw new RangeError(
        `${name}: example ${example.id} has no label, as in a test file; nothing can be scored on it`,
      );
    }
    return value;
  });
}

/** The place of the largest value; the first of equals. */
export function argmax(values: ArrayLike<number>, from = 0, to = values.length): number {
  let best = from;
  for (let i = from + 1; i < to; i++) if (values[i] > values[best]) best = i;
  return best - from;
}
