import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  BertTokenizer,
  countWords,
  type Merge,
  trainWordPiece,
  wordPieceMerges,
} from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const SCORES = ["likelihood", "ratio", "frequency"] as const;
type Score = typeof SCORES[number];

Deno.test("merging by frequency grows the pieces that Hugging Face's trainer grows, in its order", async () => {
  const { counts, vocab_size, merges } = JSON.parse(
    await Deno.readTextFile(
      new URL("../golden/bert_wordpiece_trainer/reference.json", import.meta.url),
    ),
  );
  const steps = [...wordPieceMerges(new Map(Object.entries(counts)), {
    vocabularySize: vocab_size,
    score: "frequency",
  })];
  assertEquals(steps.map(({ piece }) => piece), merges);
});

Deno.test("every merge is the best one by its score, counted anew from the whole corpus", () => {
  const random = createRandom(4);
  const counts = new Map<string, number>();
  while (counts.size < 60) {
    const word = Array.from({ length: random.int(1, 8) }, () => random.pick("aabcdeé🙂")).join("");
    counts.set(word, random.int(1, 50));
  }
  for (const score of SCORES) {
    const merges = [...wordPieceMerges(counts, { vocabularySize: 80, score })];
    assert(merges.length > 40);
    const spelled = [...counts].map(([word, count]) => ({
      pieces: [...word].map((c, i) => (i > 0 ? "##" : "") + c),
      count,
    }));
    const known = new Set(spelled.flatMap(({ pieces }) => pieces));
    let step = 0;
    while (step < merges.length) {
      const { left, right, piece, value } = bestMerge(spelled, score);
      const fresh = !known.has(piece);
      if (fresh) {
        assertEquals([merges[step].left, merges[step].right, merges[step].piece], [
          left,
          right,
          piece,
        ]);
        assertAlmostEquals(merges[step].score, value, 1e-6);
        step++;
      }
      known.add(piece);
      for (const word of spelled) {
        const old = word.pieces;
        word.pieces = [];
        for (let i = 0; i < old.length; i++) {
          if (old[i] === left && old[i + 1] === right) {
            word.pieces.push(piece);
            i++;
          } else word.pieces.push(old[i]);
        }
      }
    }
  }
});

/** The definition, without any of the bookkeeping. */
function bestMerge(spelled: readonly { pieces: string[]; count: number }[], score: Score) {
  const single = new Map<string, number>();
  const pairs = new Map<string, number>();
  let total = 0;
  for (const { pieces, count } of spelled) {
    pieces.forEach((piece, i) => {
      single.set(piece, (single.get(piece) ?? 0) + count);
      total += count;
      if (i > 0) {
        const pair = pieces[i - 1] + " " + piece;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    });
  }
  const g = (x: number) => x > 0 ? x * Math.log(x) : 0;
  const scored = [...pairs].filter(([, f]) => f >= 2).map(([pair, f]) => {
    const [left, right] = pair.split(" ");
    const a = single.get(left)!, b = single.get(right)!;
    const lost = left === right ? g(a - 2 * f) - g(a) : g(a - f) - g(a) + g(b - f) - g(b);
    const value = score === "frequency"
      ? f
      : score === "ratio"
      ? f / (a * b)
      : g(f) + lost + f * (Math.log(total) + 1);
    return { pair, left, right, piece: left + right.slice(2), f, value };
  });
  scored.sort((x, y) => y.value - x.value || y.f - x.f || (x.pair < y.pair ? -1 : 1));
  return scored[0];
}

Deno.test("a merge raises the likelihood of the corpus by its score", () => {
  const counts = new Map([["hug", 1000], ["pug", 500], ["pun", 1200], ["bun", 400], ["hugs", 500]]);
  const logLikelihood = (words: Iterable<[string[], number]>) => {
    const f = new Map<string, number>();
    let n = 0;
    for (const [pieces, count] of words) {
      for (const piece of pieces) {
        f.set(piece, (f.get(piece) ?? 0) + count);
        n += count;
      }
    }
    return [...f.values()].reduce((sum, x) => sum + x * Math.log(x / n), 0);
  };
  const spell = (word: string) => [...word].map((c, i) => (i > 0 ? "##" : "") + c);
  const [first] = wordPieceMerges(counts, { vocabularySize: 100 });
  const before = [...counts].map(([word, count]) => [spell(word), count] as [string[], number]);
  const after = before.map(([pieces, count]) => {
    const at = pieces.findIndex((p, i) => p === first.left && pieces[i + 1] === first.right);
    return [at < 0 ? pieces : pieces.toSpliced(at, 2, first.piece), count] as [string[], number];
  });
  const gain = logLikelihood(after) - logLikelihood(before);
  // The score takes N log N to first order: it is off by about f^2 / 2N.
  assertAlmostEquals(first.score, gain, first.frequency ** 2 / 9800);
});

Deno.test("with the ratio, rare neighbours merge before frequent ones", () => {
  // f(ab)/(f(a) f(b)): x and y only ever meet each other; e and s meet often, but others too.
  const counts = new Map([["xy", 3], ["es", 50], ["e", 50], ["as", 50]]);
  const first = (score: Score): Merge =>
    wordPieceMerges(counts, { vocabularySize: 20, score }).next().value as Merge;
  assertEquals(first("ratio").piece, "xy");
  assertEquals(first("frequency").piece, "as");
});

Deno.test("the trained vocabulary holds the special tokens, the characters, then the merges", () => {
  const vocabulary = trainWordPiece(countWords(["low lower lowest", "new newer newest"]), {
    vocabularySize: 18,
  });
  assertEquals(vocabulary.pieces.slice(0, 5), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  assertEquals(vocabulary.pieces.slice(5, 13), [
    "##e",
    "##o",
    "##r",
    "##s",
    "##t",
    "##w",
    "l",
    "n",
  ]);
  assertEquals(vocabulary.size, 18);
  assertEquals(new BertTokenizer(vocabulary).tokenize("lowest newer").includes("[UNK]"), false);
});

Deno.test("characters outside the alphabet are left to [UNK], and too small a size is refused", () => {
  const counts = new Map([["aaa", 10], ["aab", 10], ["z", 1]]);
  const vocabulary = trainWordPiece(counts, { vocabularySize: 20, alphabetSize: 2 });
  assertEquals(vocabulary.has("z"), false);
  assertThrows(
    () => trainWordPiece(counts, { vocabularySize: 6 }),
    RangeError,
    "cannot hold the 5 special tokens",
  );
});
