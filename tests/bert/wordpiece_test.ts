import { assertEquals } from "@std/assert";
import { BertTokenizer, PieceTrie, Vocabulary, wordPiece } from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

// The first vocabulary and its expected values are those of tokenization_test.py in google-research/bert.
const vocabulary = new Set([
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "want",
  "##want",
  "##ed",
  "wa",
  "un",
  "runn",
  "##ing",
]);

Deno.test("the longest piece wins, and a word that cannot be spelled is unknown as a whole", () => {
  assertEquals(wordPiece("", vocabulary), []);
  assertEquals(wordPiece("unwanted", vocabulary), ["un", "##want", "##ed"]);
  assertEquals(wordPiece("unwantedX", vocabulary), ["[UNK]"]);
  assertEquals(wordPiece("running", vocabulary), ["runn", "##ing"]);
});

Deno.test("the whole tokenizer gives the ids of BERT's own test", () => {
  const pieces = [
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "want",
    "##want",
    "##ed",
    "wa",
    "un",
    "runn",
    "##ing",
    ",",
  ];
  const tokenizer = new BertTokenizer(new Vocabulary([...pieces, "[PAD]", "[MASK]"]), {
    style: "google",
    lowercase: true,
  });
  const { inputIds } = tokenizer.encode("UNwant\u00E9d,running", undefined, {
    addSpecialTokens: false,
  });
  assertEquals(Array.from(inputIds), [7, 4, 5, 10, 8, 9]);
});

Deno.test("words longer than the limit are unknown, counted in code points", () => {
  const emoji = new Set(["🙂", "##🙂"]);
  assertEquals(wordPiece("🙂".repeat(3), emoji, { maxInputCharsPerWord: 3 }).length, 3);
  assertEquals(wordPiece("🙂".repeat(4), emoji, { maxInputCharsPerWord: 3 }), ["[UNK]"]);
});

Deno.test("the trie spells every word as the plain loop does", () => {
  const random = createRandom(3);
  const letters = ["a", "b", "c", "é", "🙂"];
  const word = (longest: number) =>
    Array.from({ length: random.int(1, longest + 1) }, () => random.pick(letters)).join("");
  const pieces = Array.from({ length: 60 }, () => (random.bool() ? "##" : "") + word(4));
  const known = new Set(pieces);
  const trie = new PieceTrie(pieces.map((piece, id) => [piece, id] as const), 12);
  for (let trial = 0; trial < 2000; trial++) {
    const text = word(12);
    const points = Int32Array.from([...text], (c) => c.codePointAt(0)!);
    const count = trie.spell(points, points.length);
    const spelled = Array.from(trie.spelling.ids.slice(0, count), (id) => pieces[id]);
    assertEquals(spelled.length === 0 ? ["[UNK]"] : spelled, wordPiece(text, known), text);
  }
});
