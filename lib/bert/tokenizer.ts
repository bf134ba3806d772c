import { watchInterrupt } from "../io/mod.ts";
import { join } from "@std/path";
import { GOOGLE_CHARACTERS, HUGGING_FACE_CHARACTERS } from "./characters.ts";
import { type Encoding, type EncodingBatch, stackEncodings } from "./encoding.ts";
import { PieceTrie } from "./piece_trie.ts";
import { readJsonObject } from "./read_text_file.ts";
import { SPECIAL_TOKENS, Vocabulary } from "./vocabulary.ts";
import { WordScanner } from "./word_scanner.ts";

/**
 * Whose behaviour a {@linkcode BertTokenizer} reproduces, id for id:
 *
 * | | `"huggingface"` (Rust `tokenizers`) | `"google"` (google-research/bert) |
 * |---|---|---|
 * | "[MASK]" written in a text | is the special token | is "[", "mask", "]" |
 * | longest word | 100 characters | 200 |
 * | tables of characters | Unicode 8 | the engine's |
 * | private-use characters | dropped | kept |
 * | ideographs U+2B820-2B91F | kept together | words of their own |
 * | Σ at the end of a word, lower-cased | σ | ς |
 * | an odd place when truncating a pair of equal halves | goes to B | goes to A |
 */
export type TokenizerStyle = "huggingface" | "google";

/** How a {@linkcode BertTokenizer} is made. */
export interface BertTokenizerOptions {
  /**
   * Lower-case every text: for uncased vocabularies. Default when loading: what the folder's
   * tokenizer.json or tokenizer_config.json says, otherwise whether the vocabulary has no capital letter.
   */
  readonly lowercase?: boolean;
  /** Remove accents. Default: as `lowercase`. */
  readonly stripAccents?: boolean;
  /** Whose corner cases. Default "huggingface", because that is what today's weights are used with. */
  readonly style?: TokenizerStyle;
  /** Words of more code points are [UNK]. Default: the style's. */
  readonly maxInputCharsPerWord?: number;
}

/** How a text becomes an {@linkcode Encoding}. */
export interface EncodeOptions {
  /** Most pieces, special tokens included. Default: no limit. */
  readonly maxLength?: number;
  /**
   * What is shortened, at its end, when `maxLength` is passed: the longer of the two (default),
   * only A, only B, or nothing (then it is an error).
   */
  readonly truncation?: "longest" | "first" | "second" | "none";
  /**
   * `"maxLength"`: pad with [PAD] to `maxLength`; `"longest"`: to the longest of the batch;
   * `"none"`. Default: `"none"` for one text, `"longest"` for a batch.
   */
  readonly padding?: "maxLength" | "longest" | "none";
  /** Adds [CLS] and [SEP]. Default true. */
  readonly addSpecialTokens?: boolean;
}

/** How ids become text again. */
export interface DecodeOptions {
  /** Leaves out [PAD], [UNK], [CLS], [SEP] and [MASK]. Default true. */
  readonly skipSpecialTokens?: boolean;
  /** Removes the space before punctuation and contractions, as Hugging Face does. Default true. */
  readonly cleanUp?: boolean;
}

/** A text, or one that is split into words already (then `wordIds` are places in this list). */
export type TextInput = string | readonly string[];

/**
 * Texts to ids and back: BasicTokenizer, then WordPiece, then [CLS] and [SEP] (Devlin 2019,
 * Sect. 3). One pass over the text; same ids as Hugging Face's Rust library or as
 * google-research/bert, see {@linkcode TokenizerStyle}.
 *
 * @example
 * ```ts
 * import { BertTokenizer, Vocabulary } from "./mod.ts";
 *
 * const vocabulary = new Vocabulary([
 *   "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "!",
 * ]);
 * const tokenizer = new BertTokenizer(vocabulary, { lowercase: true });
 * const { inputIds, offsets } = tokenizer.encode("Unaffable!");
 * console.log(tokenizer.pieces(inputIds).join(" ")); // [CLS] un ##aff ##able ! [SEP]
 * console.log(offsets[2].join("-")); // 2-5
 * ```
 */
