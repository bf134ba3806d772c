import { assertAlmostEquals, assertEquals } from "@std/assert";
import { randError } from "../../lib/metrics/mod.ts";
import { testWith } from "../support/needs.ts";
import { goldenCases } from "./em_golden.ts";
import { OFFICIAL, proposalA } from "./official_em.ts";
import * as toy from "./toy_slices.ts";

/** label, proposal, precision, recall, F. */
const cases = {
  identical: [toy.fourCells, toy.fourCells, 1, 1, 1],
  gap: [toy.fourCells, toy.gap, 0.743163, 1, 0.852660],
  "shifted border": [toy.fourCells, toy.shiftedBorder, 1, 0.731200, 0.844732],
  split: [toy.oneCell, toy.split, 1, 0.392578, 0.563815],
  "thick border": [toy.fourCells, toy.thickBorder, 1, 0.308800, 0.471883],
  "missed cell": [toy.fourCells, toy.missedCell, 1, 0.788800, 0.881932],
  "all white": [toy.fourCells, toy.oneCell, 0.260308, 1, 0.413087],
} as const;

for (const [name, [label, proposal, precision, recall, f]] of Object.entries(cases)) {
  Deno.test(`Rand error of a proposal with: ${name}`, () => {
    const { randError: error, rows: [row] } = randError([label], [proposal], { thresholds: [0.5] });
    assertAlmostEquals(row.precision, precision, 5e-7);
    assertAlmostEquals(row.recall, recall, 5e-7);
    assertAlmostEquals(row.f, f, 5e-7);
    assertEquals(error, 1 - row.f);
  });
}

for (const { name, labels, proposals, rows } of goldenCases) {
  Deno.test(`Rand error counts the pairs that a walk over all pairs counts: ${name}`, () => {
    randError(labels, proposals).rows.forEach((row, t) => {
      const pairs = row.slices.map((s) => [s.truePositives, s.falsePositives, s.falseNegatives]);
      assertEquals(pairs, rows[t].randPairs);
      assertAlmostEquals(row.f, rows[t].randF, 1e-14);
      // The Rand index is the share of pairs on which both agree.
      row.slices.forEach(({ randIndex, falsePositives, falseNegatives }, z) => {
        const n = labels[z].data.reduce((sum, v) => sum + (v > 0 ? 1 : 0), 0);
        assertAlmostEquals(randIndex, 1 - (falsePositives + falseNegatives) / n ** 2, 1e-14);
      });
    });
  });
}

testWith({ data: "isbi2012_metrics" }, "Rand error of proposal A is the official one", () => {
  const { labels, proposals } = proposalA();
  const result = randError(labels, proposals);
  assertAlmostEquals(1 - result.randError, OFFICIAL.randF, 1e-14);
  OFFICIAL.rows.forEach(([, , , f, precision, recall], t) => {
    const row = result.rows[t + 1];
    assertAlmostEquals(row.f, f, 6e-11);
    assertAlmostEquals(row.precision, precision, 6e-11);
    assertAlmostEquals(row.recall, recall, 6e-11);
  });
});
