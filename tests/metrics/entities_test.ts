import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { entitiesOf, entityScores, tagsOf } from "../../lib/metrics/mod.ts";
import { golden } from "./text_golden.ts";

Deno.test("entity precision, recall and F1 are seqeval's, lenient and strict, for BIO2 and BIOES tags", () => {
  for (const { scheme, truth, predicted, seqeval, strict } of golden.entities) {
    const pairs = [
      [entityScores(truth, predicted), seqeval],
      [entityScores(truth, predicted, { strict: scheme }), strict],
    ] as const;
    for (const [{ precision, recall, f1 }, expected] of pairs) {
      [precision, recall, f1].forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-14));
    }
  }
});

Deno.test("counts are conlleval's, and its percent with two digits, for any BIO tags", () => {
  const cases = golden.entities.filter(({ conlleval }) => conlleval);
  assertEquals(cases.length, 60);
  for (const { truth, predicted, conlleval } of cases) {
    const scores = entityScores(truth, predicted);
    const { words, total, predicted: found, correct, ...shares } = conlleval!;
    assertEquals(
      [scores.words, scores.total, scores.predicted, scores.correct],
      [words, total, found, correct],
    );
    for (const name of ["accuracy", "precision", "recall", "f1"] as const) {
      assertAlmostEquals(100 * scores[name], shares[name], 0.005 + 1e-9);
    }
  }
});

Deno.test("the counts of the types add up to the whole", () => {
  for (const { truth, predicted } of golden.entities) {
    const { types, ...all } = entityScores(truth, predicted);
    for (const what of ["correct", "predicted", "total"] as const) {
      assertEquals([...types.values()].reduce((sum, type) => sum + type[what], 0), all[what]);
    }
  }
});

Deno.test("tags and entities are each other's inverse in both schemes", () => {
  for (const { truth } of golden.entities) {
    for (const tags of truth) {
      const entities = entitiesOf(tags);
      for (const scheme of ["BIO2", "BIOES"] as const) {
        const written = tagsOf(entities, tags.length, scheme);
        assertEquals(entitiesOf(written), entities);
        assertEquals(entitiesOf(written, scheme), entities);
      }
    }
  }
});

Deno.test("a tag of another form, and sentences that do not match, are refused", () => {
  assertThrows(() => entitiesOf(["O", "PER"]), RangeError, 'tag 1 is "PER"; expected O, or B');
  assertThrows(
    () => entityScores([["O"]], [["O", "O"]]),
    RangeError,
    "sentence 0 has 1 words but 2",
  );
  assertThrows(() => entityScores([["O"]], []), RangeError, "1 true and 0 predicted sentences");
});
