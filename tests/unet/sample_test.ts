import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { randomSample, toBatch } from "../../lib/unet/mod.ts";

/** A picture whose every pixel has its own value, and a truth and weights that repeat it. */
function numbered(side: number) {
  const data = Float32Array.from({ length: side * side }, (_, i) => i);
  return {
    slices: [{ data, width: side, height: side }],
    labels: [{ data: Int32Array.from(data), width: side, height: side }],
    weights: [{ data, width: side, height: side }],
  };
}

Deno.test("truth and weights are those of the tile's centre, in all eight views", () => {
  const data = numbered(60), random = createRandom(4), corners = new Set<number>();
  for (let draw = 0; draw < 200; draw++) {
    const { image, labels, weights } = randomSample(data, { tileSide: 220, random });
    for (const [x, y] of [[0, 0], [35, 0], [7, 20], [35, 35]]) {
      const centre = image.data[(92 + y) * 220 + 92 + x];
      assertEquals(labels.data[y * 36 + x], centre);
      assertEquals(weights!.data[y * 36 + x], centre);
    }
    corners.add(
      Math.sign(labels.data[1] - labels.data[0]) *
        (Math.abs(labels.data[1] - labels.data[0]) > 1 ? 2 : 1),
    );
  }
  assertEquals([...corners].sort((a, b) => a - b), [-2, -1, 1, 2]); // rows may run left, right, up and down
});

Deno.test("every place of the picture is drawn, its edges too", () => {
  const data = numbered(8), random = createRandom(1), seen = new Set<number>();
  for (let draw = 0; draw < 200; draw++) {
    for (const label of randomSample(data, { tileSide: 188, random }).labels.data) seen.add(label);
  }
  assertEquals(seen.size, 8 * 8);
});

Deno.test("a batch has weight 1 where no weights are given", () => {
  const { slices, labels } = numbered(40);
  const options = { tileSide: 188, random: createRandom(1) };
  const batch = toBatch([
    randomSample({ slices, labels }, options),
    randomSample(numbered(40), options),
  ]);
  assertEquals(batch.x.shape, [2, 188, 188, 1]);
  assertEquals(batch.weights.shape, [2, 4, 4]);
  const weights = batch.weights.dataSync();
  assertEquals(weights.slice(0, 16).every((w) => w === 1), true);
  assertEquals([...weights.slice(16)], [...batch.labels.dataSync().slice(16)]);
  tf.dispose(batch);
});

Deno.test("pictures smaller than the output, missing truths and mixed sizes are refused in words", () => {
  const random = createRandom(1);
  assertThrows(
    () => randomSample(numbered(30), { tileSide: 220, random }),
    RangeError,
    "choose a smaller tile",
  );
  assertThrows(
    () => randomSample({ slices: [], labels: [] }, { tileSide: 188, random }),
    RangeError,
    "0 slices",
  );
  const small = randomSample(numbered(60), { tileSide: 188, random });
  const large = randomSample(numbered(60), { tileSide: 204, random });
  assertThrows(() => toBatch([small, large]), RangeError, "sample 1 has another size");
});
