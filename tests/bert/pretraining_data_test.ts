import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  BertTokenizer,
  createPretrainingExamples,
  examplesOfStep,
  maskPieces,
  SPECIAL_TOKENS,
  splitDocuments,
  stackExamples,
  tokenizeDocuments,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";

/** The generator of tests/golden/bert_pretraining_data/generate.py; only what is used. */
function lcg(seed: number): Random {
  let x = seed;
  const uniform = () => (x = (Math.imul(1664525, x) + 1013904223) >>> 0) / 2 ** 32;
  const int = (a: number, b?: number) =>
    b === undefined ? Math.floor(uniform() * a) : a + Math.floor(uniform() * (b - a));
  const shuffle = <T extends { length: number; [i: number]: unknown }>(items: T) => {
    const list = items as unknown as unknown[];
    for (let i = list.length - 1; i > 0; i--) {
      const j = int(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return items;
  };
  return { uniform, int, shuffle } as unknown as Random;
}

const golden = JSON.parse(
  await Deno.readTextFile(
    new URL("../golden/bert_pretraining_data/reference.json", import.meta.url),
  ),
);

for (const { options, examples } of golden.runs) {
  Deno.test(`the same random numbers give the examples of google-research/bert: ${JSON.stringify(options)}`, () => {
    const tokenizer = new BertTokenizer(new Vocabulary(golden.vocabulary), { style: "google" });
    const documents = tokenizeDocuments(splitDocuments(golden.text), tokenizer);
    const made = createPretrainingExamples(documents, tokenizer, lcg(12345), options);
    assertEquals(made.length, examples.length);
    made.forEach((example, i) => {
      for (const key of ["inputIds", "tokenTypeIds", "maskedPositions", "maskedLabels"] as const) {
        assertEquals(Array.from(example[key]), examples[i][key], `${key} of example ${i}`);
      }
      assertEquals(example.isRandomNext, examples[i].isRandomNext, `example ${i}`);
    });
  });
}

const words = Array.from(
  { length: 95 },
  (_, i) => `w${String.fromCharCode(97 + i % 26, 97 + i / 26)}`,
);
const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, ...words]));
const random = () => createRandom(11);
const documents = Array.from(
  { length: 8 },
  (_, d) =>
    Array.from(
      { length: 10 },
      (_, s) => Array.from({ length: 6 }, (_, w) => 5 + (7 * d + 3 * s + w) % 95),
    ),
);

Deno.test("of 10,000 masked texts, 15 % of the pieces are chosen: 80 % [MASK], 10 % kept, 10 % anything", () => {
  const generator = random();
  const ids = [tokenizer.clsId, ...Array.from({ length: 38 }, (_, i) => 5 + i), tokenizer.sepId];
  let chosen = 0, masked = 0, kept = 0;
  for (let text = 0; text < 10_000; text++) {
    const { inputIds, maskedPositions, maskedLabels } = maskPieces(ids, tokenizer, generator);
    chosen += maskedPositions.length;
    maskedPositions.forEach((place, i) => {
      assertEquals(maskedLabels[i], ids[place]);
      if (inputIds[place] === tokenizer.maskId) masked++;
      else if (inputIds[place] === ids[place]) kept++;
    });
    const untouched = inputIds.filter((id, place) =>
      id !== ids[place] && !maskedPositions.includes(place)
    );
    assertEquals(untouched.length, 0);
  }
  assertEquals(chosen, 10_000 * 6); // round(40 * 0.15)
  // A random piece is [MASK] or the same piece once in 100 times.
  const within = (count: number, share: number) =>
    assertAlmostEquals(count / chosen, share, 5 * Math.sqrt(share * (1 - share) / chosen));
  within(masked, 0.8 + 0.1 / 100);
  within(kept, 0.1 + 0.1 / 100);
});

Deno.test("other mixtures are obeyed", () => {
  const ids = [tokenizer.clsId, 5, 6, 7, 8, 9, tokenizer.sepId];
  const all = (mixture: { mask: number; keep: number; random: number }) =>
    maskPieces(ids, tokenizer, random(), { mixture, maskedShare: 0.9 }).inputIds.slice(1, -1);
  assertEquals(
    Array.from(all({ mask: 1, keep: 0, random: 0 })),
    new Array(5).fill(tokenizer.maskId),
  );
  assertEquals(Array.from(all({ mask: 0, keep: 1, random: 0 })), ids.slice(1, -1));
  assert(all({ mask: 0, keep: 0, random: 1 }).some((id, i) => id !== ids[i + 1]));
});

