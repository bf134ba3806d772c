/** A mistake that many learners make, the value it leads to, and what to say about it. */
export interface UsualMistake {
  /** What the mistaken calculation gives. */
  readonly gives: Answer;
  /** What went wrong, and where to look. */
  readonly hint: string;
}

/** What an exercise can be answered with. */
export type Answer = number | string | boolean | ArrayLike<number>;

/** How strictly an answer is compared, and which mistakes are recognised. */
export interface CheckOptions {
  /** Largest allowed difference, relative to the larger of 1 and the expected value. Default 1e-6. */
  readonly tolerance?: number;
  /** Looked through in order when the answer is wrong. Default none. */
  readonly mistakes?: readonly UsualMistake[];
}

/** Thrown by {@linkcode check} for a wrong answer, so that the notebook's cell turns red. */
export class WrongAnswer extends Error {
  override name = "WrongAnswer";
}

/**
 * Checks a learner's answer. `undefined` means that the exercise is still open: that is said, and the
 * notebook goes on. A wrong answer throws, and names the usual mistake where the value gives it away.
 *
 * @param exercise what was asked, in a few words
 * @param answer the learner's; `undefined` while the exercise is open
 * @param expected the right one
 * @throws {WrongAnswer} if wrong
 *
 * @example
 * ```ts
 * import { check } from "./mod.ts";
 *
 * check("side of the output for a tile of 188", 4, 188 - 184); // says that it is right
 * ```
 */
export function check(
  exercise: string,
  answer: Answer | undefined,
  expected: Answer,
  { tolerance = 1e-6, mistakes = [] }: CheckOptions = {},
): void {
  if (answer === undefined) {
    console.log(
      `○ ${exercise}: not answered yet. Replace undefined with your answer and run again.`,
    );
    return;
  }
  if (same(answer, expected, tolerance)) {
    console.log(`✓ ${exercise}: right.`);
    return;
  }
  const mistake = mistakes.find(({ gives }) => same(answer, gives, tolerance));
  throw new WrongAnswer(
    `${exercise}: ${describe(answer)} is not it. ${mistake?.hint ?? explain(answer, expected)}`,
  );
}

function same(a: Answer, b: Answer, tolerance: number): boolean {
  if (typeof a === "number" && typeof b === "number") {
    return a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)) ||
      (Number.isNaN(a) && Number.isNaN(b));
  }
  if (isList(a) && isList(b)) {
    return a.length === b.length &&
      Array.prototype.every.call(a, (x, i) => same(x, b[i], tolerance));
  }
  return a === b;
}

/** Says how the answer differs without giving the right one away. */
function explain(answer: Answer, expected: Answer): string {
  if (typeof answer !== typeof expected || isList(answer) !== isList(expected)) {
    return `A ${kind(expected)} is asked for, this is a ${kind(answer)}.`;
  }
  if (isList(answer) && isList(expected)) {
    if (answer.length !== expected.length) {
      return `It has ${answer.length} values; ${expected.length} are asked for.`;
    }
    const at = Array.prototype.findIndex.call(answer, (x, i) => !same(x, expected[i], 1e-6));
    return `Look at position ${at}, the first that differs.`;
  }
  if (typeof answer === "number" && typeof expected === "number") {
    return answer > expected ? "It is too large." : "It is too small.";
  }
  return "Read the paragraph above once more.";
}

const isList = (value: Answer): value is ArrayLike<number> => typeof value === "object";
const kind = (value: Answer) => isList(value) ? "list of numbers" : typeof value;
const describe = (value: Answer) =>
  isList(value)
    ? `[${Array.from(value).slice(0, 8).join(", ")}${value.length > 8 ? ", …" : ""}]`
    : `${value}`;
