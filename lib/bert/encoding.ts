/**
 * One text, or one pair, as the model reads it: T places. (Devlin 2019, Sect. 3, "Input/Output
 * Representations".)
 */
export interface Encoding {
  /** [T] ids of the pieces. */
  readonly inputIds: Int32Array;
  /** [T] 0 for [CLS] A [SEP], 1 for B [SEP], 0 for padding. */
  readonly tokenTypeIds: Int32Array;
  /** [T] 1 for a piece, 0 for padding. */
  readonly attentionMask: Int32Array;
  /**
   * [T] where the piece stands in its text: `text.slice(start, end)`, that is in UTF-16 units.
   * For a text given as words: within its word. Special tokens and padding have [0, 0].
   */
  readonly offsets: readonly (readonly [start: number, end: number])[];
  /**
   * [T] the number of the word within its text (A and B both count from 0) that the piece belongs
   * to; null for the special tokens and padding that the tokenizer added.
   */
  readonly wordIds: readonly (number | null)[];
}

/** B encodings of equal length T, their numbers one after another. */
export interface EncodingBatch {
  /** B. */
  readonly batch: number;
  /** T. */
  readonly length: number;
  /** [B, T] row-major. */
  readonly inputIds: Int32Array;
  /** [B, T] row-major. */
  readonly tokenTypeIds: Int32Array;
  /** [B, T] row-major. */
  readonly attentionMask: Int32Array;
  /** The rows one by one, with their offsets and word numbers. */
  readonly encodings: readonly Encoding[];
}

/**
 * Puts encodings of equal length below one another.
 * @throws {Error} if their lengths differ or there is none
 */
export function stackEncodings(encodings: readonly Encoding[]): EncodingBatch {
  if (encodings.length === 0) throw new Error("a batch needs at least one encoding; got none");
  const batch = encodings.length;
  const length = encodings[0].inputIds.length;
  const stack = (name: "inputIds" | "tokenTypeIds" | "attentionMask") => {
    const all = new Int32Array(batch * length);
    encodings.forEach((encoding, row) => {
      if (encoding[name].length !== length) {
        throw new Error(
          `the encodings of a batch must have one length: number 0 has ${length} pieces, number ` +
            `${row} has ${
              encoding[name].length
            }; pad them, for example with { padding: "longest" }`,
        );
      }
      all.set(encoding[name], row * length);
    });
    return all;
  };
  return {
    batch,
    length,
    inputIds: stack("inputIds"),
    tokenTypeIds: stack("tokenTypeIds"),
    attentionMask: stack("attentionMask"),
    encodings,
  };
}
