import { assertEquals, assertThrows } from "@std/assert";
import { connectedComponents } from "../../lib/image/mod.ts";
import { topologyPreservingWarp } from "../../lib/metrics/mod.ts";
import { goldenCases } from "./em_golden.ts";
import * as toy from "./toy_slices.ts";

for (const { name, labels, proposals, rows } of goldenCases) {
  Deno.test(`warping flips the same pixels in the same order as brute force: ${name}`, () => {
    for (const row of rows.slice(0, 10)) {
      labels.forEach((label, z) => {
        const { flips, mismatches } = topologyPreservingWarp(label, proposals[z], row.threshold);
        assertEquals([...flips], row.flips[z]);
        assertEquals([...mismatches], row.mismatches[z]);
      });
    }
  });
}

Deno.test("the warped label is the label with the flips made, wrong only at the mismatches", () => {
  const { labels: [label], proposals: [proposal] } = goldenCases[2];
  const { warped, flips, flipsPerPass, mismatches } = topologyPreservingWarp(label, proposal, 0.5);
  const rebuilt = label.data.map((v) => (v > 0 ? 1 : 0));
  for (const i of flips) rebuilt[i] ^= 1;
  assertEquals(warped, rebuilt);
  const wrong = [...warped.keys()].filter((i) => (proposal.data[i] > 0.5 ? 1 : 0) !== warped[i]);
  assertEquals(new Set(mismatches), new Set(wrong));
  assertEquals(flipsPerPass.reduce((a, b) => a + b), flips.length);
  assertEquals(flipsPerPass.at(-1), 0); // the pass that found nothing ended it
});

Deno.test("warping keeps the number of cells and of background components", () => {
  const inverted = (data: Uint8Array) => data.map((v) => (v > 0 ? 0 : 1));
  const count = (data: Uint8Array, width: number, height: number) => {
    // Outside the picture is background: a frame of it joins what touches the border.
    const framed = new Uint8Array((width + 2) * (height + 2));
    for (let y = 0; y < height; y++) {
      framed.set(data.subarray(y * width, (y + 1) * width), (y + 1) * (width + 2) + 1);
    }
    const size = { width: width + 2, height: height + 2 };
    return [
      connectedComponents({ data: framed, ...size }, { connectivity: 4 }).count,
      connectedComponents({ data: inverted(framed), ...size }, { connectivity: 8 }).count,
    ];
  };
  for (const { labels, proposals, width, height } of goldenCases) {
    for (const [z, label] of labels.entries()) {
      const { warped } = topologyPreservingWarp(label, proposals[z], 0.5);
      assertEquals(count(warped, width, height), count(label.data, width, height));
    }
  }
});

Deno.test("warping refuses another size and a negative threshold", () => {
  assertThrows(
    () => topologyPreservingWarp(toy.fourCells, toy.drawn("##"), 0.5),
    RangeError,
    "the proposal is 2 x 1 but the label is 8 x 8",
  );
  assertThrows(
    () => topologyPreservingWarp(toy.fourCells, toy.gap, -0.1),
    RangeError,
    "threshold -0.1 is below 0",
  );
});
