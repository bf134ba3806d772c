import { assertEquals } from "@std/assert";
import { binarize, thinnedRegions } from "../../lib/metrics/mod.ts";
import { goldenCases } from "./em_golden.ts";
import * as toy from "./toy_slices.ts";

for (const { name, proposals, rows, width, height } of goldenCases) {
  Deno.test(`thinned regions are those of the flooding written out pixel by pixel: ${name}`, () => {
    proposals.forEach((proposal, z) => {
      const { data } = thinnedRegions(binarize(proposal, rows[5].threshold), width, height);
      assertEquals([...data], rows[5].basins![z]);
    });
  });
}

Deno.test("a thick membrane is thinned to the same cells as a thin one", () => {
  const thick = thinnedRegions(binarize(toy.thickBorder, 0.5), 8, 8).data;
  const thin = thinnedRegions(binarize(toy.fourCells, 0.5), 8, 8).data;
  toy.fourCells.data.forEach((cell, i) => cell && assertEquals(thick[i], thin[i]));
});

Deno.test("a slice without any cell becomes one region", () => {
  const { data, count } = thinnedRegions(new Uint8Array(12), 4, 3);
  assertEquals([count, ...new Set(data)], [1, 1]);
});
