import { fromFileUrl } from "@std/path";
import { type Table, table } from "../plot/mod.ts";

/** What one seed gave. */
export interface SeedScore {
  readonly seed: number;
  /** After the last step; between 0 and 1, correlations between -1 and 1. */
  readonly score: number;
}

/** A full fine-tuning run of this project, as docs/results.md has it. */
export interface FineTuningResult {
  /** Such as "MRPC". */
  readonly task: string;
  /** The task's headline: "f1", "accuracy", "spearman" or "matthews_correlation". */
  readonly metric: string;
  /** The encoder, such as "all-MiniLM-L6-v2". */
  readonly model: string;
  /** How many examples it was trained on. */
  readonly train: number;
  /** Where the scores are taken, and on how many examples. */
  readonly scored: { readonly split: string; readonly examples: number };
  /** What makes it again. */
  readonly command: string;
  /** One run for every seed. */
  readonly seeds: readonly (SeedScore & {
    /** How many training examples had been read, and the score then; after every epoch. */
    readonly curve?: readonly (readonly [examples: number, score: number])[];
  })[];
  /** The same recipe with PyTorch and Hugging Face's `transformers`, where it was run. */
  readonly transformers?: {
    readonly command: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly seeds: readonly SeedScore[];
  };
}

/** {@linkcode fineTuningResults}. */
export interface FineTuningResultsOptions {
  /** Only these tasks. Default: all. */
  readonly tasks?: readonly string[];
  /** Another file of the same form. Default: the project's. */
  readonly file?: string;
}

/**
 * The full runs that stand in `docs/results_fine_tuning.json`, so that a lesson, which has only minutes, can show
 * what hours give.
 *
 * @returns the runs, in the file's order; none for a task that has not been run
 * @throws {Error} if a row lacks a field or has no seed
 *
 * @example
 * ```ts
 * import { fineTuningResults } from "./fine_tuning_results.ts";
 *
 * for (const { task, metric, seeds } of await fineTuningResults({ tasks: ["MRPC"] })) {
 *   console.log(task, metric, seeds.length);
 * }
 * ```
 */
export async function fineTuningResults(
  { tasks, file }: FineTuningResultsOptions = {},
): Promise<FineTuningResult[]> {
  const path = file ??
    fromFileUrl(new URL("../../docs/results_fine_tuning.json", import.meta.url));
  const rows = JSON.parse(await Deno.readTextFile(path)) as FineTuningResult[];
  for (const [i, row] of rows.entries()) {
    const missing = (["task", "metric", "model", "command"] as const).find((key) =>
      typeof row[key] !== "string"
    );
    if (missing) throw new Error(`${path}, row ${i + 1}: "${missing}" is missing`);
    if (!Number.isSafeInteger(row.train) || !Number.isSafeInteger(row.scored?.examples)) {
      throw new Error(
        `${path}, row ${i + 1}, ${row.task}: needs the numbers "train" and "scored.examples"`,
      );
    }
    for (const seeds of [row.seeds, row.transformers?.seeds ?? row.seeds]) {
      if (!seeds?.length || !seeds.every(({ score }) => Number.isFinite(score))) {
        throw new Error(`${path}, row ${i + 1}, ${row.task}: needs at least one seed with a score`);
      }
    }
  }
  return tasks ? rows.filter(({ task }) => tasks.includes(task)) : rows;
}

/**
 * Mean over the seeds and how far the outermost lie apart.
 *
 * @param result one of {@linkcode fineTuningResults}, or its `transformers`
 * @returns in points: 100 times the score
 *
 * @example
 * ```ts
 * import { meanOverSeeds } from "./fine_tuning_results.ts";
 *
 * const seeds = [{ seed: 1, score: 0.88 }, { seed: 2, score: 0.9 }];
 * const { mean, range } = meanOverSeeds({ seeds });
 * console.log(mean.toFixed(1), range.toFixed(1)); // 89.0 2.0
 * ```
 */
export function meanOverSeeds(
  { seeds }: { readonly seeds: readonly SeedScore[] },
): { mean: number; range: number } {
  const scores = seeds.map(({ score }) => 100 * score);
  return {
    mean: scores.reduce((a, b) => a + b) / scores.length,
    range: Math.max(...scores) - Math.min(...scores),
  };
}

/**
 * A lesson's table: what full runs gave here and, where it was run, with `transformers`. A task without a run
 * says so.
 *
 * @param tasks such as ["SST-2", "CoLA"]
 * @param options of {@linkcode fineTuningResults}
 * @returns one row a task and encoder; headline scores in points, means over the seeds
 *
 * @example
 * ```ts
 * import { show } from "../plot/mod.ts";
 * import { fullRunTable } from "./fine_tuning_results.ts";
 *
 * await show(await fullRunTable(["CoLA", "SST-2"]));
 * ```
 */
export async function fullRunTable(
  tasks: readonly string[],
  options: Omit<FineTuningResultsOptions, "tasks"> = {},
): Promise<Table> {
  const results = await fineTuningResults({ ...options, tasks });
  const rows = tasks.flatMap((task): object[] => {
    const own = results.filter((result) => result.task === task);
    if (own.length === 0) return [{ task, score: "not run yet" }];
    return own.map((result) => ({
      task,
      score: result.metric,
      train: result.train.toLocaleString("en-US"),
      scored: `${result.scored.examples.toLocaleString("en-US")} (${result.scored.split})`,
      seeds: result.seeds.length,
      here: meanOverSeeds(result).mean,
      transformers: result.transformers && meanOverSeeds(result.transformers).mean,
    }));
  });
  const columns = [
    ...["task", "score"],
    { key: "train", label: "trained on" },
    { key: "scored", label: "scored on" },
    "seeds",
    { key: "here", decimals: 1 },
    { key: "transformers", decimals: 1 },
  ].filter((column) =>
    rows.some((row) => (typeof column === "string" ? column : column.key) in row)
  );
  return table(rows, { columns, caption: "Points, mean over the seeds" });
}
