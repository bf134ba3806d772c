import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { crop, dihedral, type Image } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { augmentedSample, instanceTruth, varyGray, weightMap } from "../../lib/unet/mod.ts";

/** Smooth, and different everywhere. */
function slope(width: number, height: number): Image {
  const data = Float32Array.from(
    { length: width * height },
    (_, i) => 0.5 + 0.4 * Math.sin(i % width / 9) * Math.cos(Math.floor(i / width) / 13),
  );
  return { data, width, height };
}

const plain = { elastic: false, rotation: 0, mirror: false, gray: false } as const;
const centreOf = (image: Image, output: number) =>
  crop(image, (image.width - output) / 2, (image.height - output) / 2, output, output);

Deno.test("truth and weights belong to the tile's centre, whatever the deformation", () => {
  const slice = slope(90, 70);
  const labels = { ...slice, data: Int32Array.from(slice.data, (g) => Math.round(g * 1000)) };
  const data = { slices: [slice], labels: [labels], weights: [slice] };
  const random = createRandom(1);
  for (let draw = 0; draw < 20; draw++) {
    const sample = augmentedSample(data, { tileSide: 220, random, gray: false });
    const centre = centreOf(sample.image, 36);
    assertEquals(sample.weights!.data, centre.data);
    // A label is that of the nearest pixel, where the gray value changes by at most 0.5 x (0.4/9 + 0.4/13).
    sample.labels.data.forEach((label, i) =>
      assertAlmostEquals(label / 1000, centre.data[i], 0.04)
    );
  }
});

Deno.test("without any variation a tile is a window of the slice, mirrored or not", () => {
  const slice = slope(50, 50), labels = { ...slice, data: new Int32Array(2500) };
  const data = { slices: [slice], labels: [labels] };
  const seen = new Set<number>();
  const views = [slice, dihedral(slice, 4)].map(({ data }) => data);
  const random = createRandom(2);
  for (let draw = 0; draw < 40; draw++) {
    const { image } = augmentedSample(data, { ...plain, tileSide: 204, random, mirror: true });
    const centre = centreOf(image, 20);
    const view = views.findIndex((view) => holds(view, 50, centre));
    assertEquals(view >= 0, true);
    seen.add(view);
  }
  assertEquals(seen.size, 2);
});

/** Whether a square window of the picture equals `part`. */
function holds(picture: Float32Array, side: number, part: Image): boolean {
  for (let y = 0; y + part.height <= side; y++) {
    next: for (let x = 0; x + part.width <= side; x++) {
      for (let i = 0; i < part.data.length; i++) {
        const at = (y + Math.floor(i / part.width)) * side + x + i % part.width;
        if (Math.abs(picture[at] - part.data[i]) > 1e-6) continue next;
      }
      return true;
    }
  }
  return false;
}

Deno.test("any angle is drawn, distances stay", () => {
  // A disc around the slice's centre stays where it is under every rotation.
  const side = 60, slice = slope(side, side), c = (side - 1) / 2;
  slice.data.forEach((_, i) => {
    const r = Math.hypot(i % side - c, Math.floor(i / side) - c);
    slice.data[i] = 0.5 + 0.4 * Math.cos(r / 6);
  });
  const data = { slices: [slice], labels: [{ ...slice, data: new Int32Array(side * side) }] };
  const random = createRandom(3);
  for (let draw = 0; draw < 10; draw++) {
    const { image } = augmentedSample(data, { ...plain, tileSide: 236, random, rotation: 180 });
    assertEquals(holdsNearly(slice, centreOf(image, 20)), true);
  }
});

function holdsNearly(picture: Image, part: Image): boolean {
  let best = Infinity;
  for (let y = 0; y + part.height <= picture.height; y++) {
    for (let x = 0; x + part.width <= picture.width; x++) {
      let worst = 0;
      for (let i = 0; i < part.data.length && worst < best; i++) {
        const at = (y + Math.floor(i / part.width)) * picture.width + x + i % part.width;
        worst = Math.max(worst, Math.abs(picture.data[at] - part.data[i]));
      }
      best = Math.min(best, worst);
    }
  }
  return best < 0.01; // linear interpolation
}

