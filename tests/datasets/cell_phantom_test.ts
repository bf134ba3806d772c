import { assert, assertEquals, assertThrows } from "@std/assert";
import { cellPhantom, cellPhantomFrame, hasDataset, openDataset } from "../../lib/datasets/mod.ts";
import {
  borders,
  connectedComponents,
  distanceTransform,
  objectSizes,
} from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { testWith } from "../support/needs.ts";

const small = { width: 256, height: 192 };

Deno.test("the same seed draws the same cells, whatever the count; another seed others", () => {
  const two = cellPhantom({ seed: 7, count: 2, ...small });
  const one = cellPhantom({ seed: 7, count: 1, ...small });
  assertEquals(two.slices[0], one.slices[0]);
  assertEquals(two.instances[0], one.instances[0]);
  assert(two.slices[1].data.some((v, i) => v !== one.slices[0].data[i]));
  const other = cellPhantom({ seed: 8, count: 1, ...small });
  assert(other.slices[0].data.some((v, i) => v !== one.slices[0].data[i]));
});

Deno.test("every cell is one region with its own number, and the classes are the cells without their numbers", () => {
  const { slices, labels, instances } = cellPhantom({ seed: 3, count: 2 });
  for (let k = 0; k < 2; k++) {
    assert(slices[k].data.every((v) => v >= 0 && v <= 1));
    assertEquals(labels[k].data, instances[k].data.map((id) => id > 0 ? 1 : 0));
    // Regions of equal numbers, counted by other code: as many as there are numbers.
    const { data } = connectedComponents(instances[k]);
    assert(data.every((id, i) => id === instances[k].data[i]));
  }
});

/** Pairs of neighbouring pixels in a row that belong to two cells. */
const contacts = ({ data, width }: { data: Int32Array; width: number }) =>
  data.reduce(
    (sum, id, i) =>
      i % width > 0 && id > 0 && data[i - 1] > 0 && data[i - 1] !== id ? sum + 1 : sum,
    0,
  );

Deno.test("cells touch: joining those that do makes fewer regions", () => {
  const { labels, instances } = cellPhantom({ seed: 1, count: 3 });
  const cells = instances.map((i) => new Set(i.data).size - 1);
  const regions = labels.map((l) => connectedComponents(l).count);
  for (let k = 0; k < 3; k++) {
    assert(contacts(instances[k]) > 50, `${contacts(instances[k])} contacts`);
    assert(regions[k] < 0.8 * cells[k], `${cells[k]} cells in ${regions[k]} regions`);
  }
});

/** Grays where `where` says so: mean and standard deviation. */
function grays(image: { data: Float32Array }, where: (i: number) => boolean) {
  const values = image.data.filter((_, i) => where(i));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, std: Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length) };
}

/** How rough and bright inside and outside are, away from borders. */
function statistics(slice: { data: Float32Array }, cells: Parameters<typeof borders>[0]) {
  const { data: edge } = distanceTransform(borders(cells));
  return {
    inside: grays(slice, (i) => cells.data[i] > 0 && edge[i] > 8),
    glass: grays(slice, (i) => cells.data[i] === 0 && edge[i] > 14),
    cover: cells.data.reduce((n, id) => n + Number(id > 0), 0) / cells.data.length,
    areas: [...objectSizes(cells).values()].sort((a, b) => a - b),
  };
}

Deno.test("cells are as bright as the glass but rougher, as under DIC: no threshold finds them", () => {
  const { slices, instances } = cellPhantom({ seed: 1, count: 2 });
  for (let k = 0; k < 2; k++) {
    const { inside, glass } = statistics(slices[k], instances[k]);
    assert(Math.abs(inside.mean - glass.mean) < 0.015, `${inside.mean} ${glass.mean}`);
    assert(inside.std > 1.8 * glass.std, `${inside.std} ${glass.std}`);
  }
});

testWith(
  { data: "ctc/DIC-C2DH-HeLa/01_GT/SEG" },
  "grays, roughness, coverage and areas are those of the recorded sequence 01, within a third",
  async () => {
    const real = await openDataset("dic_hela", { sequence: "01" });
    const made = cellPhantom({ seed: 2, count: 4 });
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    const of = (data: typeof real, frames: number[]) => {
      const all = frames.map((k) => statistics(data.slices[k], data.instances![k]));
      return {
        inside: mean(all.map((s) => s.inside.std)),
        glass: mean(all.map((s) => s.glass.std)),
        cover: mean(all.map((s) => s.cover)),
        gray: mean(all.map((s) => s.glass.mean)),
        area: mean(all.map((s) => s.areas[s.areas.length >> 1])),
      };
    };
    const recorded = of(real, [0, 1, 2, 3, 4, 6]), drawn = of(made, [0, 1, 2, 3]);
    for (const key of Object.keys(recorded) as (keyof typeof recorded)[]) {
      const ratio = drawn[key] / recorded[key];
      assert(ratio > 0.66 && ratio < 1.5, `${key}: ${drawn[key]} drawn, ${recorded[key]} recorded`);
    }
  },
);

Deno.test("bad sizes, counts and shares are refused in words", () => {
  assertThrows(() => cellPhantom({ count: 0 }), RangeError, "at least 1; got 0");
  const frame = (options: Parameters<typeof cellPhantomFrame>[1]) => () =>
    cellPhantomFrame(createRandom(1), options);
  assertThrows(frame({ width: 63 }), RangeError, "at least 64 x 64 pixels; got 63 x 512");
  assertThrows(frame({ coverage: 1 }), RangeError, "coverage 1");
  assertThrows(frame({ cellArea: NaN }), RangeError, "cellArea NaN");
});

Deno.test("the phantom opens by name anywhere", async () => {
  assert(await hasDataset("cell_phantom"));
  const { generated, slices } = await openDataset("cell_phantom", { count: 1, ...small });
  assertEquals([generated, slices.length, slices[0].width], [true, 1, 256]);
});