export class BertTokenizer {
  /** The pieces and their ids. */
  readonly vocabulary: Vocabulary;
  /** Whether texts are lower-cased. */
  readonly lowercase: boolean;
  /** Whether accents are removed. */
  readonly stripAccents: boolean;
  /** Whose corner cases are followed. */
  readonly style: TokenizerStyle;
  /** Words of more code points are [UNK]. */
  readonly maxInputCharsPerWord: number;
  /** Ids of the special tokens. */
  readonly padId: number;
  /** Id of [UNK]. */
  readonly unkId: number;
  /** Id of [CLS]. */
  readonly clsId: number;
  /** Id of [SEP]. */
  readonly sepId: number;
  /** Id of [MASK]. */
  readonly maskId: number;

  readonly #trie: PieceTrie;
  readonly #scanner: WordScanner;
  readonly #special = /\[(?:PAD|UNK|CLS|SEP|MASK)\]/g;
  readonly #specialIds: ReadonlySet<number>;
  // The pieces of the texts at hand, before special tokens: B's follow A's.
  #count = 0;
  #ids = new Int32Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  #words = new Int32Array(256);

  /**
   * @param vocabulary the pieces
   * @param options `lowercase` is by default whether the vocabulary has no capital letter
   */
  constructor(vocabulary: Vocabulary, options: BertTokenizerOptions = {}) {
    const style = options.style ?? "huggingface";
    this.vocabulary = vocabulary;
    this.lowercase = options.lowercase ?? !vocabulary.isCased;
    this.stripAccents = options.stripAccents ?? this.lowercase;
    this.style = style;
    this.maxInputCharsPerWord = options.maxInputCharsPerWord ?? (style === "google" ? 200 : 100);
    [this.padId, this.unkId, this.clsId, this.sepId, this.maskId] = SPECIAL_TOKENS.map((token) =>
      vocabulary.id(token)
    );
    this.#specialIds = new Set(SPECIAL_TOKENS.map((token) => vocabulary.id(token)));
    this.#trie = new PieceTrie(
      vocabulary.pieces.map((piece) => [piece, vocabulary.id(piece)] as const),
      this.maxInputCharsPerWord,
    );
    this.#scanner = new WordScanner({
      lowercase: this.lowercase,
      stripAccents: this.stripAccents,
      rules: style === "google" ? GOOGLE_CHARACTERS : HUGGING_FACE_CHARACTERS,
      finalSigma: style === "google",
    });
  }

  /**
   * Reads a tokenizer.
   *
   * @param path a folder with tokenizer.json or vocab.txt (and perhaps tokenizer_config.json), or
   *   one of these files. The truncation and padding settings of a tokenizer.json are ignored: they
   *   are arguments of {@linkcode BertTokenizer.encode} here.
   * @param options overrule what the files say
   * @throws {Error} if nothing is there, or the tokenizer.json is not a BERT WordPiece tokenizer
   */
  static async load(path: string, options: BertTokenizerOptions = {}): Promise<BertTokenizer> {
    let file = path;
    let fromConfig: BertTokenizerOptions = {};
    if (await isDirectory(path)) {
      file = join(path, "tokenizer.json");
      if (!await exists(file)) {
        file = join(path, "vocab.txt");
        if (!await exists(file)) {
          throw new Error(`${path} has neither tokenizer.json nor vocab.txt: expected one of them`);
        }
        const config = join(path, "tokenizer_config.json");
        if (await exists(config)) {
          fromConfig = readTokenizerConfig(await readJsonObject(config, "a tokenizer_config.json"));
        }
      }
    }
    if (file.endsWith(".json")) {
      const parsed = readTokenizerJson(
        await readJsonObject(file, "a tokenizer.json of a BERT model"),
        file,
      );
      return new BertTokenizer(parsed.vocabulary, { ...parsed.options, ...defined(options) });
    }
    return new BertTokenizer(await Vocabulary.fromText(file), {
      ...fromConfig,
      ...defined(options),
    });
  }

  /** The pieces of a text as strings, without [CLS] and [SEP]. */
  tokenize(text: TextInput): string[] {
    this.#count = 0;
    this.#split(text);
    return this.pieces(this.#ids.subarray(0, this.#count));
  }

  /** The pieces with these ids. */
  pieces(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.vocabulary.piece(id));
  }

  /**
   * Encodes one text, or two: [CLS] A [SEP] or [CLS] A [SEP] B [SEP].
   *
   * @throws {Error} if the text does not fit into `maxLength` with the truncation asked for
   */
  encode(a: TextInput, b?: TextInput, options: EncodeOptions = {}): Encoding {
    const encoding = this.#encode(a, b, options);
    if (options.padding !== "maxLength") return encoding;
    if (options.maxLength === undefined) {
      throw new Error(`padding "maxLength" needs a maxLength: encode(text, pair, { maxLength })`);
    }
    return this.#pad(encoding, options.maxLength);
  }

  /**
   * Encodes several texts, or pairs, to one length.
   *
   * @param inputs texts, or `[a, b]` pairs wrapped as `{ a, b }`
   */
  encodeBatch(
    inputs: readonly (TextInput | { readonly a: TextInput; readonly b?: TextInput })[],
    options: EncodeOptions = {},
  ): EncodingBatch {
    const { padding = "longest" } = options;
    const interrupt = watchInterrupt();
    const encodings = inputs.map((input, i) => {
      if (i % 64 === 0) {
        interrupt.throwIfRequested(() => `tokenizing was stopped at text ${i} of ${inputs.length}`);
      }
      return typeof input === "object" && "a" in input
        ? this.encode(input.a, input.b, { ...options, padding })
        : this.encode(input, undefined, { ...options, padding });
    });
    if (padding !== "longest") return stackEncodings(encodings);
    const longest = encodings.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0);
    return stackEncodings(encodings.map((encoding) => this.#pad(encoding, longest)));
  }

  /**
   * Ids back to text, as Hugging Face decodes: pieces joined by spaces, continuations glued on.
   * What the tokenizer lost (capitals, accents, spaces) does not come back.
   */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const { skipSpecialTokens = true, cleanUp = true } = options;
    let text = "";
    for (const id of ids) {
      if (skipSpecialTokens && this.#specialIds.has(id)) continue;
      let piece = this.vocabulary.piece(id);
      if (text !== "") piece = piece.startsWith("##") ? piece.slice(2) : " " + piece;
      text += cleanUp ? removeSpaces(piece) : piece;
    }
    return text;
  }

  #encode(a: TextInput, b: TextInput | undefined, options: EncodeOptions): Encoding {
    const { maxLength = Infinity, truncation = "longest", addSpecialTokens = true } = options;
    this.#count = 0;
    this.#split(a);
    const allA = this.#count;
    if (b !== undefined) this.#split(b);
    const allB = b === undefined ? undefined : this.#count - allA;
    const specials = !addSpecialTokens ? 0 : b === undefined ? 2 : 3;
    const [nA, nB] = this.#truncate(allA, allB, maxLength, specials, truncation);
    const length = nA + nB + specials;
    const inputIds = new Int32Array(length);
    const tokenTypeIds = new Int32Array(length);
    const offsets: (readonly [number, number])[] = new Array(length);
    const wordIds: (number | null)[] = new Array(length);
    let t = 0;
    const special = (id: number) => {
      inputIds[t] = id;
      offsets[t] = NOWHERE;
      wordIds[t++] = null;
    };
    const add = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        inputIds[t] = this.#ids[i];
        offsets[t] = [this.#starts[i], this.#ends[i]];
        wordIds[t++] = this.#words[i];
      }
    };
    if (addSpecialTokens) special(this.clsId);
    add(0, nA);
    if (addSpecialTokens) special(this.sepId);
    if (b !== undefined) {
      tokenTypeIds.fill(1, t);
      add(allA, allA + nB);
      if (addSpecialTokens) special(this.sepId);
    }
    return {
      inputIds,
      tokenTypeIds,
      attentionMask: new Int32Array(length).fill(1),
      offsets,
      wordIds,
    };
  }

  /** How many pieces of A and of B stay. */
  #truncate(
    a: number,
    b: number | undefined,
    maxLength: number,
    specials: number,
    truncation: NonNullable<EncodeOptions["truncation"]>,
  ): [number, number] {
    const room = maxLength - specials;
    let nA = a;
    let nB = b ?? 0;
    const excess = nA + nB - room;
    if (excess <= 0) return [nA, nB];
    const fail = (why: string): never => {
      throw new RangeError(
        `the text has ${a + (b ?? 0) + specials} pieces (${a}${
          b === undefined ? "" : ` + ${b}`
        } + ` +
          `${specials} special), maxLength is ${maxLength}: ${why}`,
      );
    };
    if (room < 0) fail(`there is no room even for the special tokens`);
    if (truncation === "none") fail(`shorten it, raise maxLength or ask for truncation`);
    if (truncation === "first") nA -= excess;
    else if (truncation === "second") nB -= excess;
    else if (b === undefined) nA = room;
    else {
      // Cut the longer one down to the shorter; what is still too much is cut from both in turn.
      const half = Math.floor(room / 2);
      if (Math.min(a, b) <= half) {
        if (a > b) nA = room - b;
        else nB = room - a;
      } else {
        // Both are longer than half of an odd room: one of them gets the place that is left over.
        const oddToA = this.style === "google" || a > b;
        nA = oddToA ? room - half : half;
        nB = room - nA;
      }
    }
    if (nA < 0 || nB < 0) fail(`truncation "${truncation}" cannot remove ${excess} pieces`);
    return [nA, nB];
  }

  #pad(encoding: Encoding, length: number): Encoding {
    const n = encoding.inputIds.length;
    if (n >= length) return encoding;
    const longer = (old: Int32Array, value: number) => {
      const padded = new Int32Array(length).fill(value, n);
      padded.set(old);
      return padded;
    };
    return {
      inputIds: longer(encoding.inputIds, this.padId),
      tokenTypeIds: longer(encoding.tokenTypeIds, 0),
      attentionMask: longer(encoding.attentionMask, 0),
      offsets: [...encoding.offsets, ...new Array(length - n).fill(NOWHERE)],
      wordIds: [...encoding.wordIds, ...new Array(length - n).fill(null)],
    };
  }

  /** Adds the pieces of a text. */
  #split(text: TextInput) {
    if (typeof text === "string") this.#splitText(text, undefined);
    else text.forEach((word, number) => this.#splitText(word, number));
  }

  #splitText(text: string, given: number | undefined) {
    let number = 0; // of the word
    const onWord = (word: Int32Array, length: number, starts: Int32Array, ends: Int32Array) => {
      const count = length > this.maxInputCharsPerWord ? 0 : this.#trie.spell(word, length);
      if (count === 0) {
        this.#push(this.unkId, starts[0], ends[length - 1], given ?? number++);
        return;
      }
      const { ids, ends: pieceEnds } = this.#trie.spelling;
      for (let k = 0, from = 0; k < count; k++) {
        this.#push(ids[k], starts[from], ends[pieceEnds[k] - 1], given ?? number);
        from = pieceEnds[k];
      }
      number++;
    };
    let from = 0;
    if (this.style === "huggingface" && text.includes("[")) {
      for (const { 0: token, index } of text.matchAll(this.#special)) {
        this.#scanner.scan(text, from, index, onWord);
        from = index + token.length;
        this.#push(this.vocabulary.id(token), index, from, given ?? number++);
      }
    }
    this.#scanner.scan(text, from, text.length, onWord);
  }

  #push(id: number, start: number, end: number, word: number) {
    if (this.#count === this.#ids.length) {
      const double = (old: Int32Array) => {
        const larger = new Int32Array(2 * old.length);
        larger.set(old);
        return larger;
      };
      this.#ids = double(this.#ids);
      this.#starts = double(this.#starts);
      this.#ends = double(this.#ends);
      this.#words = double(this.#words);
    }
    this.#ids[this.#count] = id;
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#words[this.#count++] = word;
  }
}

