import { watchInterrupt } from "../io/mod.ts";
import { basicTokenize, type BasicTokenizerOptions } from "./basic_tokenizer.ts";
import { SPECIAL_TOKENS, Vocabulary } from "./vocabulary.ts";

/** How a vocabulary is grown. */
export interface WordPieceTrainerOptions {
  /** Grow up to this many pieces, special tokens included. */
  readonly vocabularySize: number;
  /**
   * What makes a merge of a and b good; f is how often a piece, or the pair, occurs.
   *
   * - `"likelihood"` (default): how much the log-likelihood of the corpus, each piece drawn by its
   *   frequency, grows by the merge: "the word unit that increases the likelihood on the training
   *   data the most" (Schuster and Nakajima 2012, where WordPiece comes from); N log N is taken to
   *   first order in f(ab) / N.
   * - `"ratio"`: f(ab) / (f(a) f(b)), the gain per occurrence, which is how WordPiece is often
   *   taught. It loves rare letters: choose a `minFrequency` of 10 or more.
   * - `"frequency"`: f(ab), which is byte-pair encoding, for comparison.
   */
  readonly score?: "likelihood" | "ratio" | "frequency";
  /** A pair that occurs less often is never merged. Default 2. */
  readonly minFrequency?: number;
  /** Only this many different characters, the most frequent ones. Default 1000, as in BERT. */
  readonly alphabetSize?: number;
  /** Pieces that come first. Default: [PAD], [UNK], [CLS], [SEP], [MASK]. */
  readonly specialTokens?: readonly string[];
}

/** One step of {@linkcode wordPieceMerges}: two pieces that stood side by side become one. */
export interface Merge {
  /** The new piece. */
  readonly piece: string;
  /** What it was made of. */
  readonly left: string;
  /** What it was made of. */
  readonly right: string;
  /** How often the pair occurs in the corpus. */
  readonly frequency: number;
  /** Its score when it was chosen. */
  readonly score: number;
  /** Number of pieces after this step. */
  readonly vocabularySize: number;
}

/**
 * Counts the words of a corpus, split as BERT splits.
 *
 * @param texts sentences, lines or whole documents
 */
