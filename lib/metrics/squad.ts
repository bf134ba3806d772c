/*
 * The scores of SQuAD as the official scripts evaluate-v1.1.py and evaluate-v2.0.py compute them
 * (Rajpurkar 2016, Sect. 6.1; 2018, Sect. 6), to the last digit. Where Python's idea of a word, a space or
 * a punctuation mark differs from JavaScript's, Python's holds.
 */

/** string.punctuation of Python: ASCII's; a curly quotation mark stays. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** What Python's `\b(a|an|the)\b` finds in Unicode text, where a letter or digit of any script joins words. */
const ARTICLE = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** What Python's `str.split()` splits at. */
// deno-lint-ignore no-control-regex
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * An answer as it is compared: in lower case, without ASCII punctuation, without the words a, an and the,
 * its words separated by one space.
 *
 * @example
 * ```ts
 * import { normalizeAnswer } from "./mod.ts";
 *
 * console.log(normalizeAnswer("The  Norman's (first) castle")); // normans first castle
 * ```
 */
export function normalizeAnswer(text: string): string {
  return words(text).join(" ");
}

function words(text: string): string[] {
  return text.toLowerCase().replace(PUNCTUATION, "").replace(ARTICLE, " ").split(SPACES)
    .filter((word) => word !== "");
}

/**
 * F1 of the words that two answers share, each counted as often as it occurs in both.
 *
 * @param prediction the system's answer
 * @param truth a person's answer
 * @param emptyMatches the score of two answers without any word: v1.1 says 0, v2.0 says 1. Default false
 * @returns in [0, 1]
 *
 * @example
 * ```ts
 * import { answerF1 } from "./mod.ts";
 *
 * console.log(answerF1("the Denver Broncos", "Broncos")); // 0.6666666666666666
 * ```
 */
export function answerF1(prediction: string, truth: string, emptyMatches = false): number {
  const said = words(prediction), right = words(truth);
  if (emptyMatches && (said.length === 0 || right.length === 0)) {
    return said.length === right.length ? 1 : 0;
  }
  const left = new Map<string, number>();
  for (const word of right) left.set(word, (left.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count > 0) same++;
    left.set(word, count - 1);
  }
  if (same === 0) return 0;
  const precision = same / said.length, recall = same / right.length;
  return (2 * precision * recall) / (precision + recall);
}

/** How good the answers to some questions are, in percent. */
export interface SquadShare {
  /** Percent of the answers that equal a person's after {@linkcode normalizeAnswer}. */
  readonly exactMatch: number;
  /** Mean of {@linkcode answerF1} against the nearest of the people's answers, in percent. */
  readonly f1: number;
  /** Questions counted. */
  readonly total: number;
}

/** How good the answers to a data set's questions are. */
export interface SquadScores extends SquadShare {
  /** Questions without a prediction: wrong in v1.1, left out in v2.0. */
  readonly unanswered: number;
  /** v2.0: the questions that have an answer in the passage; absent if there is none. */
  readonly hasAnswer?: SquadShare;
  /** v2.0: those that have none; absent if there is none. */
  readonly noAnswer?: SquadShare;
  /** [N] each question: 0 or 1, and 0 to 1; undefined where v2.0 leaves it out. */
  readonly questions: readonly ({ readonly exact: number; readonly f1: number } | undefined)[];
}

/** How {@linkcode squadScores} judges. */
export interface SquadOptions {
  /** Whose rules. Default 2 if some question has no answer, else 1.1. */
  readonly version?: "1.1" | "2.0";
}

/**
 * Exact match and F1 of SQuAD, as the official script of v1.1 or v2.0 has them: for every question the
 * best over the people's answers.
 *
 * @param truths [N] the people's answers to each question; none: it has no answer (v2.0)
 * @param predictions [N] the system's; "" is "no answer", undefined is "not predicted"
 * @throws {RangeError} if there are not N of both, none, or v1.1 is asked for questions without answers
 *
 * @example
 * ```ts
 * import { squadScores } from "./mod.ts";
 *
 * const truths = [["Denver Broncos", "the Broncos"], ["1066"]];
 * const { exactMatch, f1 } = squadScores(truths, ["Broncos", "in 1066"]);
 * console.log(exactMatch, f1); // 50 83.33333333333334
 * ```
 */
export function squadScores(
  truths: readonly (readonly string[])[],
  predictions: readonly (string | undefined)[],
  options: SquadOptions = {},
): SquadScores {
  if (truths.length !== predictions.length || truths.length === 0) {
    throw new RangeError(
      `${truths.length} questions and ${predictions.length} predictions: there must be one prediction ` +
        `(or undefined) for each, and at least one`,
    );
  }
  const { version = truths.some((answers) => answers.length === 0) ? "2.0" : "1.1" } = options;
  const v2 = version === "2.0";
  const questions = truths.map((answers, i) => {
    const said = predictions[i];
    if (!v2 && answers.length === 0) {
      throw new RangeError(`question ${i} has no answer: that is SQuAD 2.0, not 1.1`);
    }
    if (said === undefined) return v2 ? undefined : { exact: 0, f1: 0 };
    const accepted = v2 ? withWords(answers) : answers;
    const exact = accepted.some((text) => normalizeAnswer(text) === normalizeAnswer(said));
    const f1 = Math.max(...accepted.map((text) => answerF1(said, text, v2)));
    return { exact: exact ? 1 : 0, f1 };
  });
  const share = (counts: (i: number) => boolean): SquadShare | undefined => {
    let exact = 0, f1 = 0, total = 0;
    questions.forEach((question, i) => {
      if (question === undefined || !counts(i)) return;
      exact += question.exact;
      f1 += question.f1;
      total++;
    });
    return total === 0
      ? undefined
      : { exactMatch: 100 * exact / total, f1: 100 * f1 / total, total };
  };
  const hasAnswer = v2 ? share((i) => truths[i].length > 0) : undefined;
  const noAnswer = v2 ? share((i) => truths[i].length === 0) : undefined;
  return {
    ...(share(() => true) ?? { exactMatch: 0, f1: 0, total: 0 }),
    unanswered: predictions.filter((said) => said === undefined).length,
    ...(hasAnswer ? { hasAnswer } : {}),
    ...(noAnswer ? { noAnswer } : {}),
    questions,
  };
}

/** The answers of v2.0: those that have a word; without any the answer is "". */
function withWords(answers: readonly string[]): readonly string[] {
  const kept = answers.filter((text) => words(text).length > 0);
  return kept.length > 0 ? kept : [""];
}
