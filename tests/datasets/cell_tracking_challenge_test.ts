import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import {
  DatasetError,
  hasCellTracking,
  hasDataset,
  inFieldOfInterest,
  openCellTracking,
  openDataset,
} from "../../lib/datasets/mod.ts";
import { ImageFileError, type LabelImage, writeTiff } from "../../lib/image/mod.ts";
import { segMeasure } from "../../lib/metrics/mod.ts";
import { testWith } from "../support/needs.ts";

const WIDTH = 160, HEIGHT = 140;

/** A frame or mask with squares of `side` pixels: [left, top, side, value]. */
function picture(...squares: [number, number, number, number][]) {
  const data = new Uint16Array(WIDTH * HEIGHT);
  for (const [left, top, side, value] of squares) {
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) data[y * WIDTH + x] = value;
    }
  }
  return { data, width: WIDTH, height: HEIGHT };
}

/** A folder in the challenge's layout, with the files given by their path in the data set's folder. */
async function folderWith(files: Record<string, ReturnType<typeof picture>>) {
  const folder = await Deno.makeTempDir();
  for (const [path, page] of Object.entries(files)) {
    const full = join(folder, "DIC-C2DH-HeLa", path);
    await Deno.mkdir(join(full, ".."), { recursive: true });
    await writeTiff(full, [page]);
  }
  return folder;
}

const inside = [60, 55, 20, 3] as [number, number, number, number];
const beside = [90, 60, 10, 7] as [number, number, number, number];
const inRim = [5, 5, 20, 9] as [number, number, number, number];

Deno.test("frames are found by the numbers of their masks, and the cells keep their numbers", async () => {
  const folder = await folderWith({
    "01/t000.tif": picture(),
    "01/t001.tif": picture([0, 0, 100, 65535]),
    "01/t002.tif": picture(),
    "01_GT/SEG/man_seg001.tif": picture(inside, beside),
  });
  const data = await openCellTracking("dic_hela", { folder });
  assertEquals([data.frames, data.slices.length, data.rim], [[1], 1, 50]);
  assertEquals([data.slices[0].data[0], data.slices[0].data.at(-1)], [1, 0]);
  assertEquals([...new Set(data.instances[0].data)].sort(), [0, 3, 7]);
  assertEquals([...new Set(data.labels[0].data)], [0, 1]);
  assert(await hasCellTracking("dic_hela", { folder }));
  assertEquals(await hasCellTracking("dic_hela", { folder, sequence: "02" }), false);
});

Deno.test("background in the rim outside the field of interest does not count, cells there do", async () => {
  const folder = await folderWith({
    "01/t000.tif": picture(),
    "01_GT/SEG/man_seg000.tif": picture(inside, inRim),
  });
  const { annotated: [{ data }] } = await openCellTracking("dic_hela", { folder });
  const at = (x: number, y: number) => data[y * WIDTH + x];
  assertEquals([at(50, 50), at(49, 50), at(50, 49)], [1, 0, 0]);
  assertEquals([at(WIDTH - 51, HEIGHT - 51), at(WIDTH - 50, HEIGHT - 51)], [1, 0]);
  assertEquals([at(10, 10), at(40, 10)], [1, 0]);
});

Deno.test("around a marker without a mask nothing but annotated cells counts", async () => {
  const folder = await folderWith({
    "01/t000.tif": picture(),
    "01_GT/SEG/man_seg000.tif": picture(inside),
    "01_GT/TRA/man_track000.tif": picture([65, 60, 3, 1], [95, 65, 3, 2], [10, 10, 3, 4]),
  });
  const { annotated: [{ data }] } = await openCellTracking("dic_hela", { folder });
  const at = (x: number, y: number) => data[y * WIDTH + x];
  // The cell of 20 x 20 has the area of a disc 22.6 wide; the marker without a mask ends at x = 97.
  assertEquals([at(96, 66), at(90, 66), at(74, 66), at(52, 88)], [0, 0, 1, 1]);
  assertEquals(at(79, 60), 1, "an annotated cell counts though the marker is near");
});

Deno.test("of two masks for a frame gold counts, unless silver has more of its cells", async () => {
  const folder = await folderWith({
    "01/t000.tif": picture(),
    "01/t001.tif": picture(),
    "01/t002.tif": picture(),
    "01_GT/SEG/man_seg000.tif": picture(inside),
    "01_GT/SEG/man_seg001.tif": picture(inside),
    "01_GT/TRA/man_track000.tif": picture([65, 60, 3, 1]),
    "01_GT/TRA/man_track001.tif": picture([65, 60, 3, 1], [95, 65, 3, 2]),
    "01_ST/SEG/man_seg000.tif": picture(beside),
    "01_ST/SEG/man_seg001.tif": picture(inside, beside),
    "01_ST/SEG/man_seg002.tif": picture(beside),
  });
  const ids = (cells: LabelImage) => [...new Set(cells.data)].filter((id) => id > 0).sort();
  const { frames, instances } = await openCellTracking("dic_hela", { folder, masks: "both" });
  assertEquals([frames, instances.map(ids)], [[0, 1, 2], [[3], [3, 7], [7]]]);
  const silver = await openCellTracking("dic_hela", { folder, masks: "silver" });
  assertEquals(silver.instances.map(ids), [[7], [3, 7], [7]]);
});

