import { choiceFiles, choiceTask } from "./choice_task.ts";
import type { ChoiceTask } from "./task.ts";

const ENDINGS = [["ending0"], ["ending1"], ["ending2"], ["ending3"]];

/**
 * Situations With Adversarial Generations (Zellers 2018): what happens next in the film? The official
 * files are `train.csv`, `val.csv` and `test.csv`. `sent1` is sentence A; the noun phrase `sent2`, with
 * which every ending begins, stands before each.
 */
export const SWAG: ChoiceTask = choiceTask({
  name: "SWAG",
  title: "Which of the four sentences goes on?",
  choices: 4,
  source: choiceFiles({
    folders: ["SWAG", "swag", "regular", "swag/regular", "swag/data", "SWAG/regular"],
    files: { train: "train.csv", dev: "val.csv", test: "test.csv" },
    columns: { a: ["sent1"], beginning: ["sent2"], endings: ENDINGS, label: ["label"] },
  }),
});
