import { assert, assertEquals, assertThrows } from "@std/assert";
import { emPhantom, emPhantomSlice, hasDataset, openDataset } from "../../lib/datasets/mod.ts";
import { connectedComponents } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { testWith } from "../support/needs.ts";

const small = { width: 160, height: 120 };

Deno.test("the same seed draws the same slices, whatever the count; another seed others", () => {
  const three = emPhantom({ seed: 7, count: 3, ...small });
  const one = emPhantom({ seed: 7, count: 1, ...small });
  assertEquals(three.slices[0], one.slices[0]);
  assertEquals(three.instances[0], one.instances[0]);
  assert(three.slices[1].data.some((v, i) => v !== one.slices[0].data[i]));
  const other = emPhantom({ seed: 8, count: 1, ...small });
  assert(other.slices[0].data.some((v, i) => v !== one.slices[0].data[i]));
});

Deno.test("labels are instances without their numbers, and no two instances touch", () => {
  const { slices, labels, instances } = emPhantom({ seed: 3, count: 4 });
  for (let k = 0; k < 4; k++) {
    assertEquals([slices[k].width, slices[k].height], [512, 512]);
    assert(slices[k].data.every((v) => v >= 0 && v <= 1));
    assertEquals(labels[k].data, instances[k].data.map((n) => n > 0 ? 1 : 0));
    const { count, data } = connectedComponents(labels[k], { connectivity: 4 });
    assertEquals(
      data,
      instances[k].data,
      "the cells are the 4-connected regions, in reading order",
    );
    assertEquals(Math.max(...new Set(instances[k].data)), count);
  }
});

Deno.test("a slice has about 130 cells and as much cell as the recorded volume, 78 %", () => {
  const { labels, instances } = emPhantom({ seed: 1, count: 8 });
  const cells = instances.map(({ data }) => new Set(data).size - 1);
  const share = labels.map(({ data }) => data.reduce((a, b) => a + b, 0) / data.length);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  assert(mean(cells) > 100 && mean(cells) < 150, `${cells}`);
  assert(mean(share) > 0.74 && mean(share) < 0.81, `${share}`);
});

Deno.test("membranes are darker than cells in every slice", () => {
  const { slices, labels } = emPhantom({ seed: 2, count: 6 });
  slices.forEach(({ data }, k) => {
    const sums = [0, 0], counts = [0, 0];
    data.forEach((v, i) => {
      sums[labels[k].data[i]] += v;
      counts[labels[k].data[i]]++;
    });
    const contrast = sums[1] / counts[1] - sums[0] / counts[0];
    assert(contrast > 0.08 && contrast < 0.35, `slice ${k}: ${contrast}`);
  });
});

Deno.test("without clutter there is no grain: neighbouring pixels inside a cell are almost equal", () => {
  const roughness = (clutter: number) => {
    const { slice: { data } } = emPhantomSlice(createRandom(1).fork(0), { ...small, clutter });
    let sum = 0;
    for (let i = 1; i < data.length; i++) sum += Math.abs(data[i] - data[i - 1]);
    return sum / data.length;
  };
  assert(roughness(0) < 0.5 * roughness(1), `${roughness(0)} ${roughness(1)}`);
});

Deno.test("wider membranes leave less cell, larger cells are fewer", () => {
  const at = (options: Parameters<typeof emPhantomSlice>[1]) => {
    const { labels, instances } = emPhantomSlice(createRandom(9).fork(0), options);
    return {
      share: labels.data.reduce((a, b) => a + b, 0) / labels.data.length,
      cells: new Set(instances.data).size - 1,
    };
  };
  assert(at({ membraneWidth: 10 }).share < at({ membraneWidth: 5 }).share - 0.08);
  assert(at({ cellArea: 6000 }).cells < 0.6 * at({ cellArea: 2000 }).cells);
});

Deno.test("openDataset generates a phantom by name, and it is always there", async () => {
  assertEquals(await hasDataset("em_phantom"), true);
  const options = { seed: 3, count: 2, ...small };
  assertEquals(await openDataset("em_phantom", options), emPhantom(options));
});

Deno.test("options that make no picture are refused in a sentence", async () => {
  assertThrows(() => emPhantom({ count: 0 }), RangeError, "got 0");
  assertThrows(() => emPhantom({ width: 20 }), RangeError, "20 x 512");
  assertThrows(() => emPhantom({ membraneWidth: NaN }), RangeError, "membraneWidth NaN");
  try {
    await openDataset("isbi2013" as "isbi2012");
    assert(false, "no error");
  } catch (error) {
    assertEquals(
      (error as Error).message,
      'there is no data set "isbi2013"; known are isbi2012, dic_hela, phc_u373, phc_psc, em_phantom, cell_phantom',
    );
  }
});

testWith(
  { data: "isbi2012/train-volume.tif" },
  "gray values, their spread and the width of the membranes are those of the recorded slices 0 to 23",
  async () => {
    const phantom = emPhantom({ seed: 1, count: 8 });
    const { slices, labels } = await openDataset("isbi2012");
    const measure = (pictures: typeof slices, classes: typeof labels) => {
      let n = 0, sum = 0, squares = 0, edges = 0, membrane = 0;
      pictures.forEach(({ data, width }, k) => {
        data.forEach((v, i) => {
          n++;
          sum += v;
          squares += v * v;
          membrane += 1 - classes[k].data[i];
          if ((i + 1) % width && classes[k].data[i] !== classes[k].data[i + 1]) edges++;
        });
      });
      const mean = sum / n;
      // Membrane pixels per change of class along a row: proportional to the membranes' width.
      return { mean, std: Math.sqrt(squares / n - mean * mean), width: 2 * membrane / edges };
    };
    const real = measure(slices.slice(0, 24), labels.slice(0, 24));
    const made = measure(phantom.slices, phantom.labels);
    assert(Math.abs(made.mean - real.mean) < 0.05, `mean ${made.mean}, recorded ${real.mean}`);
    assert(Math.abs(made.std / real.std - 1) < 0.2, `std ${made.std}, recorded ${real.std}`);
    assert(Math.abs(made.width / real.width - 1) < 0.2, `${made.width}, recorded ${real.width}`);
  },
);
