/**
 * Checks for the notebooks' exercises: an open one is named, a wrong one throws with a hint.
 *
 * @module
 */
export { type Answer, check, type CheckOptions, type UsualMistake, WrongAnswer } from "./check.ts";
