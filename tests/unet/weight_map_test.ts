import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readSafetensors } from "../../lib/io/mod.ts";
import type { LabelImage } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import {
  balancedClassWeights,
  DISTANCE_DECAYED,
  predict,
  separateTouchingCells,
  twoNearestCells,
  weightMap,
  type WeightMapOptions,
} from "../../lib/unet/mod.ts";
import { relativeError } from "../support/golden.ts";

const { tensors } = await readSafetensors(
  fromFileUrl(new URL("../golden/weightmap_elastic/reference.safetensors", import.meta.url)),
);
const golden = (name: string) => tensors.get(name)!.data as Float64Array;
const touching: LabelImage = {
  data: tensors.get("labels_touching")!.data as Int32Array,
  width: 64,
  height: 64,
};
const separated: LabelImage = {
  ...touching,
  data: tensors.get("labels_separated")!.data as Int32Array,
};
const row = (...data: number[]) => ({ data: Int32Array.from(data), width: data.length, height: 1 });

Deno.test("Eq. 2 equals the reference in every documented reading", () => {
  for (const [name, labels] of [["touching", touching], ["separated", separated]] as const) {
    const variants: [string, WeightMapOptions][] = [
      ["w_uniform_all", { classWeights: "uniform" }],
      ["w_uniform_bg", { classWeights: "uniform", borderTerm: "background" }],
      ["w_balanced_all", {}],
      ["w_balanced_bg", { borderTerm: "background" }],
    ];
    for (const [variant, options] of variants) {
      const { data } = weightMap(labels, options);
      const error = relativeError(data, golden(`${name}.${variant}`));
      assertEquals(error < 1e-7, true, `${name}.${variant}: ${error}`);
    }
  }
});

Deno.test("w0 and sigma act as in the formula", () => {
  const w = weightMap(touching, { w0: 3, sigma: 8, classWeights: "uniform" }).data;
  const [d1, d2] = [golden("touching.d1"), golden("touching.d2")];
  for (let i = 0; i < w.length; i++) {
    assertAlmostEquals(w[i], 1 + 3 * Math.exp(-((d1[i] + d2[i]) ** 2) / 128), 1e-6);
  }
});

Deno.test("without a second cell there is no border term, without any no NaN", () => {
  assertEquals([...weightMap(row(0, 0, 0)).data], [1, 1, 1]);
  assertEquals([...weightMap(row(4, 4)).data], [1, 1]);
  assertEquals([...weightMap(row(0, 4, 0, 0)).data], [2 / 3, 2, 2 / 3, 2 / 3].map(Math.fround));
  const two = weightMap(row(1, 0, 2), { classWeights: "uniform" }).data;
  assertAlmostEquals(two[1], 1 + 10 * Math.exp(-4 / 50), 1e-6);
  assertAlmostEquals(two[0], 1 + 10 * Math.exp(-4 / 50), 1e-6); // d1 = 0, d2 = 2
});

Deno.test("balanced weights make both classes weigh the same, over one picture or many", () => {
  const { data } = weightMap(touching, { w0: 0 });
  const sums = [0, 0];
  data.forEach((w, i) => sums[Number(touching.data[i] !== 0)] += w);
  assertAlmostEquals(sums[0] / sums[1], 1, 1e-5);
  assertAlmostEquals((sums[0] + sums[1]) / data.length, 1, 1e-5);
  const set = balancedClassWeights([row(0, 0, 0, 1), row(0, 0, 0, 0)]);
  assertEquals(set, { background: 8 / 14, foreground: 8 / 2 });
  assertEquals(balancedClassWeights([row(1, 2)]), { background: 1, foreground: 1 });
});

Deno.test("the distance-decayed form falls from the cell's weight to 0.1", () => {
  const labels = row(1, ...Array.from({ length: 60 }, () => 0));
  const { data } = weightMap(labels, { classWeights: DISTANCE_DECAYED });
  assertEquals(data[0], 1);
  assertAlmostEquals(data[10], 0.1 + 0.9 * Math.exp(-0.5), 1e-6);
  assertAlmostEquals(data[60], 0.1, 1e-6);
});

