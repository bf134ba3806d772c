import { DROPPED, NONSPACING_MARKS, PUNCTUATION } from "./unicode_tables.ts";

/** What a tokenizer asks about one code point. */
export interface CharacterRules {
  /** Thrown away by cleaning. */
  isDropped(codePoint: number): boolean;
  /** Separates words. */
  isSpace(codePoint: number): boolean;
  /** A Chinese ideograph: a word of its own. */
  isIdeograph(codePoint: number): boolean;
  /** Punctuation: a word of its own. */
  isPunctuation(codePoint: number): boolean;
  /** A non-spacing mark, such as an accent after canonical decomposition. */
  isMark(codePoint: number): boolean;
}

const character = (codePoint: number) => String.fromCodePoint(codePoint);

/** ASCII 33-47, 58-64, 91-96, 123-126: `$`, `^` and `` ` `` count, though Unicode calls them symbols. */
const isAsciiPunctuation = (c: number) =>
  (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);

const isPlainSpace = (c: number) => c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d;

/** U+2028 and U+2029 are in no list of the paper's code, but Python's `split()` separates there. */
const isLineSeparator = (c: number) => c === 0x2028 || c === 0x2029;

const isIdeograph = (c: number) =>
  (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x2a6df) ||
  (c >= 0x2a700 && c <= 0x2b81f) || (c >= 0x2b820 && c <= 0x2ceaf) ||
  (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);

/**
 * The rules of google-research/bert, `tokenization.py`, with the Unicode version of the engine
 * (there: of Python).
 */
export const GOOGLE_CHARACTERS: CharacterRules = {
  isDropped: (c) =>
    !isPlainSpace(c) &&
    (c === 0 || c === 0xfffd || isSurrogate(c) || /[\p{Cc}\p{Cf}]/u.test(character(c))),
  isSpace: (c) => isPlainSpace(c) || isLineSeparator(c) || /\p{Zs}/u.test(character(c)),
  isIdeograph,
  isPunctuation: (c) => isAsciiPunctuation(c) || /\p{P}/u.test(character(c)),
  isMark: (c) => /\p{Mn}/u.test(character(c)),
};

/**
 * The rules of Hugging Face's Rust library, whose tables are Unicode 8's: private-use characters are
 * dropped, marks and punctuation added to Unicode since are ordinary, and the ideographs
 * U+2B820-2B91F are not split off.
 */
export const HUGGING_FACE_CHARACTERS: CharacterRules = {
  isDropped: inRanges(DROPPED, isSurrogate),
  isSpace: GOOGLE_CHARACTERS.isSpace,
  isIdeograph: (c) => isIdeograph(c) && !(c >= 0x2b820 && c <= 0x2b91f),
  isPunctuation: inRanges(PUNCTUATION),
  isMark: inRanges(NONSPACING_MARKS),
};

/** Half of a pair that has lost its other half: no character at all. */
function isSurrogate(c: number): boolean {
  return c >= 0xd800 && c <= 0xdfff;
}

/** A test for membership in a list of ranges such as "0-8 b-c e-1f", by binary search. */
function inRanges(table: string, orElse: (c: number) => boolean = () => false) {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const range of table.trim().split(/\s+/)) {
    const [a, b = a] = range.split("-");
    starts.push(parseInt(a, 16));
    ends.push(parseInt(b, 16));
  }
  return (c: number): boolean => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= c) low = middle + 1;
      else high = middle;
    }
    return (low > 0 && c <= ends[low - 1]) || orElse(c);
  };
}
