import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { boxIou, maskOverlap, overlappingPairs } from "../../lib/metrics/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

Deno.test("Dice is 2 IoU / (1 + IoU), for masks and for every pair of objects", () => {
  for (const { truth, result, ...size } of golden.pairs) {
    const a = labelImage(truth, size), b = labelImage(result, size);
    for (const { iou, dice } of [maskOverlap(a, b), ...overlappingPairs(a, b)]) {
      assertAlmostEquals(dice, 2 * iou / (1 + iou), 1e-15);
    }
  }
});

Deno.test("the overlap of a pair of objects is that of their masks", () => {
  const { truth, result, ...size } = golden.pairs[1];
  const pairs = overlappingPairs(labelImage(truth, size), labelImage(result, size));
  for (const { a, b, ...overlap } of pairs) {
    const mask = (labels: number[], label: number) =>
      labelImage(labels.map((v) => (v === label ? 1 : 0)), size);
    assertEquals(overlap, maskOverlap(mask(truth, a), mask(result, b)));
  }
  assertEquals(pairs.length > 3, true);
});

Deno.test("two empty masks agree; masks of different size are refused", () => {
  const empty = labelImage([0, 0], { width: 2, height: 1 });
  assertEquals(maskOverlap(empty, empty).iou, 1);
  const column = labelImage([0, 0], { width: 1, height: 2 });
  assertThrows(
    () => maskOverlap(empty, column),
    RangeError,
    "one mask is 2 x 1 and the other 1 x 2",
  );
});

Deno.test("boxes that only touch do not overlap", () => {
  const a = { x: 0, y: 0, width: 2, height: 2 };
  assertEquals(boxIou(a, { ...a, x: 2 }), 0);
  assertEquals(boxIou(a, { ...a, width: 0 }), 0);
  assertEquals(boxIou(a, a), 1);
  assertAlmostEquals(boxIou(a, { x: 1, y: 1, width: 2, height: 2 }), 1 / 7, 1e-15);
});
