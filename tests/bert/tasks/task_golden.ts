/** What Hugging Face's tokenizer and plain Python say; see tests/golden/task_features/generate.py. */
interface TaskGolden {
  readonly spans: readonly {
    readonly context: string;
    readonly question: string;
    readonly answer: readonly [start: number, text: string];
    readonly maxLength: number;
    readonly stride: number;
    readonly maxQuestionLength: number;
    /** Of every window. */
    readonly ids: number[][];
    readonly types: number[][];
    readonly targets: number[][];
    /** [P] the window that shows the piece with most context. */
    readonly owner: number[];
    /** Of every window, in the passage and in the sequence. */
    readonly starts: number[];
    readonly firsts: number[];
    readonly logits: readonly (readonly [start: number[], end: number[]])[];
    readonly nBest: number;
    readonly maxAnswerLength: number;
    readonly noAnswer: boolean;
    readonly said: {
      readonly text: string;
      readonly best: readonly (readonly [text: string, score: number, probability: number])[];
      readonly null: number | null;
    };
  }[];
  readonly sentences: readonly {
    readonly words: string[];
    readonly tags: number[];
    readonly ids: number[];
    readonly targets: number[];
  }[];
}

/** The reference. */
export const golden: TaskGolden = JSON.parse(
  await Deno.readTextFile(new URL("../../golden/task_features/reference.json", import.meta.url)),
);
