import { type CharacterRules, GOOGLE_CHARACTERS } from "./characters.ts";

/** How {@linkcode basicTokenize} splits. */
export interface BasicTokenizerOptions {
  /** Lower-case, then strip accents: uncased models. Default true. */
  readonly lowercase?: boolean;
  /** Which characters count as what. Default: the rules of google-research/bert. */
  readonly rules?: CharacterRules;
}

/**
 * Splits a text into words and punctuation marks, step by step as `BasicTokenizer` of
 * google-research/bert does (papers: Devlin 2019, Sect. 3; code: `tokenization.py`):
 * clean, space out ideographs, split at white space, lower-case and strip accents, split off
 * punctuation.
 *
 * This is the version to read. {@linkcode BertTokenizer} does the same in one pass over the text.
 *
 * @param text any string; lone surrogates are dropped
 * @returns the words, in order; none is empty
 *
 * @example
 * ```ts
 * import { basicTokenize } from "./mod.ts";
 *
 * console.log(basicTokenize(" \tHeLLo!how  \n Are yoU?  ").join(" ")); // hello ! how are you ?
 * console.log(basicTokenize("ah博推zz").join(" ")); // ah 博 推 zz
 * ```
 */
export function basicTokenize(text: string, options: BasicTokenizerOptions = {}): string[] {
  const { lowercase = true, rules = GOOGLE_CHARACTERS } = options;
  const words: string[] = [];
  for (let token of whitespaceTokenize(spaceOutIdeographs(clean(text, rules), rules), rules)) {
    if (lowercase) token = stripAccents(token.toLowerCase(), rules);
    words.push(...splitOnPunctuation(token, rules));
  }
  return words.flatMap((word) => whitespaceTokenize(word, rules));
}

/** Removes U+0000, U+FFFD and control characters; makes every white space a plain space. */
export function clean(text: string, rules: CharacterRules = GOOGLE_CHARACTERS): string {
  let out = "";
  for (const char of text) {
    const c = char.codePointAt(0)!;
    if (rules.isSpace(c)) out += " ";
    else if (!rules.isDropped(c)) out += char;
  }
  return out;
}

/** Puts a space on both sides of every Chinese ideograph. Hangul and kana are left alone. */
export function spaceOutIdeographs(
  text: string,
  rules: CharacterRules = GOOGLE_CHARACTERS,
): string {
  let out = "";
  for (const char of text) out += rules.isIdeograph(char.codePointAt(0)!) ? ` ${char} ` : char;
  return out;
}

/** Decomposes canonically (NFD) and removes the non-spacing marks: "é" becomes "e". */
export function stripAccents(text: string, rules: CharacterRules = GOOGLE_CHARACTERS): string {
  let out = "";
  for (const char of text.normalize("NFD")) if (!rules.isMark(char.codePointAt(0)!)) out += char;
  return out;
}

/** Makes every punctuation character a word of its own. */
export function splitOnPunctuation(
  text: string,
  rules: CharacterRules = GOOGLE_CHARACTERS,
): string[] {
  const words: string[] = [];
  let startNewWord = true;
  for (const char of text) {
    const isPunctuation = rules.isPunctuation(char.codePointAt(0)!);
    if (isPunctuation || startNewWord) words.push(char);
    else words[words.length - 1] += char;
    startNewWord = isPunctuation;
  }
  return words;
}

function whitespaceTokenize(text: string, rules: CharacterRules): string[] {
  const words: string[] = [];
  let startNewWord = true;
  for (const char of text) {
    const isSpace = rules.isSpace(char.codePointAt(0)!);
    if (!isSpace && startNewWord) words.push(char);
    else if (!isSpace) words[words.length - 1] += char;
    startNewWord = isSpace;
  }
  return words;
}