Deno.test("the same seed gives the same tile, another another one", () => {
  const slice = slope(64, 64),
    data = { slices: [slice], labels: [{ ...slice, data: new Int32Array(4096) }] };
  const draw = (seed: number) =>
    augmentedSample(data, { tileSide: 188, random: createRandom(seed) }).image.data;
  assertEquals(draw(1), draw(1));
  assertEquals(`${draw(1)}` === `${draw(2)}`, false);
});

Deno.test("a recomputed weight map is the map of the deformed labels", () => {
  const side = 80, data = new Int32Array(side * side);
  for (let i = 0; i < data.length; i++) {
    const x = i % side, y = Math.floor(i / side);
    data[i] = x % 20 < 18 && y % 16 < 15 ? 1 + Math.floor(x / 20) + 10 * Math.floor(y / 16) : 0;
  }
  const cells = { data, width: side, height: side };
  const options = { classWeights: { background: 1, foreground: 1 } };
  const sample = augmentedSample({ slices: [slope(side, side)], labels: [cells] }, {
    tileSide: 220,
    random: createRandom(6),
    truth: (labels) => {
      assertEquals(labels.width, 220);
      const truth = instanceTruth(labels, options);
      assertEquals(
        truth.weights.data,
        weightMap(labels, { ...options, separateTouching: true }).data,
      );
      return truth;
    },
  });
  assertEquals([sample.labels.width, sample.weights!.width], [36, 36]);
  assertEquals(new Set(sample.labels.data), new Set([0, 1]));
  const gaps = sample.weights!.data.filter((_, i) => sample.labels.data[i] === 0);
  assertEquals(gaps.some((w) => w > 8), true);
});

Deno.test("gray variation keeps the order of gray values and the range, and can be nothing", () => {
  const random = createRandom(7), image = slope(20, 20);
  for (let draw = 0; draw < 20; draw++) {
    const { data } = varyGray(image, random);
    for (let i = 1; i < data.length; i++) {
      assertEquals(
        Math.sign(data[i] - data[i - 1]) * (image.data[i] - image.data[i - 1]) >= 0,
        true,
      );
    }
    assertEquals(data.every((g) => g >= 0 && g <= 1), true);
  }
  const none = varyGray(image, random, { contrast: 0, brightness: 0, gamma: 0 });
  none.data.forEach((g, i) => assertAlmostEquals(g, image.data[i], 1e-6));
  const noisy = varyGray(image, random, { contrast: 0, brightness: 0, gamma: 0, noise: 0.05 });
  const std = Math.sqrt(noisy.data.reduce((s, g, i) => s + (g - image.data[i]) ** 2, 0) / 400);
  assertAlmostEquals(std, 0.05, 0.01);
});

Deno.test("what does not fit is refused in words", () => {
  const slice = slope(64, 64), labels = { ...slice, data: new Int32Array(4096) };
  const random = createRandom(1);
  assertThrows(
    () =>
      augmentedSample({ slices: [slice], labels: [labels] }, {
        tileSide: 188,
        random,
        rotation: 270,
      }),
    RangeError,
    "from 0 to 180 degrees; got 270",
  );
  assertThrows(
    () =>
      augmentedSample({ slices: [slice], labels: [{ ...labels, width: 60 }] }, {
        tileSide: 188,
        random,
      }),
    RangeError,
    "slice 0 is 64 x 64, but its truth is 60 x 64",
  );
  const colour = { data: new Float32Array(64 * 64 * 3), width: 64, height: 64, channels: 3 };
  assertThrows(
    () => augmentedSample({ slices: [colour], labels: [labels] }, { tileSide: 188, random }),
    RangeError,
    "slice 0 has 3 channels",
  );
});
