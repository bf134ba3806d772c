import { fromFileUrl } from "@std/path";

/** A full fine-tuning run of this project, as docs/results.md has it. */
export interface GlueResult {
  /** Such as "MRPC". */
  readonly task: string;
  /** The task's headline: "f1", "accuracy", "spearman" or "matthews_correlation". */
  readonly metric: string;
  /** The encoder, such as "all-MiniLM-L6-v2". */
  readonly model: string;
  /** What makes it again. */
  readonly command: string;
  /** One run for every seed. */
  readonly seeds: readonly {
    readonly seed: number;
    /** On the development set, after the last step; between 0 and 1, correlations between -1 and 1. */
    readonly score: number;
    /** How many training examples had been read, and the score then; after every epoch. */
    readonly curve?: readonly (readonly [examples: number, score: number])[];
  }[];
}

/**
 * The full runs that stand in `docs/results_glue.json`, so that a lesson, which has only minutes, can show what
 * hours give.
 *
 * @param file in the same form; default the project's
 * @returns the runs, in the file's order
 * @throws {Error} if a row lacks a field or has no seed
 *
 * @example
 * ```ts
 * import { glueResults } from "./glue_results.ts";
 *
 * for (const { task, metric, seeds } of await glueResults()) console.log(task, metric, seeds.length);
 * ```
 */
export async function glueResults(file?: string): Promise<GlueResult[]> {
  const path = file ?? fromFileUrl(new URL("../../docs/results_glue.json", import.meta.url));
  const rows = JSON.parse(await Deno.readTextFile(path)) as GlueResult[];
  for (const [i, row] of rows.entries()) {
    const missing = (["task", "metric", "model", "command"] as const).find((key) =>
      typeof row[key] !== "string"
    );
    if (missing) throw new Error(`${path}, row ${i + 1}: "${missing}" is missing`);
    if (!row.seeds?.length || !row.seeds.every(({ score }) => Number.isFinite(score))) {
      throw new Error(`${path}, row ${i + 1}, ${row.task}: needs at least one seed with a score`);
    }
  }
  return rows;
}

/**
 * Mean over the seeds and how far the outermost lie apart.
 *
 * @param result one of {@linkcode glueResults}
 * @returns in points: 100 times the score
 *
 * @example
 * ```ts
 * import { meanOverSeeds } from "./glue_results.ts";
 *
 * const seeds = [{ seed: 1, score: 0.88 }, { seed: 2, score: 0.9 }];
 * const { mean, range } = meanOverSeeds({ task: "MRPC", metric: "f1", model: "a", command: "b", seeds });
 * console.log(mean.toFixed(1), range.toFixed(1)); // 89.0 2.0
 * ```
 */
export function meanOverSeeds({ seeds }: GlueResult): { mean: number; range: number } {
  const scores = seeds.map(({ score }) => 100 * score);
  return {
    mean: scores.reduce((a, b) => a + b) / scores.length,
    range: Math.max(...scores) - Math.min(...scores),
  };
}