const NOWHERE: readonly [number, number] = [0, 0];

/** Hugging Face's clean-up, which sees one piece at a time (so " ' " never matches, " n't" does). */
function removeSpaces(piece: string): string {
  return piece
    .replaceAll(" .", ".").replaceAll(" ?", "?").replaceAll(" !", "!").replaceAll(" ,", ",")
    .replaceAll(" ' ", "'").replaceAll(" n't", "n't").replaceAll(" 'm", "'m")
    .replaceAll(" do not", " don't").replaceAll(" 's", "'s").replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}

function defined(options: BertTokenizerOptions): BertTokenizerOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** `do_lower_case` and `strip_accents` of a tokenizer_config.json. */
function readTokenizerConfig(
  { do_lower_case, strip_accents }: Record<string, unknown>,
): BertTokenizerOptions {
  return {
    ...(typeof do_lower_case === "boolean" ? { lowercase: do_lower_case } : {}),
    ...(typeof strip_accents === "boolean" ? { stripAccents: strip_accents } : {}),
  };
}

/** The parts of Hugging Face's tokenizer.json that matter here. */
interface TokenizerJson {
  readonly normalizer?: {
    readonly type?: string;
    readonly clean_text?: boolean;
    readonly handle_chinese_chars?: boolean;
    readonly strip_accents?: boolean | null;
    readonly lowercase?: boolean;
  };
  readonly pre_tokenizer?: { readonly type?: string };
  readonly model?: {
    readonly type?: string;
    readonly vocab?: Record<string, number>;
    readonly continuing_subword_prefix?: string;
    readonly max_input_chars_per_word?: number;
  };
}

