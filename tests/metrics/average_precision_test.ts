import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Box } from "../../lib/image/mod.ts";
import { averagePrecision, boxIou, COCO_IOUS } from "../../lib/metrics/mod.ts";
import { golden } from "../support/labels_golden.ts";

const box = ([x, y, width, height]: number[]): Box => ({ x, y, width, height });

for (const [k, { pictures, averagePrecision: expected, recall }] of golden.detections.entries()) {
  Deno.test(`average precision is COCO's at each of the ten IoUs: set ${k}`, () => {
    const result = averagePrecision(
      pictures.map(([truths, found]) => ({
        truths: truths.map(box),
        found: found.map(([item, score]) => ({ item: box(item), score })),
      })),
      boxIou,
    );
    result.rows.forEach((row, t) => {
      assertEquals(row.iou, COCO_IOUS[t]);
      assertAlmostEquals(row.averagePrecision, expected[t], 1e-12);
      assertAlmostEquals(row.recall, recall[t], 1e-12);
    });
    assertAlmostEquals(result.averagePrecision, expected.reduce((a, b) => a + b) / 10, 1e-12);
  });
}

Deno.test("a second detection of the same object is a false alarm", () => {
  const cell = box([0, 0, 10, 10]);
  const found = [{ item: cell, score: 0.9 }, { item: cell, score: 0.8 }];
  const [twice] = averagePrecision([{ truths: [cell, box([50, 50, 5, 5])], found }], boxIou).rows;
  assertEquals(twice.recall, 0.5);
  assertAlmostEquals(twice.averagePrecision, 51 / 101, 1e-15); // recall 0 ... 0.5 at precision 1
});

Deno.test("average precision without a true object, or with a score that is NaN, is refused", () => {
  const item = box([0, 0, 1, 1]);
  assertThrows(
    () => averagePrecision([{ truths: [], found: [{ item, score: 1 }] }], boxIou),
    RangeError,
    "no picture has a true object",
  );
  assertThrows(
    () => averagePrecision([{ truths: [item], found: [{ item, score: NaN }] }], boxIou),
    RangeError,
    "a detection's score is NaN",
  );
});
