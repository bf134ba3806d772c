import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { pixelError } from "../../lib/metrics/mod.ts";
import * as toy from "./toy_slices.ts";

/** label, proposal, share of wrong pixels, 1 - F: computed with an independent port. */
const cases = {
  identical: [toy.fourCells, toy.fourCells, 0, 0],
  gap: [toy.fourCells, toy.gap, 0.015625, 0.010101],
  "shifted border": [toy.fourCells, toy.shiftedBorder, 0.21875, 0.142857],
  split: [toy.oneCell, toy.split, 0.125, 0.066667],
  "thick border": [toy.fourCells, toy.thickBorder, 0.375, 0.324324],
  "missed cell": [toy.fourCells, toy.missedCell, 0.1875, 0.139535],
  "all white": [toy.fourCells, toy.oneCell, 0.234375, 0.132743],
} as const;

for (const [name, [label, proposal, disagreement, error]] of Object.entries(cases)) {
  Deno.test(`pixel error of a proposal with: ${name}`, () => {
    const result = pixelError([label], [proposal], { thresholds: [0.5] });
    assertAlmostEquals(result.rows[0].disagreement, disagreement, 1e-12);
    assertAlmostEquals(result.pixelError, error, 5e-7);
  });
}

Deno.test("pixel error sums the counts of all slices before it divides", () => {
  const { rows: [sum] } = pixelError(
    [toy.fourCells, toy.oneCell],
    [toy.gap, toy.split],
    { thresholds: [0.5] },
  );
  assertEquals(
    [sum.truePositives, sum.falsePositives, sum.falseNegatives, sum.trueNegatives],
    [49 + 56, 1, 8, 14],
  );
  assertAlmostEquals(sum.f, (2 * 105) / (2 * 105 + 1 + 8), 1e-15);
});

Deno.test("pixel error keeps the best of eleven thresholds, and a pixel of 1 is above them all", () => {
  const result = pixelError([toy.fourCells], [toy.fourCells]);
  assertEquals(result.rows.length, 11);
  assertEquals(result.rows.map((row) => row.f), Array(11).fill(1));
  assertEquals([result.pixelError, result.threshold], [0, 0]);
});

Deno.test("pixel error of a picture that cannot be scored is a sentence that names the slice", () => {
  const { fourCells, gap } = toy;
  const small = toy.drawn("##", "..");
  const nan = { ...gap, data: gap.data.map((v, i) => (i === 9 ? NaN : v)) };
  const bytes = { ...gap, data: gap.data.map((v) => v * 255) };
  const gray = { ...fourCells, data: fourCells.data.map((v, i) => v * (i % 2 + 1)) };
  const empty = { ...fourCells, data: new Float32Array(64) };
  const refused = (labels: typeof gap[], proposals: typeof gap[], sentence: string) =>
    assertThrows(() => pixelError(labels, proposals), RangeError, sentence);
  refused([], [], "no slice to score");
  refused([fourCells], [gap, gap], "1 label slice but 2 proposal slices");
  refused([fourCells, fourCells], [gap, small], "proposal slice 1 is 2 x 2 but label slice 1 is 8");
  refused([fourCells], [nan], "proposal slice 0: the pixel at x = 1, y = 1 is NaN");
  refused([fourCells], [bytes], "the pixel at x = 0, y = 0 is 255");
  refused([gray], [gap], "label slice 0 is not binary");
  refused([fourCells, empty], [gap, gap], "label slice 1 is empty");
});
