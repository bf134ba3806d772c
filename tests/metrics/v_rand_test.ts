import { assertAlmostEquals, assertEquals } from "@std/assert";
import { vInfo, vRand } from "../../lib/metrics/mod.ts";
import { testWith } from "../support/needs.ts";
import { goldenCases } from "./em_golden.ts";
import { OFFICIAL, proposalA } from "./official_em.ts";
import * as toy from "./toy_slices.ts";

/** label, proposal, V_rand's F, V_info's precision, recall and F. */
const cases = {
  identical: [toy.fourCells, toy.fourCells, 1, 1, 1, 1],
  gap: [toy.fourCells, toy.gap, 0.852660, 0.785714, 1, 0.880000],
  "shifted border": [toy.fourCells, toy.shiftedBorder, 0.844732, 1, 0.731330, 0.844818],
  split: [toy.oneCell, toy.split, 0.563815, 0, 1, 0],
  "thick border": [toy.fourCells, toy.thickBorder, 1, 1, 1, 1],
  "missed cell": [toy.fourCells, toy.missedCell, 0.755714, 0.706552, 0.749875, 0.727570],
  "all white": [toy.fourCells, toy.oneCell, 0.413087, 1, 0, 0],
} as const;

for (const [name, [label, proposal, f, precision, recall, infoF]] of Object.entries(cases)) {
  Deno.test(`V_rand and V_info of a proposal with: ${name}`, () => {
    const options = { thresholds: [0.5] };
    assertAlmostEquals(vRand([label], [proposal], options).vRand, f, 5e-7);
    const { rows: [row] } = vInfo([label], [proposal], options);
    assertAlmostEquals(row.precision, precision, 5e-7);
    assertAlmostEquals(row.recall, recall, 5e-7);
    assertAlmostEquals(row.f, infoF, 5e-7);
  });
}

Deno.test("a proposal without any cell counts as one region in which all is merged", () => {
  const nothing = { ...toy.oneCell, data: new Float32Array(64) };
  const { rows: [row] } = vRand([toy.fourCells], [nothing], { thresholds: [0.5] });
  assertEquals(row.recall, 1);
  assertAlmostEquals(row.f, 0.413087, 5e-7); // as all white
});

for (const { name, labels, proposals, rows } of goldenCases) {
  Deno.test(`V_rand and V_info agree with brute force: ${name}`, () => {
    const rand = vRand(labels, proposals), info = vInfo(labels, proposals);
    rows.forEach((golden, t) => {
      const pairs = rand.rows[t].slices.map((s) => [
        s.truePositives,
        s.falsePositives,
        s.falseNegatives,
      ]);
      assertEquals(pairs, golden.vRandPairs);
      assertAlmostEquals(rand.rows[t].f, golden.vRand, 1e-14);
      assertAlmostEquals(info.rows[t].f, golden.vInfo, 1e-12);
      info.rows[t].slices.forEach(({ precision, recall, f }, z) =>
        [precision, recall, f].forEach((value, k) =>
          assertAlmostEquals(value, golden.vInfoSlices[z][k], 1e-12)
        )
      );
    });
    assertEquals(rand.vRand, Math.max(...rand.rows.map((row) => row.f)));
    assertEquals(info.vInfo, Math.max(...info.rows.map((row) => row.f)));
  });
}

testWith(
  { data: "isbi2012_metrics" },
  "V_rand and V_info of proposal A are the official ones",
  () => {
    const { labels, proposals } = proposalA();
    const rand = vRand(labels, proposals);
    assertAlmostEquals(rand.vRand, OFFICIAL.vRand, 1e-14);
    assertAlmostEquals(Math.max(...rand.rows.map((row) => row.microF)), OFFICIAL.vRandMicro, 1e-14);
    assertAlmostEquals(vInfo(labels, proposals).vInfo, OFFICIAL.vInfo, 1e-14);
    OFFICIAL.rows.forEach(([f, precision, recall], t) => {
      const row = rand.rows[t + 1];
      assertAlmostEquals(row.f, f, 6e-11);
      assertAlmostEquals(row.precision, precision, 6e-11);
      assertAlmostEquals(row.recall, recall, 6e-11);
    });
    OFFICIAL.slicesAtHalf.forEach(([f, precision, recall], z) => {
      const slice = rand.rows[5].slices[z];
      assertAlmostEquals(slice.f, f, 6e-11);
      assertAlmostEquals(slice.precision, precision, 6e-11);
      assertAlmostEquals(slice.recall, recall, 6e-11);
    });
  },
);
