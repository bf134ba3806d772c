/**
 * What only lessons need: checks for the exercises (an open one is named, a wrong one throws with a
 * hint), pictures drawn in text, and ways to spoil a segmentation on purpose.
 *
 * @module
 */
export { type Answer, check, type CheckOptions, type UsualMistake, WrongAnswer } from "./check.ts";
export { drawMembranes, dropCells, openGaps, shift, sprinkle, thickenMembranes } from "./damage.ts";
export { pictureFromText } from "./picture_from_text.ts";
export { exampleChips } from "./example_chips.ts";
export {
  type FineTuningResult,
  fineTuningResults,
  type FineTuningResultsOptions,
  fullRunTable,
  meanOverSeeds,
  type SeedScore,
} from "./fine_tuning_results.ts";
export { type FullRunModel, fullRunModel, type FullRunModelOptions } from "./full_run_model.ts";
export {
  type ExampleOf,
  type TaskSample,
  taskSample,
  type TaskSampleOptions,
} from "./task_sample.ts";
export { kindOf, taggedWords, weighedPieces } from "./text_marks.ts";
