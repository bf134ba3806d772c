import type { CharacterRules } from "./characters.ts";

/** How a {@linkcode WordScanner} normalises. */
export interface WordScannerOptions {
  /** Every character becomes its lower case. */
  readonly lowercase: boolean;
  /** Every character is decomposed (NFD) and its non-spacing marks are removed. */
  readonly stripAccents: boolean;
  /** Which characters count as what. */
  readonly rules: CharacterRules;
  /** Lower-case Σ at the end of a word becomes ς, as in Python; otherwise always σ, as in Rust. */
  readonly finalSigma: boolean;
}

/**
 * Called for every word, with arrays that are overwritten by the next one: its normalised code
 * points, and for each of them where in the text the character it comes from starts and ends
 * (UTF-16 units).
 */
export type OnWord = (
  word: Int32Array,
  length: number,
  starts: Int32Array,
  ends: Int32Array,
) => void;

// What becomes of one character; the low three bits of a table entry. The rest is the value.
const UNKNOWN = 0; // not looked up yet
const LETTER = 1; // value: the code point it becomes
const SPACE = 2;
const NOTHING = 3; // dropped
const ALONE = 4; // a word of its own; value: the code point it becomes
const MANY = 5; // value: place in #sequences of the entries it becomes
const SIGMA = 6; // Σ where its place in the word decides

const CAPITAL_SIGMA = 0x3a3;
const SMALL_SIGMA = 0x3c3;
const FINAL_SIGMA = 0x3c2;

/**
 * `basicTokenize` in one pass: what a character becomes (nothing, a space, one or more lower-case
 * letters, a word of its own) depends on that character alone, so that it is worked out once, when the
 * character is first met, and looked up ever after. Every character remembers where it came from.
 *
 * Two things do depend on neighbours. Σ is treated where asked for. The order of several marks on
 * one letter (canonical reordering) is not: all marks are removed, except those that are newer than
 * the rules' tables.
 */
export class WordScanner {
  readonly #options: WordScannerOptions;
  readonly #table = new Int32Array(0x10000); // the Basic Multilingual Plane
  readonly #astral = new Map<number, number>();
  readonly #sequences: number[][] = [];
  #word = new Int32Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);

  constructor(options: WordScannerOptions) {
    this.#options = options;
  }

  /** Calls `onWord` for every word of `text` from UTF-16 unit `from` up to `to`. */
  scan(text: string, from: number, to: number, onWord: OnWord): void {
    const table = this.#table;
    let length = 0; // of the word so far
    for (let i = from; i < to;) {
      const start = i;
      let c = text.charCodeAt(i++);
      if ((c & 0xfc00) === 0xd800 && i < to && (text.charCodeAt(i) & 0xfc00) === 0xdc00) {
        c = text.codePointAt(start)!;
        i++;
      }
      let entry = c < 0x10000 ? table[c] : this.#astral.get(c) ?? UNKNOWN;
      if (entry === UNKNOWN) entry = this.#lookUp(c);
      const kind = entry & 7;

      if (kind === LETTER) {
        if (length === this.#word.length) this.#grow();
        this.#word[length] = entry >> 3;
        this.#starts[length] = start;
        this.#ends[length++] = i;
      } else if (kind === SPACE) {
        if (length > 0) onWord(this.#word, length, this.#starts, this.#ends);
        length = 0;
      } else if (kind !== NOTHING) {
        let entries: readonly number[];
        if (kind === MANY) entries = this.#sequences[entry >> 3];
        else if (kind === ALONE) entries = [entry];
        else entries = [LETTER | (this.#sigma(text, start, from, to) << 3)];
        for (const part of entries) {
          const alone = (part & 7) === ALONE;
          if (alone && length > 0) {
            onWord(this.#word, length, this.#starts, this.#ends);
            length = 0;
          }
          if (length === this.#word.length) this.#grow();
          this.#word[length] = part >> 3;
          this.#starts[length] = start;
          this.#ends[length++] = i;
          if (alone) {
            onWord(this.#word, length, this.#starts, this.#ends);
            length = 0;
          }
        }
      }
    }
    if (length > 0) onWord(this.#word, length, this.#starts, this.#ends);
  }

  #lookUp(c: number): number {
    const entry = this.#become(c);
    if (c < 0x10000) this.#table[c] = entry;
    else this.#astral.set(c, entry);
    return entry;
  }

  #become(c: number): number {
    const { rules, lowercase, stripAccents, finalSigma } = this.#options;
    if (rules.isSpace(c)) return SPACE;
    if (rules.isDropped(c)) return NOTHING;
    if (c === CAPITAL_SIGMA && lowercase && finalSigma) return SIGMA;
    let text = String.fromCodePoint(c);
    // Decomposed before and after: a capital's lower case may decompose again (İ -> i + dot).
    if (stripAccents) text = this.#strip(text);
    // One by one, so that Σ is never final here.
    if (lowercase) text = [...text].map((character) => character.toLowerCase()).join("");
    if (stripAccents) text = this.#strip(text);
    const alone = rules.isIdeograph(c);
    const entries = [...text].map((character) => {
      const point = character.codePointAt(0)!;
      return (alone || rules.isPunctuation(point) ? ALONE : LETTER) | (point << 3);
    });
    if (entries.length === 0) return NOTHING;
    if (entries.length === 1) return entries[0];
    return MANY | ((this.#sequences.push(entries) - 1) << 3);
  }

  #strip(text: string): string {
    const { rules } = this.#options;
    return [...text.normalize("NFD")].filter((x) => !rules.isMark(x.codePointAt(0)!)).join("");
  }

  /** Asks the engine's own rule for Σ: final if letters come before it in the token and none after. */
  #sigma(text: string, at: number, from: number, to: number): number {
    const { rules } = this.#options;
    const divides = (i: number) => {
      const c = text.charCodeAt(i);
      return rules.isSpace(c) || rules.isIdeograph(c);
    };
    let first = at;
    while (first > from && !divides(first - 1)) first--;
    let last = at + 1;
    while (last < to && !divides(last)) last++;
    const keep = (part: string) =>
      [...part].filter((x) => !rules.isDropped(x.codePointAt(0)!)).join("");
    const before = keep(text.slice(first, at));
    const after = keep(text.slice(at + 1, last));
    const lower = (before + "Σ" + after).toLowerCase();
    return lower[before.toLowerCase().length] === "ς" ? FINAL_SIGMA : SMALL_SIGMA;
  }

  #grow() {
    const double = (old: Int32Array) => {
      const larger = new Int32Array(2 * old.length);
      larger.set(old);
      return larger;
    };
    this.#word = double(this.#word);
    this.#starts = double(this.#starts);
    this.#ends = double(this.#ends);
  }
}
