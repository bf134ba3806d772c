import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  DatasetError,
  hasIsbi2012,
  holdOut,
  openDataset,
  openIsbi2012,
} from "../../lib/datasets/mod.ts";
import { writeTiff } from "../../lib/image/mod.ts";
import { testWith } from "../support/needs.ts";

const pages = (count: number, value: number, side = 512) =>
  Array.from({ length: count }, () => ({
    data: new Uint8Array(side * side).fill(value),
    width: side,
    height: side,
  }));

Deno.test("without its files the data set says which to put where, and what to use instead", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(await hasIsbi2012(folder), false);
  for (const part of [`${folder}/train-volume.tif`, "train-labels.tif", "DATA_DIR", "em_phantom"]) {
    await assertRejects(() => openIsbi2012(folder), DatasetError, part);
  }
});

Deno.test("a volume of another size and labels of other values are refused by file, page and pixel", async () => {
  const folder = await Deno.makeTempDir();
  await writeTiff(`${folder}/train-volume.tif`, pages(30, 100));
  await writeTiff(`${folder}/train-labels.tif`, pages(29, 255));
  assertEquals(await hasIsbi2012(folder), true);
  await assertRejects(() => openIsbi2012(folder), DatasetError, "train-labels.tif has 29 pages");
  await writeTiff(`${folder}/train-labels.tif`, [...pages(29, 255), ...pages(1, 255, 256)]);
  await assertRejects(() => openIsbi2012(folder), DatasetError, "one of 256 x 256");
  const labels = pages(30, 255);
  labels[3].data[512 + 7] = 254;
  await writeTiff(`${folder}/train-labels.tif`, labels);
  await assertRejects(() => openIsbi2012(folder), DatasetError, "page 4: pixel (7, 1) is 254");
  labels[3].data[512 + 7] = 0;
  await writeTiff(`${folder}/train-labels.tif`, labels);
  const { slices, labels: classes } = await openIsbi2012(folder);
  assertEquals(slices.length, 30);
  assertEquals([...new Set(classes[3].data)], [1, 0]);
});

testWith(
  { data: "isbi2012/train-volume.tif" },
  "the real volume has 30 slices, 78.0 % of them cell",
  async () => {
    const { slices, labels, credit } = await openDataset("isbi2012");
    assertEquals([slices.length, labels.length], [30, 30]);
    assert(slices.every(({ data }) => data.every((v) => v >= 0 && v <= 1)));
    const cell = labels.reduce((sum, { data }) => sum + data.reduce((a, b) => a + b, 0), 0);
    assertEquals((cell / (30 * 512 * 512)).toFixed(3), "0.780");
    assert(credit.includes("Cardona"));
  },
);

testWith({ data: "isbi2012/train-volume.tif" }, "the last six slices are held out", async () => {
  const dataset = await openDataset("isbi2012");
  const { train, heldOut } = holdOut(dataset);
  assertEquals([...train.slices, ...heldOut.slices], [...dataset.slices]);
  assertEquals(heldOut.labels, dataset.labels.slice(24));
});

Deno.test("the volume is read from a file a slice too, and half of them do not count", async () => {
  const folder = await Deno.makeTempDir();
  const page = (value: number) => ({
    data: new Uint8Array(512 * 512).fill(value),
    width: 512,
    height: 512,
  });
  const none = { compression: "none" } as const;
  for (let i = 0; i < 30; i++) {
    assertEquals(await hasIsbi2012(folder), false);
    await writeTiff(`${folder}/train/image/${i}.tif`, [page(i)], none);
    await writeTiff(`${folder}/train/label/${i}.tif`, [page(255)], none);
  }
  const { slices, labels } = await openIsbi2012(folder);
  assertEquals(slices.map(({ data }) => Math.round(data[0] * 255)), [...Array(30).keys()]);
  assertEquals(labels[29].data[7], 1);
  await Deno.remove(folder, { recursive: true });
});
