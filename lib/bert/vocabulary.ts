import { readTextFile } from "./read_text_file.ts";

/** The five pieces with a meaning of their own, in the order of BERT's vocabularies. */
export const SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;

/** One of {@linkcode SPECIAL_TOKENS}. */
export type SpecialToken = typeof SPECIAL_TOKENS[number];

/**
 * The pieces a model knows and their ids: id = place in the list.
 *
 * @example
 * ```ts
 * import { Vocabulary } from "./mod.ts";
 *
 * const vocabulary = new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##able"]);
 * console.log(vocabulary.id("##able"), vocabulary.piece(5), vocabulary.size); // 6 un 7
 * ```
 */
export class Vocabulary {
  /** Every piece, in order of its id. */
  readonly pieces: readonly string[];
  /** Where the vocabulary was read, for error messages. */
  readonly source: string;
  readonly #ids = new Map<string, number>();

  /**
   * @param pieces in order of their ids; of a piece that occurs twice the last id counts, as in
   *   google-research/bert
   * @param source named in errors
   * @throws {Error} if one of the special tokens [PAD], [UNK], [CLS], [SEP], [MASK] is missing
   */
  constructor(pieces: readonly string[], source = "the vocabulary") {
    this.pieces = pieces;
    this.source = source;
    pieces.forEach((piece, id) => this.#ids.set(piece, id));
    const missing = SPECIAL_TOKENS.filter((token) => !this.#ids.has(token));
    if (missing.length > 0) {
      throw new Error(
        `${source} has ${pieces.length} pieces but no ${missing.join(", ")}: a BERT vocabulary ` +
          `needs ${SPECIAL_TOKENS.join(", ")}; is this the vocab.txt of another kind of model?`,
      );
    }
  }

  /** Number of ids: one more than the largest. */
  get size(): number {
    return this.pieces.length;
  }

  /** Whether the piece is in the vocabulary. */
  has(piece: string): boolean {
    return this.#ids.has(piece);
  }

  /** The piece's id, or undefined where the vocabulary does not have it. */
  find(piece: string): number | undefined {
    return this.#ids.get(piece);
  }

  /**
   * The piece's id.
   * @throws {Error} if the vocabulary does not have it
   */
  id(piece: string): number {
    const id = this.#ids.get(piece);
    if (id === undefined) {
      throw new Error(`"${piece}" is not a piece of ${this.source} (${this.size} pieces)`);
    }
    return id;
  }

  /**
   * The piece with this id.
   * @throws {RangeError} if there is none
   */
  piece(id: number): string {
    const piece = this.pieces[id];
    if (piece === undefined) {
      throw new RangeError(
        `id ${id} is outside ${this.source}, which has ids 0 to ${this.size - 1}`,
      );
    }
    return piece;
  }

  /**
   * True if lower-casing would change some piece other than a bracketed one: a cased model's.
   * (bert-base-uncased has "ℝ", a capital without a small one.)
   */
  get isCased(): boolean {
    return this.pieces.some((piece) => !/^\[.*\]$/.test(piece) && piece !== piece.toLowerCase());
  }

  /** The text of a `vocab.txt`: one piece a line. */
  toText(): string {
    return this.pieces.join("\n") + "\n";
  }

  /**
   * Reads a `vocab.txt`: one piece a line, white space around it removed.
   * @throws {Error} if the file is missing or lacks a special token
   */
  static async fromText(path: string): Promise<Vocabulary> {
    const lines = (await readTextFile(path, "a vocab.txt")).split("\n").map((line) => line.trim());
    if (lines.at(-1) === "") lines.pop();
    return new Vocabulary(lines, path);
  }
}