Deno.test("what is absent or does not fit is named in a sentence", async () => {
  const nothing = await Deno.makeTempDir();
  for (const part of ["DIC-C2DH-HeLa", "01_GT/SEG", "DATA_DIR", "cell_phantom"]) {
    await assertRejects(
      () => openCellTracking("dic_hela", { folder: nothing }),
      DatasetError,
      part.replace("/", nothing.includes("\\") ? "\\" : "/"),
    );
  }
  const mask = "01_GT/SEG/man_seg004.tif";
  const open = async (files: Record<string, ReturnType<typeof picture>>, options = {}) =>
    await openCellTracking("dic_hela", { folder: await folderWith(files), ...options });
  const frame = { "01/t004.tif": picture() };
  await assertRejects(() => open(frame), DatasetError, "sequence 01 has no gold masks");
  await assertRejects(() => open({ [mask]: picture(inside) }), DatasetError, "t004.tif is not in");
  await assertRejects(() => open({ ...frame, [mask]: picture() }), DatasetError, "is empty");
  const small = { data: new Uint16Array(4).fill(1), width: 2, height: 2 };
  await assertRejects(() => open({ ...frame, [mask]: small }), DatasetError, "2 x 2 but its frame");
  const real = { ...picture(), data: new Float32Array(WIDTH * HEIGHT).fill(0.5) };
  await assertRejects(
    async () => {
      const folder = await folderWith(frame);
      await Deno.mkdir(join(folder, "DIC-C2DH-HeLa/01_GT/SEG"), { recursive: true });
      await writeTiff(join(folder, "DIC-C2DH-HeLa", mask), [real]);
      await openCellTracking("dic_hela", { folder });
    },
    DatasetError,
    "holds no labels",
  );
  await assertRejects(
    async () => {
      const folder = await folderWith({ ...frame, [mask]: picture(inside) });
      await Deno.writeFile(join(folder, "DIC-C2DH-HeLa", mask), new Uint8Array(20));
      await openCellTracking("dic_hela", { folder });
    },
    ImageFileError,
    "man_seg004.tif",
  );
  await assertRejects(
    () => openCellTracking("hela" as "dic_hela"),
    RangeError,
    "known are dic_hela, phc_u373, phc_psc",
  );
  await assertRejects(() => open(frame, { sequence: "3" }), RangeError, '"01" and "02"; got "3"');
  await assertRejects(() => open(frame, { masks: "bronze" }), RangeError, 'got "bronze"');
});

Deno.test("objects that lie entirely in the rim are left out, those that reach into the field stay whole", () => {
  const labels = picture([0, 0, 50, 1], [30, 60, 21, 2], [100, 100, 40, 3]);
  const all = { ...labels, data: Int32Array.from(labels.data) };
  assertEquals([...new Set(inFieldOfInterest(all, 50).data)], [0, 2]);
  assertEquals(inFieldOfInterest(all, 50).data.filter((id) => id === 2).length, 441);
  assertEquals(inFieldOfInterest(all, 0), all);
  assertThrows(() => inFieldOfInterest(all, -1), RangeError, "at least 0; got -1");
});

testWith(
  { data: "ctc/DIC-C2DH-HeLa" },
  "DIC-C2DH-HeLa: nine gold frames a sequence, silver ones for all 84, cells counted by other code",
  async () => {
    // Cells per gold frame of sequence 01, counted with Pillow and NumPy.
    const gold = await openDataset("dic_hela", { sequence: "01" });
    assertEquals(
      gold.instances!.map(({ data }) => new Set(data).size - 1),
      [10, 10, 11, 13, 13, 12, 13, 13, 3],
    );
    const both = await openCellTracking("dic_hela", { sequence: "01", masks: "both" });
    assertEquals(both.frames, Array.from({ length: 84 }, (_, k) => k));
    assertEquals(
      new Set(both.instances[67].data).size - 1,
      17,
      "gold has 3 of its 18 cells: the silver mask counts",
    );
    const counted = gold.annotated![8].data.reduce((a, b) => a + b, 0) / 512 ** 2;
    assert(counted < 0.15, "of a partially annotated frame little counts");
    assert(await hasDataset("dic_hela", { sequence: "02", masks: "both" }));
  },
);

testWith(
  { data: "ctc/DIC-C2DH-HeLa/02_ST" },
  "the silver masks of sequence 01 score 0.953706 against gold, as the challenge's own program says",
  async () => {
    const gold = await openCellTracking("dic_hela", { sequence: "01" });
    const silver = await openCellTracking("dic_hela", { sequence: "01", masks: "silver" });
    const same = gold.frames.map((frame) => silver.instances[silver.frames.indexOf(frame)]);
    assertEquals(segMeasure(gold.instances, same).seg.toFixed(6), "0.953706");
  },
);

testWith({ data: "ctc/PhC-C2DL-PSC" }, "PhC-C2DL-PSC: two gold frames a sequence", async () => {
  const first = await openDataset("phc_psc", { sequence: "01" });
  assertEquals(first.instances!.map(({ data }) => new Set(data).size - 1), [111, 145]);
  assertEquals([first.slices[0].width, first.slices[0].height], [720, 576]);
  const second = await openCellTracking("phc_psc", { sequence: "02", masks: "both" });
  assertEquals(second.frames, [25, 182]);
});
