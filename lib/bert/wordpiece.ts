/** How {@linkcode wordPiece} treats words it cannot spell. */
export interface WordPieceOptions {
  /** The piece that stands for a word that cannot be spelled. Default "[UNK]". */
  readonly unknown?: string;
  /**
   * A word of more code points than this is unknown. Default 200 as in google-research/bert since
   * 2018-11-23; Hugging Face uses 100.
   */
  readonly maxInputCharsPerWord?: number;
}

/**
 * Spells one word with pieces of the vocabulary: greedy, longest match first; a piece that does
 * not begin the word is written with "##". If any remainder cannot be spelled the whole word is
 * unknown. (Devlin 2019, Sect. 3; `WordpieceTokenizer` of google-research/bert.)
 *
 * This is the version to read, quadratic in the length of the word. {@linkcode PieceTrie} finds
 * the same pieces without building a string.
 *
 * @param word one word of {@linkcode basicTokenize}
 * @param vocabulary anything that knows whether it has a piece: a Set, a Map, a `Vocabulary`
 *
 * @example
 * ```ts
 * import { wordPiece } from "./mod.ts";
 *
 * const vocabulary = new Set(["[UNK]", "un", "##aff", "##able"]);
 * console.log(wordPiece("unaffable", vocabulary).join(" ")); // un ##aff ##able
 * console.log(wordPiece("unaffordable", vocabulary).join(" ")); // [UNK]
 * ```
 */
export function wordPiece(
  word: string,
  vocabulary: { has(piece: string): boolean },
  options: WordPieceOptions = {},
): string[] {
  const { unknown = "[UNK]", maxInputCharsPerWord = 200 } = options;
  const characters = [...word];
  if (characters.length > maxInputCharsPerWord) return [unknown];
  const pieces: string[] = [];
  let start = 0;
  while (start < characters.length) {
    let end = characters.length;
    let found: string | undefined;
    for (; end > start; end--) {
      const candidate = (start > 0 ? "##" : "") + characters.slice(start, end).join("");
      if (vocabulary.has(candidate)) {
        found = candidate;
        break;
      }
    }
    if (found === undefined) return [unknown];
    pieces.push(found);
    start = end;
  }
  return pieces;
}
