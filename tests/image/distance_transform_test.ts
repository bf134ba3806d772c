import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { distanceTransform, squaredDistanceTransform } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

for (const [k, picture] of golden.images.entries()) {
  Deno.test(`distances are SciPy's on picture ${k}`, () => {
    const { data } = distanceTransform(labelImage(picture.values, picture));
    picture.distance.forEach((d, i) => assertAlmostEquals(data[i], d, 1e-12));
  });
}

Deno.test("squared distances are the smallest over all mask pixels, exactly", () => {
  const random = createRandom(4);
  for (
    const [width, height, density] of [[37, 29, 0.02], [64, 3, 0.1], [1, 50, 0.1], [50, 1, 0.05]]
  ) {
    const data = Uint8Array.from({ length: width * height }, () => (random.bool(density) ? 1 : 0));
    data[random.int(data.length)] = 1;
    const { data: squared } = squaredDistanceTransform({ data, width, height });
    const points = [...data.keys()].filter((i) => data[i]).map((i) => [i % width, ~~(i / width)]);
    squared.forEach((d, i) => {
      const [x, y] = [i % width, ~~(i / width)];
      assertEquals(d, Math.min(...points.map(([u, v]) => (u - x) ** 2 + (v - y) ** 2)));
    });
  }
});

Deno.test("everything is infinitely far from an empty mask, and at 0 from a full one", () => {
  const image = { data: new Uint8Array(6), width: 3, height: 2 };
  assertEquals([...distanceTransform(image).data], Array(6).fill(Infinity));
  assertEquals(
    [...distanceTransform({ ...image, data: image.data.fill(1) }).data],
    Array(6).fill(0),
  );
});

Deno.test("the distance transform wants one channel", () => {
  const rgb = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 };
  assertThrows(() => distanceTransform(rgb), RangeError, "3 channels");
});