Deno.test("a whole word is hidden as one", () => {
  const pieces = [...SPECIAL_TOKENS, "un", "##aff", "##able", "a", "b", "c", "d"];
  const wordy = new BertTokenizer(new Vocabulary(pieces));
  const { inputIds: ids } = wordy.encode("unaffable a b c d unaffable a b c d");
  const generator = random();
  for (let trial = 0; trial < 200; trial++) {
    const { maskedPositions } = maskPieces(ids, wordy, generator, {
      wholeWord: true,
      maskedShare: 0.4,
    });
    for (const first of [1, 8]) {
      const hidden = [0, 1, 2].map((i) => maskedPositions.includes(first + i));
      assertEquals(new Set(hidden).size, 1);
    }
  }
});

Deno.test("half of the pairs follow one another, and those that do stand so in a document", () => {
  const examples = createPretrainingExamples(documents, tokenizer, random(), { maxLength: 40 });
  const share = examples.filter(({ isRandomNext }) => isRandomNext).length / examples.length;
  assert(share > 0.45 && share < 0.7, `${share} are random`); // single sentences at the end are always random
  const texts = documents.map((document) => document.flat().join(" "));
  for (const { isRandomNext, inputIds, maskedPositions, maskedLabels } of examples) {
    const restored = Array.from(inputIds);
    maskedPositions.forEach((place, i) => restored[place] = maskedLabels[i]);
    assert(restored.length <= 40);
    const [a, b] = restored.slice(1, -1).join(" ").split(` ${tokenizer.sepId} `);
    if (isRandomNext) continue;
    // Truncation may have cut the end of A or the beginning of B.
    assert(texts.some((text) => text.includes(a) && text.indexOf(b, text.indexOf(a)) >= 0));
  }
});

Deno.test("the same seed gives the same examples, another seed others", () => {
  const make = (seed: number) =>
    createPretrainingExamples(documents, tokenizer, createRandom(seed));
  assertEquals(make(1), make(1));
  assert(JSON.stringify(make(1)) !== JSON.stringify(make(2)));
});

Deno.test("batches have one shape; padding is masked out and not predicted", () => {
  const examples = createPretrainingExamples(documents, tokenizer, random(), { maxLength: 24 });
  const batch = stackExamples(examples.slice(0, 3), { maxLength: 24, maxPredictions: 6 });
  assertEquals([batch.batch, batch.length, batch.inputIds.length], [3, 24, 72]);
  examples.slice(0, 3).forEach(({ inputIds, maskedLabels }, row) => {
    const mask = batch.attentionMask.slice(24 * row, 24 * (row + 1));
    assertEquals(mask.reduce((a, b) => a + b), inputIds.length);
    const labels = batch.maskedLabels.slice(6 * row, 6 * (row + 1));
    assertEquals(Array.from(labels.filter((label) => label !== -100)), Array.from(maskedLabels));
  });
  assertThrows(() => stackExamples(examples, { maxLength: 8 }), RangeError, "room for 8 and 20");
});

Deno.test("every epoch uses every example once, in an order of its own, whatever was asked before", () => {
  const seen = Array.from({ length: 20 }, (_, step) => examplesOfStep(50, 5, step, random()))
    .flat();
  assertEquals(seen.slice(0, 50).sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
  assertEquals(seen.slice(50).sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
  assert(seen.slice(0, 50).join() !== seen.slice(50).join());
  assertEquals(examplesOfStep(50, 5, 13, random()), seen.slice(65, 70));
});

Deno.test("an empty corpus and impossible options are refused", () => {
  const make = (options = {}) => createPretrainingExamples(documents, tokenizer, random(), options);
  assertThrows(() => createPretrainingExamples([], tokenizer, random()), Error, "no document");
  assertThrows(() => make({ maxLength: 4 }), RangeError, "at least 5");
  assertThrows(() => make({ maskedShare: 0 }), RangeError, "between 0 and 1");
  assertThrows(() => make({ mixture: { mask: 1, keep: 1, random: 0 } }), RangeError, "add up to 2");
});
