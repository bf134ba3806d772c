import { BertTokenizer, type Encoding, SPECIAL_TOKENS, Vocabulary } from "../../lib/bert/mod.ts";
import type { Feature, Task, TaskHead } from "../../lib/bert/tasks/mod.ts";
import { bertConfig } from "../../lib/bert/mod.ts";

/** A sequence of which only ids and segments are known. */
export function encodingOf(
  ids: readonly number[],
  types: readonly number[] = ids.map(() => 0),
): Encoding {
  return {
    inputIds: Int32Array.from(ids),
    tokenTypeIds: Int32Array.from(types),
    attentionMask: new Int32Array(ids.length).fill(1),
    offsets: ids.map(() => [0, 0] as const),
    wordIds: ids.map(() => null),
  };
}

/** A task of which only the head is known: for features that were made elsewhere. */
export function taskWith(head: TaskHead): Task {
  const no = () => {
    throw new Error("this task has no data");
  };
  return {
    name: `a task of ${head.kind}`,
    title: "",
    family: "single",
    head,
    splits: ["train"],
    developmentSplit: "dev",
    metrics: ["accuracy"],
    headline: "accuracy",
    read: no,
    features: no,
    predict: (_examples, _features, logits) => logits.map((row) => row.indexOf(Math.max(...row))),
    score: no,
    submission: { fileName: no, write: no, read: no },
  };
}

/** A tokenizer for words written apart, and a BERT small enough to learn a few rows by heart in seconds. */
export function tinyBertFor(texts: readonly string[]) {
  const words = new Set(
    texts.flatMap((text) => text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []),
  );
  const vocabulary = new Vocabulary([...SPECIAL_TOKENS, ...words]);
  const config = bertConfig({
    vocabSize: vocabulary.size,
    hiddenSize: 32,
    layers: 1,
    heads: 2,
    maxPositions: 128,
    initializerRange: 0.1,
  });
  return { tokenizer: new BertTokenizer(vocabulary), config };
}

/** The features of a golden file. */
export interface GoldenFeature {
  readonly ids: readonly (readonly number[])[];
  readonly types: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/** A {@linkcode GoldenFeature} as the project has them. */
export function toFeature({ ids, types, targets }: GoldenFeature, example: number): Feature {
  return { example, encodings: ids.map((row, i) => encodingOf(row, types[i])), targets };
}
