import { type SquadScores } from "./squad.ts";

/** How sure a system is that a question has no answer. */
export interface NullScore {
  /** The question's number. */
  readonly question: number;
  /** A probability, a difference of logits: larger is surer. */
  readonly score: number;
}

/** A threshold above which a system falls silent, and what it scores with it. */
export interface BestThreshold {
  /** In percent. */
  readonly score: number;
  readonly threshold: number;
}

/**
 * The thresholds with the best exact match and the best F1, as evaluate-v2.0.py finds them with `--na-prob-file`
 * (Rajpurkar 2018, Sect. 6): silence everywhere first, with threshold 0; then the questions speak one after the
 * other, the least inclined to silence first, of equals the first in the list. (So a threshold among equals counts
 * some that it would let speak as silent; the official script has it so.)
 *
 * @param scores of the predictions as they are, without a threshold
 * @param truths [N] people's answers, as `squadScores` took them
 * @param predictions [N] the same
 * @param nullScores in the order of their file
 *
 * @example
 * ```ts
 * import { bestSquadThresholds, squadScores } from "./mod.ts";
 *
 * const truths = [["Ben"], []], said = ["Ben", "Anna"];
 * const nullScores = [0.1, 0.9].map((score, question) => ({ question, score }));
 * const { f1 } = bestSquadThresholds(squadScores(truths, said), truths, said, nullScores);
 * console.log(f1); // { score: 100, threshold: 0.1 }
 * ```
 */
export function bestSquadThresholds(
  scores: SquadScores,
  truths: readonly (readonly string[])[],
  predictions: readonly (string | undefined)[],
  nullScores: readonly NullScore[],
): { readonly exact: BestThreshold; readonly f1: BestThreshold } {
  const sorted = nullScores.toSorted((a, b) => a.score - b.score);
  const best = (metric: "exact" | "f1"): BestThreshold => {
    let sum = truths.filter((answers) => answers.length === 0).length;
    let best = { sum, threshold: 0 };
    for (const { question, score } of sorted) {
      const judged = scores.questions[question];
      if (judged === undefined) continue;
      if (truths[question].length > 0) sum += judged[metric];
      else if (predictions[question] !== "") sum--;
      if (sum > best.sum) best = { sum, threshold: score };
    }
    return { score: 100 * best.sum / scores.total, threshold: best.threshold };
  };
  return { exact: best("exact"), f1: best("f1") };
}
