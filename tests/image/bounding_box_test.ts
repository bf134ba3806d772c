import { assertEquals } from "@std/assert";
import { boundingBoxes } from "../../lib/image/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

Deno.test("bounding boxes are scikit-image's", () => {
  for (const { four, boxes, ...size } of golden.images) {
    const found = [...boundingBoxes(labelImage(four, size))];
    assertEquals(found.map(([label, b]) => [label, b.x, b.y, b.width, b.height]), boxes);
  }
});
