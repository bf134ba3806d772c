import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { cellPhantom } from "../../lib/datasets/mod.ts";
import {
  distanceTransform,
  type Image,
  type LabelImage,
  removeSmallObjects,
} from "../../lib/image/mod.ts";
import { segMeasure } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import {
  cellTruth,
  instancesOf,
  instanceTruth,
  NOT_ANNOTATED,
  predictCells,
  prepareCells,
  prepareFrame,
  UNet,
} from "../../lib/unet/mod.ts";

Deno.test("a prepared frame is smaller, and the same whatever brightness and contrast were", () => {
  const random = createRandom(1), width = 12, height = 9;
  const frame = { data: Float32Array.from({ length: 108 }, () => random.uniform()), width, height };
  const darker = { ...frame, data: frame.data.map((g) => 0.3 + 0.1 * g) };
  const a = prepareFrame(frame, 3), b = prepareFrame(darker, 3);
  assertEquals([a.width, a.height], [4, 3]);
  a.data.forEach((value, i) => assertAlmostEquals(value, b.data[i], 1e-4));
  const mean = a.data.reduce((s, v) => s + v) / 12;
  assertAlmostEquals(mean, 0.5, 1e-5);
  assertAlmostEquals(a.data.reduce((s, v) => s + (v - mean) ** 2, 0) / 12, 1 / 64, 1e-4);
});

Deno.test("a frame without any contrast becomes gray, not NaN", () => {
  const flat = { data: new Float32Array(16).fill(0.7), width: 4, height: 4 };
  assertEquals(prepareFrame(flat, 2).data, new Float32Array(4).fill(0.5));
});

Deno.test("a factor that is no whole number or larger than the frame is refused", () => {
  const frame = { data: new Float32Array(16), width: 4, height: 4 };
  for (const shrink of [0, 1.5, 5, NaN]) {
    assertThrows(() => prepareFrame(frame, shrink), RangeError, `the factor ${shrink}`);
  }
  assertThrows(
    () => prepareCells({ slices: [frame], instances: [] }),
    RangeError,
    "1 frames and 0",
  );
});

Deno.test("where nobody has annotated there is no weight; elsewhere the truth is that of the cells alone", () => {
  const width = 24, height = 10;
  const data = Int32Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return x < 8 ? 4 : x < 14 ? 9 : x < 20 ? 0 : NOT_ANNOTATED;
  });
  const { labels, weights } = cellTruth({ sigma: 3 })({ data, width, height });
  const alone = instanceTruth(
    { data: data.map((id) => Math.max(0, id)), width, height },
    { sigma: 3 },
  );
  assertEquals(labels, alone.labels);
  data.forEach((id, i) => assertEquals(weights.data[i], id < 0 ? 0 : alone.weights.data[i]));
  assert(labels.data[8] === 0 && weights.data[8] > 5, "the gap between touching cells");
});

Deno.test("a prepared label image keeps the cells' numbers and marks what is not annotated", () => {
  const slice = { data: new Float32Array(16), width: 4, height: 4 };
  const cells = { data: Int32Array.from([5, 5, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) };
  const known = { data: Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0]) };
  const size = { width: 4, height: 4 };
  const { labels } = prepareCells({
    slices: [slice],
    instances: [{ ...cells, ...size }],
    annotated: [{ ...known, ...size }],
  });
  assertEquals(labels[0].data, Int32Array.of(5, 0, 0, NOT_ANNOTATED));
});

/** Probabilities as a good network gives them: high deep inside, low in the gaps, lower on the glass. */
function probabilitiesOf(cells: LabelImage): Image {
  const outside = { ...cells, data: instanceTruth(cells).labels.data.map((v) => 1 - v) };
  const { data } = distanceTransform(outside);
  return {
    ...cells,
    data: Float32Array.from(data, (d, i) => {
      return d > 0 ? 1 - 0.5 * Math.exp(-d / 2) : cells.data[i] > 0 ? 0.3 : 0.05;
    }),
  };
}

Deno.test("touching cells of the phantom come apart and are found almost entirely", () => {
  const { instances: [cells] } = cellPhantom({ seed: 4, count: 1 });
  const large = removeSmallObjects(cells, 1000); // without slivers that the picture's edge cuts off
  const found = instancesOf(probabilitiesOf(large), { threshold: 0.2 });
  assertEquals(new Set(found.data).size, new Set(large.data).size);
  const { seg } = segMeasure([large], [found]);
  assert(seg > 0.95, `SEG ${seg}`);
});

Deno.test("a bridge narrower than twice the depth is cut, which connected components do not", () => {
  const width = 60, height = 24;
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const x = i % width, y = Math.floor(i / width);
    const square = y >= 2 && y < 22 && ((x >= 2 && x < 24) || (x >= 36 && x < 58));
    const bridge = x >= 24 && x < 36 && y >= 10 && y < 15; // 5 pixels wide
    return square || bridge ? 0.9 : 0.1;
  });
  const count = (seedDepth: number) =>
    new Set(instancesOf({ data, width, height }, { seedDepth, minimumSize: 50 }).data).size - 1;
  assertEquals([count(0), count(4)], [1, 2]);
});

Deno.test("what is small is left out and holes are filled, but not the glass between three cells", () => {
  const rows = ["#########..#", "#...#...#..#", "#.#.#...#...", "#...#...#...", "#########..."];
  const data = Float32Array.from(rows.join(""), (c) => c === "#" ? 0.9 : 0.1);
  const options = { seedDepth: 0, minimumSize: 3 };
  const found = instancesOf({ data, width: 12, height: 5 }, options).data;
  assertEquals([...found.subarray(0, 12)].join(""), "111111111000", "two pixels at the right go");
  assertEquals([...found.subarray(24, 36)].join(""), "111111111000", "the holes are cell");
  const none = instancesOf({ data: new Float32Array(12), width: 4, height: 3 });
  assertEquals(none.data, new Int32Array(12));
});

Deno.test("the probabilities of a smaller frame are those of the frame", async () => {
  const net = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(1) });
  const data = Float32Array.from({ length: 90 * 50 }, (_, i) => (i % 90) / 90);
  const found = await predictCells(net, { data, width: 90, height: 50 }, { shrink: 3 });
  assertEquals([found.width, found.height, found.data.length], [90, 50, 4500]);
  assert(found.data.every((p) => p >= 0 && p <= 1));
  net.dispose();
});
