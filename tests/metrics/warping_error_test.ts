import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  classifyMistakes,
  topologyPreservingWarp,
  WARPING_MISTAKES,
  WARPING_THRESHOLDS,
  warpingError,
} from "../../lib/metrics/mod.ts";
import { testWith } from "../support/needs.ts";
import { goldenCases } from "./em_golden.ts";
import { OFFICIAL, proposalA } from "./official_em.ts";
import * as toy from "./toy_slices.ts";

/** label, proposal, classic error, splits and mergers, the mistakes. */
const cases = {
  identical: [toy.fourCells, toy.fourCells, 0, 0, []],
  gap: [toy.fourCells, toy.gap, 0.015625, 0.015625, ["merger"]],
  "shifted border": [toy.fourCells, toy.shiftedBorder, 0, 0, []],
  split: [toy.oneCell, toy.split, 0.015625, 0.015625, ["split"]],
  "thick border": [toy.fourCells, toy.thickBorder, 0, 0, []],
  "missed cell": [toy.fourCells, toy.missedCell, 0.015625, 0, ["objectDeletion"]],
  "all white": [toy.fourCells, toy.oneCell, 0.234375, 0.234375, Array(15).fill("merger")],
} as const;

for (const [name, [label, proposal, classic, both, mistakes]] of Object.entries(cases)) {
  Deno.test(`warping error of a proposal with: ${name}`, () => {
    const { rows: [row], mistakes: [found] } = warpingError([label], [proposal], {
      thresholds: [0.5],
    });
    assertEquals([row.classic, row.splitsAndMergers], [classic, both]);
    assertEquals([...found.kinds].map((kind) => WARPING_MISTAKES[kind]), [...mistakes]);
  });
}

Deno.test("the cell cut in two is marked where the membrane enters it, at the bottom of column 3", () => {
  const { positions } = warpingError([toy.oneCell], [toy.split]).mistakes[0];
  assertEquals([...positions], [7 * 8 + 3]);
});

for (const { name, labels, proposals, rows, radius, width } of goldenCases) {
  Deno.test(`warping error and every kind of mistake agree with brute force: ${name}`, () => {
    const result = warpingError(labels, proposals, { radius });
    for (const [t, row] of result.rows.entries()) {
      assertEquals(row.threshold, rows[t].threshold);
      assertAlmostEquals(row.classic, rows[t].classic, 1e-15);
      assertAlmostEquals(row.splitsAndMergers, rows[t].splitsAndMergers, 1e-15);
      labels.forEach((label, z) => {
        const warp = topologyPreservingWarp(label, proposals[z], row.threshold);
        const { kinds } = classifyMistakes(warp, width, { radius });
        assertEquals([...kinds].map((kind) => WARPING_MISTAKES[kind]), rows[t].kinds[z]);
      });
    }
    assertEquals(
      result.warpingError,
      Math.min(...result.rows.map((row) => row.splitsAndMergers)),
    );
  });
}

Deno.test("the brute-force cases hold every kind of mistake", () => {
  const kinds = goldenCases.flatMap(({ rows }) => rows.flatMap((row) => row.kinds ?? []).flat());
  assertEquals(new Set(kinds), new Set(WARPING_MISTAKES));
});

Deno.test("warping error takes the best of ten thresholds, the last of them below 0.9", () => {
  assertEquals(WARPING_THRESHOLDS.length, 10);
  assertEquals(WARPING_THRESHOLDS[9], 0.8999999999999999);
  const unsure = {
    ...toy.gap,
    data: toy.gap.data.map((v, i) => (i === 8 + 3 ? 0.55 : v)), // merged below 0.6, apart above
  };
  const { warpingError: error, threshold, rows } = warpingError([toy.fourCells], [unsure]);
  assertEquals([error, threshold], [0, rows[6].threshold]);
  assertEquals(rows[5].splitsAndMergers, 1 / 64);
});

testWith(
  { data: "isbi2012_metrics" },
  "warping error at threshold 0.5 of proposal A is the official one",
  () => {
    const { labels, proposals } = proposalA();
    const { rows } = warpingError(labels, proposals, { thresholds: [0.5] });
    assertAlmostEquals(rows[0].classic, OFFICIAL.classicAtHalf, 1e-15);
  },
);