/** An entry of the list `added_tokens`. */
interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
}

function readTokenizerJson(json: Record<string, unknown>, file: string) {
  const { normalizer, pre_tokenizer, model } = json as TokenizerJson;
  const added_tokens = json.added_tokens ?? [];
  const expect = (what: string, got: unknown, expected: unknown) => {
    if (got !== expected) {
      throw new Error(
        `${file} is not the tokenizer of a BERT model: its ${what} is ${JSON.stringify(got)}, ` +
          `expected ${JSON.stringify(expected)}`,
      );
    }
  };
  expect("model.type", model?.type, "WordPiece");
  expect("model.continuing_subword_prefix", model?.continuing_subword_prefix ?? "##", "##");
  expect("normalizer.type", normalizer?.type, "BertNormalizer");
  expect("normalizer.clean_text", normalizer?.clean_text ?? true, true);
  expect("normalizer.handle_chinese_chars", normalizer?.handle_chinese_chars ?? true, true);
  expect("pre_tokenizer.type", pre_tokenizer?.type, "BertPreTokenizer");
  const vocab = model?.vocab ?? {};
  if (typeof vocab !== "object" || !Array.isArray(added_tokens)) {
    throw new Error(`${file} is damaged: expected an object "vocab" and a list "added_tokens"`);
  }
  const count = Object.keys(vocab).length + added_tokens.length;
  const pieces: string[] = [];
  const place = (piece: unknown, id: unknown) => {
    if (typeof piece !== "string" || !Number.isInteger(id)) {
      throw new Error(
        `${file} gives the piece ${JSON.stringify(piece)} the id ${
          JSON.stringify(id)
        }; expected a ` +
          "text and a whole number",
      );
    }
    if (id as number < 0 || id as number >= count) {
      throw new Error(
        `${file} gives ${JSON.stringify(piece)} the id ${id}, but has ${count} pieces`,
      );
    }
    pieces[id as number] = piece;
  };
  for (const [piece, id] of Object.entries(vocab)) place(piece, id);
  for (const token of added_tokens as AddedToken[]) {
    if (typeof token !== "object" || token === null) {
      throw new Error(`${file} has the added token ${JSON.stringify(token)}; expected an object`);
    }
    const known = (SPECIAL_TOKENS as readonly string[]).includes(token.content);
    expect(`added token "${token.content}"`, known ? "special" : "added", "special");
    for (const flag of ["single_word", "lstrip", "rstrip", "normalized"] as const) {
      expect(`added token "${token.content}".${flag}`, token[flag] ?? false, false);
    }
    place(token.content, token.id);
  }
  for (let id = 0; id < pieces.length; id++) {
    if (pieces[id] === undefined) {
      throw new Error(`${file} has ids up to ${pieces.length - 1} but no piece with id ${id}`);
    }
  }
  const lowercase = normalizer?.lowercase ?? true;
  if (typeof lowercase !== "boolean") {
    throw new Error(
      `${file}: normalizer.lowercase is ${JSON.stringify(lowercase)}; expected true or false`,
    );
  }
  const longest = model?.max_input_chars_per_word ?? 100;
  // The tokenizer keeps a few numbers for each character of the longest word.
  if (!(Number.isSafeInteger(longest) && longest > 0 && longest <= 10_000)) {
    throw new Error(
      `${file}: model.max_input_chars_per_word is ${
        JSON.stringify(longest)
      }; expected a whole number from 1 to 10,000`,
    );
  }
  return {
    vocabulary: new Vocabulary(pieces, file),
    options: {
      lowercase,
      ...(typeof normalizer?.strip_accents === "boolean"
        ? { stripAccents: normalizer.strip_accents }
        : {}),
      maxInputCharsPerWord: longest,
    } satisfies BertTokenizerOptions,
  };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(
        `${path} is not there: expected a folder with tokenizer.json or vocab.txt, or one of these files`,
        { cause: error },
      );
    }
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