Deno.test("a mask's 4-connected components are its cells", () => {
  const mask = { data: Uint8Array.of(255, 0, 0, 0, 255, 0), width: 3, height: 2 };
  const options = { classWeights: "uniform" } as const;
  const asMask = weightMap(mask, { ...options, binary: true }).data;
  const asCells = weightMap(
    { data: Int32Array.of(1, 0, 0, 0, 2, 0), width: 3, height: 2 },
    options,
  );
  assertEquals(asMask, asCells.data);
  assertEquals([...weightMap(mask, options).data], [1, 1, 1, 1, 1, 1]); // else 255 is one cell
});

Deno.test("touching cells are set apart by one pixel, and nothing else changes", () => {
  const random = createRandom(5);
  const noise: LabelImage = {
    data: Int32Array.from({ length: 40 * 30 }, () => random.int(3)),
    width: 40,
    height: 30,
  };
  for (const labels of [touching, noise]) {
    const { data: before, width, height } = labels;
    const { data: after } = separateTouchingCells(labels);
    const around = (i: number) => {
      const x = i % width, y = Math.floor(i / width), found: number[] = [];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const u = x + dx, v = y + dy;
          if (u >= 0 && u < width && v >= 0 && v < height) found.push(v * width + u);
        }
      }
      return found;
    };
    for (let i = 0; i < before.length; i++) {
      const others = (data: Int32Array, own: number) =>
        around(i).some((j) => data[j] !== 0 && data[j] !== own);
      if (after[i] !== 0) {
        assertEquals(after[i], before[i]);
        assertEquals(others(after, after[i]), false); // no two cells touch any more
      } else if (before[i] !== 0) {
        assertEquals(others(after, before[i]), true); // put back, this pixel would touch another cell
      }
    }
  }
  // A straight border of two large cells loses one column, not two.
  const halves = {
    data: Int32Array.from({ length: 60 }, (_, i) => i % 6 < 3 ? 1 : 2),
    width: 6,
    height: 10,
  };
  assertEquals(separateTouchingCells(halves).data.filter((v) => v === 0).length, 10);
});

Deno.test("separateTouching is the map of the separated labels", () => {
  const cells = separateTouchingCells(touching);
  assertEquals(weightMap(touching, { separateTouching: true }).data, weightMap(cells).data);
  const { d1, d2 } = twoNearestCells(cells);
  const gap = d1.data.findIndex((d, i) => cells.data[i] === 0 && d === 1 && d2.data[i] === 1);
  assertEquals(gap >= 0, true);
  const { data } = weightMap(cells, { classWeights: "uniform" });
  assertAlmostEquals(data[gap], 1 + 10 * Math.exp(-4 / 50), 1e-6);
});

Deno.test("settings that make no sense are refused in words", () => {
  const refused = (options: WeightMapOptions, text: string) =>
    assertThrows(() => weightMap(touching, options), RangeError, text);
  refused({ sigma: 0 }, "sigma is a positive number of pixels; got 0");
  refused({ w0: NaN }, "w0 is a weight, at least 0; got NaN");
  refused({ classWeights: { background: -1, foreground: 1 } }, "class weights are at least 0");
  refused({ classWeights: { background: 1, foreground: 1, decay: 0 } }, "the decay is a positive");
  assertThrows(
    () => weightMap({ ...touching, width: 63 }),
    RangeError,
    "labels of 63 x 64 have one value per pixel; got 4096 values",
  );
});

Deno.test("inference takes no weight map", () => {
  // @ts-expect-error: computed before training, never used at inference; predict has no place for it
  const options: Parameters<typeof predict>[2] = { weights: weightMap(touching) };
  assertEquals(typeof options, "object");
});
