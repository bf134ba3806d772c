/** The pieces that {@linkcode PieceTrie.spell} found; reused from word to word. */
export interface Spelling {
  /** Ids of the pieces. */
  readonly ids: Int32Array;
  /** Piece k covers the characters from `ends[k - 1]` (0 for the first) up to `ends[k]`. */
  readonly ends: Int32Array;
}

/**
 * A vocabulary as a trie over code points, with one root for pieces that begin a word and one for
 * pieces that continue it: the longest piece at a place is found by walking down, one hash probe
 * a character and no string built.
 *
 * The edges live in one open-addressing hash table keyed by (node, code point). All that belongs to an
 * edge lies side by side, so that a step down costs one cache line (`bench/tokenizer.ts`).
 */
export class PieceTrie {
  readonly #table: Int32Array; // [slots, 4] node (-1: free), code point, node below, id of the piece or -1
  readonly #mask: number; // slots - 1
  readonly #spelling: Spelling;

  /**
   * @param pieces piece and id; "##" marks a continuation
   * @param longestWord no longer word will be asked for, in code points
   */
  constructor(pieces: Iterable<readonly [piece: string, id: number]>, longestWord: number) {
    this.#spelling = { ids: new Int32Array(longestWord), ends: new Int32Array(longestWord) };
    const list = [...pieces].map(([piece, id]) => ({ points: codePoints(piece), id }));
    // Once with room for every character, to count the edges; then in a table of the right size.
    const characters = list.reduce((sum, { points }) => sum + points.length, 0);
    const edges = build(list, tableFor(characters));
    this.#table = tableFor(edges);
    this.#mask = this.#table.length / 4 - 1;
    build(list, this.#table);
  }

  /** Where the trie keeps its answers; overwritten by every {@linkcode PieceTrie.spell}. */
  get spelling(): Spelling {
    return this.#spelling;
  }

  /**
   * Spells the first `length` code points of `word`, greedily, longest match first.
   * @returns how many pieces stand in {@linkcode PieceTrie.spelling}; 0 if the word cannot be spelled
   */
  spell(word: Int32Array, length: number): number {
    const { ids, ends } = this.#spelling;
    const table = this.#table, mask = this.#mask;
    let count = 0;
    let root = BEGIN;
    for (let start = 0; start < length;) {
      let node = root;
      let id = -1;
      let end = start;
      for (let i = start; i < length; i++) {
        const at = find(table, mask, node, word[i]);
        if (table[at] === -1) break;
        node = table[at + 2];
        if (table[at + 3] !== -1) {
          id = table[at + 3];
          end = i + 1;
        }
      }
      if (id === -1) return 0;
      ids[count] = id;
      ends[count++] = end;
      start = end;
      root = CONTINUE;
    }
    return count;
  }
}

const BEGIN = 0; // the root of the pieces that begin a word
const CONTINUE = 1; // the root of those that continue one

const codePoints = (text: string) => Array.from(text, (character) => character.codePointAt(0)!);

/** An empty table, at most two thirds full with this many edges. */
function tableFor(edges: number): Int32Array {
  return new Int32Array(4 << Math.max(4, Math.ceil(Math.log2(1.5 * edges + 1)))).fill(-1);
}

/** Where the edge (node, label) lies, or the free place where it would go. */
function find(table: Int32Array, mask: number, node: number, label: number): number {
  const h = Math.imul(node, 0x9e3779b1) ^ Math.imul(label, 0x85ebca6b);
  let slot = (h ^ (h >>> 15)) & mask;
  for (;;) {
    const at = slot << 2;
    if (table[at] === -1 || (table[at] === node && table[at + 1] === label)) return at;
    slot = (slot + 1) & mask;
  }
}

/** Fills the table; returns the number of edges. */
function build(list: readonly { points: number[]; id: number }[], table: Int32Array): number {
  const mask = table.length / 4 - 1;
  const HASH = 0x23; // "#"
  let nodes = 2;
  for (const { points, id } of list) {
    const continues = points.length > 2 && points[0] === HASH && points[1] === HASH;
    let node = continues ? CONTINUE : BEGIN;
    let at = -1;
    for (let i = continues ? 2 : 0; i < points.length; i++) {
      at = find(table, mask, node, points[i]);
      if (table[at] === -1) {
        table[at] = node;
        table[at + 1] = points[i];
        table[at + 2] = nodes++;
      }
      node = table[at + 2];
    }
    if (at !== -1) table[at + 3] = id;
  }
  return nodes - 2;
}
