import { assert, assertEquals, assertThrows } from "@std/assert";
import { resizeLinear, resizeNearest, sampleLinear, sampleNearest } from "../../lib/image/mod.ts";
import expected from "../golden/image_geometry/expected.json" with { type: "json" };

const image = { data: Float32Array.from(expected.image), width: 7, height: 5 };
const labels = { data: Int32Array.from(expected.labels), width: 7, height: 5 };

function assertClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) {
  assertEquals(a.length, b.length);
  for (let i = 0; i < a.length; i++) {
    assert(Math.abs(a[i] - b[i]) <= tolerance, `value ${i}: ${a[i]} against ${b[i]}`);
  }
}

Deno.test("linear sampling is SciPy's map_coordinates of order 1 with mirror, inside and outside", () => {
  assertClose(sampleLinear(image, expected.xs, expected.ys), expected.linear, 1e-6);
});

Deno.test("nearest sampling is SciPy's map_coordinates of order 0 with mirror", () => {
  assertEquals([...sampleNearest(labels, expected.xs, expected.ys)], expected.nearest);
});

Deno.test("resizing is scikit-image's resize without smoothing", () => {
  const { width, height, linear, nearest } = expected.resized;
  assertClose(resizeLinear(image, width, height).data, linear, 1e-6);
  assertEquals([...resizeNearest(labels, width, height).data], nearest);
});

Deno.test("resizing to the same size changes nothing", () => {
  assertEquals(resizeLinear(image, 7, 5), image);
  assertEquals(resizeNearest(labels, 7, 5), labels);
});

Deno.test("sampling wants as many rows as columns, and a size of whole numbers", () => {
  assertThrows(() => sampleLinear(image, [1, 2], [1]), RangeError, "2 columns and 1 rows");
  assertThrows(() => resizeLinear(image, 0, 3), RangeError, "got 0 x 3");
});
