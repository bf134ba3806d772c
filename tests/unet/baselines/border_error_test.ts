import { assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../../lib/random/mod.ts";
import { borderError } from "../../../lib/unet/baselines/mod.ts";

Deno.test("near and far are told apart as by looking at every pair of pixels", () => {
  const random = createRandom(1), width = 14, height = 11, n = width * height;
  const truth = {
    data: Int32Array.from({ length: n }, (_, i) => i % width < 6 ? 7 : 0),
    width,
    height,
  };
  const map = { data: Float32Array.from({ length: n }, () => random.uniform()), width, height };
  const count = { near: [0, 0], far: [0, 0] }; // pixels, wrong
  for (let i = 0; i < n; i++) {
    let nearest = Infinity;
    for (let j = 0; j < n; j++) {
      if (truth.data[i] === truth.data[j]) continue;
      const dy = Math.floor(i / width) - Math.floor(j / width);
      nearest = Math.min(nearest, Math.hypot(i % width - j % width, dy));
    }
    const group = nearest <= 3 ? count.near : count.far;
    group[0]++;
    group[1] += Number((map.data[i] > 0.3) !== (truth.data[i] > 0));
  }
  assertEquals(borderError(truth, map, { threshold: 0.3, reach: 3 }), {
    atBorders: count.near[1] / count.near[0],
    inside: count.far[1] / count.far[0],
  });
  const other = { data: new Float32Array(4), width: 2, height: 2 };
  assertThrows(() => borderError(truth, other), RangeError, "the map 2 x 2");
});
