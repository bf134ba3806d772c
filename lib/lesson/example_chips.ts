import type { BertTokenizer, PretrainingExample } from "../bert/mod.ts";
import { chips, type Markup } from "../plot/mod.ts";

/**
 * An exercise of BERT's pre-training as a row of chips: A white, B blue, what is to be guessed orange with
 * the answer below it.
 *
 * @param example one of `createPretrainingExamples`
 * @param tokenizer the one it was made with
 */
export function exampleChips(example: PretrainingExample, tokenizer: BertTokenizer): Markup {
  const { inputIds, tokenTypeIds, maskedPositions, maskedLabels, isRandomNext } = example;
  const answers = new Map(
    tokenizer.pieces(maskedLabels).map((piece, i) => [maskedPositions[i], piece]),
  );
  const row = tokenizer.pieces(inputIds).map((text, t) => ({
    text,
    below: answers.get(t),
    group: answers.has(t) ? 1 : tokenTypeIds[t] === 1 ? 0 : undefined,
  }));
  return chips(row, { label: isRandomNext ? "B is from elsewhere" : "B follows A" });
}
