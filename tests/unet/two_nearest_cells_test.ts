import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readSafetensors } from "../../lib/io/mod.ts";
import type { LabelImage } from "../../lib/image/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";
import { twoNearestCells } from "../../lib/unet/mod.ts";

/** Every pixel against every pixel. */
function bruteForce({ data, width, height }: LabelImage) {
  const d1: number[] = [], d2: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const nearest = new Map<number, number>();
      data.forEach((label, j) => {
        if (label === 0) return;
        const square = (x - j % width) ** 2 + (y - Math.floor(j / width)) ** 2;
        nearest.set(label, Math.min(square, nearest.get(label) ?? Infinity));
      });
      const sorted = [...nearest.values()].sort((a, b) => a - b);
      d1.push(Math.sqrt(sorted[0] ?? Infinity));
      d2.push(Math.sqrt(sorted[1] ?? Infinity));
    }
  }
  return { d1, d2 };
}

/** Discs that may cover each other, with gaps or without. */
function discs(random: Random, width: number, height: number, count: number, radius: number) {
  const data = new Int32Array(width * height);
  for (let cell = 1; cell <= count; cell++) {
    const cx = random.int(width), cy = random.int(height), r = random.uniform(0, radius);
    for (let i = 0; i < data.length; i++) {
      if (Math.hypot(i % width - cx, Math.floor(i / width) - cy) <= r) data[i] = cell * 7 - 3;
    }
  }
  return { data, width, height };
}

Deno.test("the two distances are those of brute force, for cells of every kind", () => {
  const random = createRandom(1);
  const pictures: [string, LabelImage][] = [
    ["no cell", discs(random, 9, 7, 0, 1)],
    ["one cell", discs(random, 13, 9, 1, 3)],
    ["one pixel", { data: Int32Array.of(5), width: 1, height: 1 }],
    ["one row", discs(random, 60, 1, 9, 4)],
    ["one column", discs(random, 1, 60, 9, 4)],
    ["all cell", { data: new Int32Array(48).fill(2), width: 8, height: 6 }],
    ["single pixels in a corner of an empty picture", {
      data: Int32Array.from({ length: 30 * 30 }, (_, i) => i % 30 < 6 && i < 180 ? i + 1 : 0),
      width: 30,
      height: 30,
    }],
    ["noise", {
      data: Int32Array.from({ length: 25 * 31 }, () => random.int(4)),
      width: 25,
      height: 31,
    }],
  ];
  for (let n = 0; n < 40; n++) {
    const [width, height] = [random.int(1, 40), random.int(1, 40)];
    const cells = random.int(1, 20), radius = random.uniform(0.5, 9);
    pictures.push([`discs ${n}`, discs(random, width, height, cells, radius)]);
  }
  for (const [name, labels] of pictures) {
    const { d1, d2, nearest } = twoNearestCells(labels);
    const expected = bruteForce(labels);
    assertEquals([...d1.data], expected.d1, `${name}: d1`);
    assertEquals([...d2.data], expected.d2, `${name}: d2`);
    labels.data.forEach((label, i) => label !== 0 && assertEquals(nearest.data[i], label));
  }
});

Deno.test("the two distances equal SciPy's, one transform per cell", async () => {
  const { tensors } = await readSafetensors(
    fromFileUrl(new URL("../golden/weightmap_elastic/reference.safetensors", import.meta.url)),
  );
  for (const kind of ["touching", "separated"]) {
    const labels = tensors.get(`labels_${kind}`)!.data as Int32Array;
    const { d1, d2 } = twoNearestCells({ data: labels, width: 64, height: 64 });
    assertEquals(d1.data, tensors.get(`${kind}.d1`)!.data as Float64Array);
    assertEquals(d2.data, tensors.get(`${kind}.d2`)!.data as Float64Array);
  }
});