export function countWords(
  texts: Iterable<string>,
  options: BasicTokenizerOptions = {},
): Map<string, number> {
  const counts = new Map<string, number>(), interrupt = watchInterrupt();
  for (const text of texts) {
    interrupt.throwIfRequested(() => `counting was stopped at ${counts.size} words`);
    for (const word of basicTokenize(text, options)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/**
 * Trains a WordPiece vocabulary: starts from single characters and merges until the size is
 * reached or no pair is frequent enough.
 *
 * @param counts how often each word occurs ({@linkcode countWords})
 *
 * @example
 * ```ts
 * import { countWords, trainWordPiece } from "./mod.ts";
 *
 * const counts = countWords(["low lower lowest", "new newer newest"]);
 * const vocabulary = trainWordPiece(counts, { vocabularySize: 30 });
 * console.log(vocabulary.has("low"), vocabulary.has("##est")); // true true
 * ```
 */
export function trainWordPiece(
  counts: ReadonlyMap<string, number>,
  options: WordPieceTrainerOptions,
): Vocabulary {
  const merges = wordPieceMerges(counts, options), interrupt = watchInterrupt();
  for (let made = 0;; made++) {
    interrupt.throwIfRequested(() => `the training of the vocabulary was stopped at merge ${made}`);
    const { done, value } = merges.next();
    if (done) return value;
  }
}

/**
 * The same, step by step: yields every merge, returns the vocabulary. The same counts give the same
 * merges: ties go to the more frequent pair, then to the one first in the order of code units.
 *
 * @throws {RangeError} if the vocabulary cannot even hold the characters
 *
 * @example
 * ```ts
 * import { wordPieceMerges } from "./mod.ts";
 *
 * const counts = new Map([["hug", 10], ["pug", 5], ["pun", 12], ["bun", 4], ["hugs", 5]]);
 * for (const { left, right, piece } of wordPieceMerges(counts, { vocabularySize: 17 })) {
 *   console.log(left, "+", right, "->", piece); // first ##u + ##n -> ##un
 * }
 * ```
 */
export function* wordPieceMerges(
  counts: ReadonlyMap<string, number>,
  options: WordPieceTrainerOptions,
): Generator<Merge, Vocabulary> {
  const { vocabularySize, score = "likelihood", minFrequency = 2, alphabetSize = 1000 } = options;
  const { specialTokens = SPECIAL_TOKENS } = options;

  const corpus = new Corpus(counts, alphabetSize, score);
  const alphabet = [...corpus.pieces].sort();
  const known = new Set([...specialTokens, ...alphabet]);
  if (known.size > vocabularySize) {
    throw new RangeError(
      `a vocabulary of ${vocabularySize} pieces cannot hold the ${specialTokens.length} special ` +
        `tokens and ${alphabet.length} characters of the corpus: raise vocabularySize to at least ` +
        `${known.size} or lower alphabetSize (now ${alphabetSize})`,
    );
  }
  while (known.size < vocabularySize) {
    const best = corpus.bestPair(minFrequency);
    if (best === undefined) break;
    const piece = corpus.merge(best.pair);
    // The same piece can come about in two ways: "a" + "##bc" and "ab" + "##c".
    if (known.has(piece)) continue;
    known.add(piece);
    const { left, right, frequency, score } = best;
    yield { piece, left, right, frequency, score, vocabularySize: known.size };
  }
  return new Vocabulary([...known], "the trained vocabulary");
}

/** x log x, and 0 at 0. */
const xLogX = (x: number) => x > 0 ? x * Math.log(x) : 0;

/**
 * The words of a corpus, spelled with the pieces so far, and the counts that the scores need. A
 * merge touches only the words that contain the pair; the best pair is found by running once over
 * all pairs, whose scores are kept and renewed only where a count has changed.
 */
class Corpus {
  readonly pieces: string[] = []; // by piece number
  readonly #numbers = new Map<string, number>(); // piece -> number
  readonly #frequencies: number[] = []; // by piece number
  #total = 0; // pieces in the corpus

  readonly #words: number[][] = []; // spelled, by word number
  readonly #counts: number[] = []; // by word number

  // By pair number. A pair with no occurrences left stays, to be used again.
  readonly #pairs = new Map<number, number>(); // left * 2^26 + right -> pair number
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #pairFrequencies: number[] = [];
  readonly #scores: number[] = []; // without the part that depends on #total
  readonly #where: Set<number>[] = []; // words that contain it, or did
  readonly #stale: boolean[] = []; // by piece number: its frequency has changed
  readonly #stalePairs: boolean[] = [];

  readonly #score: NonNullable<WordPieceTrainerOptions["score"]>;

  constructor(
    counts: ReadonlyMap<string, number>,
    alphabetSize: number,
    score: NonNullable<WordPieceTrainerOptions["score"]>,
  ) {
    this.#score = score;
    const alphabet = mostFrequentCharacters(counts, alphabetSize);
    for (const [word, count] of counts) {
      const characters = [...word];
      if (!characters.every((character) => alphabet.has(character))) continue; // will be [UNK]
      const spelled = characters.map((character, i) =>
        this.#piece((i > 0 ? "##" : "") + character)
      );
      const number = this.#words.push(spelled) - 1;
      this.#counts.push(count);
      for (const piece of spelled) this.#frequencies[piece] += count;
      this.#total += count * spelled.length;
      this.#addPairs(number, +1);
    }
  }

  /** The pair with the highest score, or undefined if none occurs `minFrequency` times. */
  bestPair(minFrequency: number) {
    const frequencies = this.#pairFrequencies, scores = this.#scores;
    const stale = this.#stale, left = this.#left, right = this.#right;
    // d(N log N)/dN: what one piece less in the corpus is worth.
    const perPiece = this.#score === "likelihood" ? Math.log(this.#total) + 1 : 0;
    let best = -1;
    let bestScore = -Infinity;
    for (let pair = 0; pair < frequencies.length; pair++) {
      const frequency = frequencies[pair];
      if (frequency < minFrequency || frequency === 0) continue;
      if (this.#stalePairs[pair] || stale[left[pair]] || stale[right[pair]]) {
        scores[pair] = this.#scoreOf(pair);
        this.#stalePairs[pair] = false;
      }
      const score = scores[pair] + perPiece * frequency;
      if (score > bestScore || (score === bestScore && this.#comesFirst(pair, best))) {
        best = pair;
        bestScore = score;
      }
    }
    stale.fill(false);
    if (best === -1) return undefined;
    return {
      pair: best,
      left: this.pieces[left[best]],
      right: this.pieces[right[best]],
      frequency: frequencies[best],
      score: bestScore,
    };
  }

  /** Joins the pair wherever it occurs; returns the new piece. */
  merge(pair: number): string {
    const left = this.#left[pair], right = this.#right[pair];
    const piece = this.pieces[left] + this.pieces[right].slice(2);
    const joined = this.#piece(piece);
    for (const number of this.#where[pair]) {
      const old = this.#words[number];
      const count = this.#counts[number];
      this.#addPairs(number, -1);
      const spelled: number[] = [];
      for (let i = 0; i < old.length; i++) {
        if (old[i] === left && old[i + 1] === right) {
          spelled.push(joined);
          i++;
          this.#frequencies[left] -= count;
          this.#frequencies[right] -= count;
          this.#frequencies[joined] += count;
          this.#total -= count;
        } else spelled.push(old[i]);
      }
      this.#words[number] = spelled;
      this.#addPairs(number, +1);
    }
    this.#where[pair].clear();
    this.#stale[left] = this.#stale[right] = this.#stale[joined] = true;
    return piece;
  }

  #piece(piece: string): number {
    let number = this.#numbers.get(piece);
    if (number === undefined) {
      number = this.pieces.push(piece) - 1;
      this.#numbers.set(piece, number);
      this.#frequencies.push(0);
      this.#stale.push(false);
    }
    return number;
  }

  /** Counts the pairs of a word in (+1) or out (-1). */
  #addPairs(number: number, sign: 1 | -1) {
    const word = this.#words[number];
    const count = sign * this.#counts[number];
    for (let i = 0; i + 1 < word.length; i++) {
      const key = word[i] * 0x4000000 + word[i + 1];
      let pair = this.#pairs.get(key);
      if (pair === undefined) {
        pair = this.#left.push(word[i]) - 1;
        this.#right.push(word[i + 1]);
        this.#pairFrequencies.push(0);
        this.#scores.push(0);
        this.#where.push(new Set());
        this.#stalePairs.push(true);
        this.#pairs.set(key, pair);
      }
      this.#pairFrequencies[pair] += count;
      this.#stalePairs[pair] = true;
      if (sign === 1) this.#where[pair].add(number);
    }
  }

  #scoreOf(pair: number): number {
    const f = this.#pairFrequencies[pair];
    const left = this.#left[pair], right = this.#right[pair];
    const a = this.#frequencies[left], b = this.#frequencies[right];
    if (this.#score === "frequency") return f;
    if (this.#score === "ratio") return f / (a * b);
    // log L = sum over pieces of f log f - N log N. The merge makes a, b and N smaller by f(ab).
    const lost = left === right
      ? xLogX(a - 2 * f) - xLogX(a)
      : xLogX(a - f) - xLogX(a) + xLogX(b - f) - xLogX(b);
    return lost + xLogX(f);
  }

  #comesFirst(pair: number, than: number): boolean {
    const f = this.#pairFrequencies[pair] - this.#pairFrequencies[than];
    if (f !== 0) return f > 0;
    const text = (p: number) => this.pieces[this.#left[p]] + " " + this.pieces[this.#right[p]];
    return text(pair) < text(than);
  }
}

function mostFrequentCharacters(counts: ReadonlyMap<string, number>, size: number): Set<string> {
  const frequencies = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const c of word) frequencies.set(c, (frequencies.get(c) ?? 0) + count);
  }
  return new Set(
    [...frequencies].sort(([a, f], [b, g]) => g - f || (a < b ? -1 : 1)).slice(0, size)
      .map(([character]) => character),
  );
}
