// T places of a window, P pieces of the passage
import type { BertTokenizer } from "../tokenizer.ts";
import type { Encoding } from "../encoding.ts";
import type { Answer, Feature, FeatureOptions, SpanExample } from "./task.ts";

/** A window of a passage: what the model reads of it together with the question. */
export interface SpanWindow extends Feature {
  /**
   * [T] 1 where this window shows a piece with more context than the others do, 0 outside the passage.
   * An answer may only begin at a 1.
   */
  readonly maxContext: Uint8Array;
}

/**
 * [CLS] question [SEP] window of the passage [SEP], as often as it takes to see the whole passage
 * (google-research/bert, run_squad.py).
 *
 * A window holds as many pieces of the passage as fit; the next one begins `stride` pieces further.
 * (Hugging Face's tokenizers give the name stride to how far windows overlap.) A window that does not hold
 * the whole answer is trained to point at [CLS], place 0.
 *
 * @param examples questions about passages
 * @param tokenizer of the model
 * @throws {RangeError} if no piece of a passage fits beside its question, or an answer is not in its place
 *
 * @example
 * ```ts
 * import { BertTokenizer, Vocabulary } from "../mod.ts";
 * import { spanWindows } from "./span_windows.ts";
 *
 * const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "who", "anna", "met", "ben"];
 * const tokenizer = new BertTokenizer(new Vocabulary(pieces));
 * const answers = [{ text: "ben", start: 9 }];
 * const example = { id: "1", context: "anna met ben", question: "who", answers };
 * for (const { encodings, targets } of spanWindows([example], tokenizer, { maxLength: 6, stride: 1 })) {
 *   console.log(tokenizer.pieces(encodings[0].inputIds).join(" "), targets);
 *   // [CLS] who [SEP] anna met [SEP] [0, 0]
 *   // [CLS] who [SEP] met ben [SEP] [4, 4]
 * }
 * ```
 */
export function spanWindows(
  examples: readonly SpanExample[],
  tokenizer: BertTokenizer,
  options: FeatureOptions = {},
): SpanWindow[] {
  const { maxLength = 384, stride = 128, maxQuestionLength = 64 } = options;
  const plain = { addSpecialTokens: false } as const;
  // Questions about one passage stand in a row: it is split into pieces once.
  let context: string | undefined, passage: Encoding | undefined;
  return examples.flatMap((example, number) => {
    const question = tokenizer.encode(example.question, undefined, {
      ...plain,
      maxLength: maxQuestionLength,
      truncation: "first",
    });
    if (passage === undefined || context !== example.context) {
      context = example.context;
      passage = tokenizer.encode(context, undefined, plain);
    }
    const { offsets } = passage;
    const P = offsets.length;
    const first = question.inputIds.length + 2; // place of a window's first piece of the passage
    const room = maxLength - first - 1;
    if (room < 1 || stride < 1) {
      throw new RangeError(
        `question ${example.id}: maxLength ${maxLength} and stride ${stride} leave ${room} places for ` +
          `the passage beside ${question.inputIds.length} pieces of the question; both must be 1 or more`,
      );
    }
    const starts = [0];
    while (starts[starts.length - 1] + room < P) {
      starts.push(starts[starts.length - 1] + Math.min(room, stride));
    }
    const ends = starts.map((start) => Math.min(start + room, P));
    const owner = maxContextWindow(starts, ends, P);
    const answer = example.answers.length > 0
      ? answerPieces(example, example.answers[0], offsets)
      : undefined;
    return starts.map((start, w): SpanWindow => {
      const encoding = sequence(tokenizer, question, passage!, start, ends[w]);
      const inside = answer && answer[0] >= start && answer[1] < ends[w];
      return {
        example: number,
        encodings: [encoding],
        targets: inside ? answer.map((piece) => piece - start + first) : [0, 0],
        maxContext: Uint8Array.from(encoding.inputIds, (_, t) => {
          const piece = t - first + start;
          return piece >= start && piece < ends[w] && owner[piece] === w ? 1 : 0;
        }),
      };
    });
  });
}

/**
 * For every piece of the passage the window that shows most around it: the smaller of the numbers of
 * pieces to its left and right counts, and a hundredth of the window's length; the first of equals.
 */
function maxContextWindow(
  starts: readonly number[],
  ends: readonly number[],
  P: number,
): Int32Array {
  const owner = new Int32Array(P), best = new Float64Array(P).fill(-1);
  starts.forEach((start, w) => {
    for (let piece = start; piece < ends[w]; piece++) {
      const left = piece - start, right = ends[w] - 1 - piece;
      const score = Math.min(left, right) + 0.01 * (ends[w] - start);
      if (score > best[piece]) [best[piece], owner[piece]] = [score, w];
    }
  });
  return owner;
}

/** The first and the last piece that share a character with the answer. */
function answerPieces(
  { id, context }: SpanExample,
  { text, start }: Answer,
  offsets: Encoding["offsets"],
): readonly [number, number] | undefined {
  const end = start + text.length;
  if (context.slice(start, end) !== text) {
    throw new RangeError(
      `question ${id}: the passage has "${
        context.slice(start, end)
      }" at ${start}; expected the answer ` +
        `"${text}"`,
    );
  }
  const first = offsets.findIndex((offset) => offset[1] > start);
  const last = offsets.findLastIndex((offset) => offset[0] < end);
  return first < 0 || last < first ? undefined : [first, last];
}

/** [CLS] question [SEP] pieces from..to of the passage [SEP]. */
function sequence(
  { clsId, sepId }: BertTokenizer,
  question: Encoding,
  passage: Encoding,
  from: number,
  to: number,
): Encoding {
  const ofA = question.inputIds.length + 2, T = ofA + to - from + 1;
  const inputIds = new Int32Array(T), tokenTypeIds = new Int32Array(T).fill(1, ofA);
  inputIds.set([clsId, ...question.inputIds, sepId]);
  inputIds.set(passage.inputIds.subarray(from, to), ofA);
  inputIds[T - 1] = sepId;
  const nowhere = [0, 0] as const;
  return {
    inputIds,
    tokenTypeIds,
    attentionMask: new Int32Array(T).fill(1),
    offsets: [nowhere, ...question.offsets, nowhere, ...passage.offsets.slice(from, to), nowhere],
    wordIds: [null, ...question.wordIds, null, ...passage.wordIds.slice(from, to), null],
  };
}
