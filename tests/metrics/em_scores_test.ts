import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Image } from "../../lib/image/mod.ts";
import { emScores } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { testWith } from "../support/needs.ts";
import { goldenCases } from "./em_golden.ts";
import { OFFICIAL, proposalA } from "./official_em.ts";
import * as toy from "./toy_slices.ts";

Deno.test("the label itself, as a proposal, is perfect in every score", () => {
  for (const { labels } of goldenCases) {
    const perfect = labels.map((label): Image => ({
      ...label,
      data: Float32Array.from(label.data, (v) => v / 255),
    }));
    const scores = emScores(labels, perfect);
    assertEquals(scores.pixelError.pixelError, 0);
    assertEquals(scores.randError.randError, 0);
    assertEquals(scores.warpingError.warpingError, 0);
    assertEquals(scores.warpingErrorClassic, 0);
  }
});

Deno.test("turning a picture over changes no pixel or Rand score, so no hidden order decides them", () => {
  for (const { labels, proposals } of goldenCases) {
    const turned = <I extends Image<Uint8Array> | Image>(image: I): I => ({
      ...image,
      data: image.data.slice().reverse(),
    });
    const scores = emScores(labels, proposals);
    const other = emScores(labels.map(turned), proposals.map(turned));
    assertEquals(other.pixelError.pixelError, scores.pixelError.pixelError);
    assertAlmostEquals(other.randError.randError, scores.randError.randError, 1e-14);
  }
});

Deno.test("a coin per pixel scores worse than the proposal it replaces, in every score", () => {
  const random = createRandom(9);
  const { labels, proposals } = goldenCases[2];
  const coins = proposals.map((proposal) => ({
    ...proposal,
    data: proposal.data.map(() => random.uniform()),
  }));
  const good = emScores(labels, proposals), bad = emScores(labels, coins);
  assertEquals(good.pixelError.pixelError < bad.pixelError.pixelError, true);
  assertEquals(good.randError.randError < bad.randError.randError, true);
  assertEquals(good.vRand.vRand > bad.vRand.vRand, true);
  assertEquals(good.vInfo.vInfo > bad.vInfo.vInfo, true);
  assertEquals(good.warpingError.warpingError < bad.warpingError.warpingError, true);
});

Deno.test("an error calls a slice by the name it was given", () => {
  const nan = { ...toy.gap, data: toy.gap.data.map(() => NaN) };
  assertThrows(
    () => emScores([toy.fourCells], [nan], { names: { proposals: ["result.tif, slice 1"] } }),
    RangeError,
    "result.tif, slice 1: the pixel at x = 0, y = 0 is NaN",
  );
});

testWith({ data: "isbi2012_metrics" }, "all scores of proposal A are the official ones", () => {
  const { labels, proposals } = proposalA();
  const scores = emScores(labels, proposals);
  assertAlmostEquals(scores.randError.randError, 1 - OFFICIAL.randF, 1e-14);
  assertAlmostEquals(scores.vRand.vRand, OFFICIAL.vRand, 1e-14);
  assertAlmostEquals(scores.vInfo.vInfo, OFFICIAL.vInfo, 1e-14);
  assertAlmostEquals(scores.warpingErrorClassic, OFFICIAL.classicAtHalf, 1e-15);
  OFFICIAL.disagreement.forEach((share, t) =>
    assertAlmostEquals(scores.pixelError.rows[t + 1].disagreement, share, 6e-11)
  );
});
