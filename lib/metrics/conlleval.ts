import type { EntityScores, EntityShare } from "./entities.ts";

/** What conlleval prints of some entities: percent with two digits, "62.62". */
export interface ConllevalShare {
  readonly precision: string;
  readonly recall: string;
  /** F1, which that script calls FB1. */
  readonly fb1: string;
}

/**
 * Precision, recall and F1 as the script of CoNLL-2000 and CoNLL-2003 prints them (Tjong Kim Sang and De Meulder
 * 2003): made of the counts, in percent from the beginning, and rounded as C's printf does.
 *
 * @param counts entities that are right, that were predicted, and that there are
 *
 * @example
 * ```ts
 * import { conllevalShare } from "./mod.ts";
 *
 * console.log(conllevalShare({ correct: 1, predicted: 800, total: 2 }));
 * // { precision: "0.12", recall: "50.00", fb1: "0.25" }
 * ```
 */
export function conllevalShare(
  { correct, predicted, total }: Pick<EntityShare, "correct" | "predicted" | "total">,
): ConllevalShare {
  const precision = percent(correct, predicted), recall = percent(correct, total);
  const fb1 = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
  return { precision: twoDigits(precision), recall: twoDigits(recall), fb1: twoDigits(fb1) };
}

/**
 * The share of words with the right tag, as conlleval prints it.
 *
 * @param scores of all sentences
 * @returns percent with two digits
 *
 * @example
 * ```ts
 * import { conllevalAccuracy, entityScores } from "./mod.ts";
 *
 * console.log(conllevalAccuracy(entityScores([["O", "B-PER", "O"]], [["O", "O", "O"]]))); // 66.67
 * ```
 */
export function conllevalAccuracy({ accuracy, words }: EntityScores): string {
  return twoDigits(percent(Math.round(accuracy * words), words));
}

const percent = (part: number, whole: number) => whole === 0 ? 0 : 100 * part / whole;

/** C's `%.2f`: halfway between two numbers, which only odd eighths are, the even one; `toFixed` takes the larger. */
function twoDigits(value: number): string {
  const isTie = Number.isInteger(8 * value) && !Number.isInteger(4 * value);
  if (!isTie) return value.toFixed(2);
  const below = Math.floor(100 * value);
  return ((below + below % 2) / 100).toFixed(2);
}
