import { assertEquals, assertThrows } from "@std/assert";
import { medianFilter } from "../../lib/image/mod.ts";
import { golden, grayImage } from "../support/labels_golden.ts";

Deno.test("the median of a disc of radius 2, mirrored at the edge, is SciPy's", () => {
  let compared = 0;
  for (const { gray, median, ...size } of golden.images) {
    if (!median) continue;
    assertEquals(medianFilter(grayImage(gray, size), 2).data, Float32Array.from(median));
    compared++;
  }
  assertEquals(compared, 4);
});

Deno.test("a median filter of radius 0 changes nothing; one larger than the picture is refused", () => {
  const image = grayImage([0.1, 0.5, 0.2, 0.9], { width: 2, height: 2 });
  assertEquals(medianFilter(image, 0).data, image.data);
  assertThrows(() => medianFilter(image, 2), RangeError, "radius 2 on 2 x 2 pixels");
});
