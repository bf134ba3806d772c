import { assert, assertEquals } from "@std/assert";
import { tessellate } from "../../lib/datasets/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const options = {
  width: 200,
  height: 150,
  cellArea: 1000,
  sizeSpread: 0.5,
  waviness: 3,
  elongation: 1.4,
  joined: 0.3,
};
const make = (seed: number, more = {}) =>
  tessellate(createRandom(seed).fork("cells"), { ...options, ...more });

Deno.test("a tessellation's distances are those to the nearest change of cell, by brute force", () => {
  const { cell, distance } = make(1), { width, height } = options;
  const border: [number, number][] = []; // the middles of the edges between pixels of two cells
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (x + 1 < width && cell[i] !== cell[i + 1]) border.push([x + 0.5, y]);
      if (y + 1 < height && cell[i] !== cell[i + width]) border.push([x, y + 0.5]);
    }
  }
  for (let i = 0; i < cell.length; i += 37) {
    const x = i % width, y = Math.floor(i / width);
    const nearest = Math.min(...border.map(([bx, by]) => Math.hypot(bx - x, by - y)));
    assert(Math.abs(nearest - distance[i]) <= 0.5, `(${x}, ${y}): ${nearest}, ${distance[i]}`);
  }
});

Deno.test("the neighbour is another cell, and next to a straight border the one across", () => {
  const { cell, neighbour } = make(2, { waviness: 0, elongation: 1, joined: 0 });
  let next = 0, right = 0;
  for (let i = 0; i + 1 < cell.length; i++) {
    assert(neighbour[i] !== cell[i]);
    if ((i + 1) % options.width === 0 || cell[i] === cell[i + 1]) continue;
    next++;
    if (neighbour[i] === cell[i + 1]) right++;
  }
  assert(right > 0.9 * next, `${right} of ${next}`); // where three cells meet the third may come second
});

Deno.test("cells have the mean area asked for, and joining leaves it so", () => {
  for (const joined of [0, 0.4]) {
    let cells = 0;
    for (let seed = 0; seed < 6; seed++) cells += new Set(make(seed, { joined }).cell).size;
    // Cells cut by the picture's edge count whole here, which makes the mean smaller.
    const mean = 6 * options.width * options.height / cells;
    assert(mean > 500 && mean < 1300, `joined ${joined}: ${mean}`);
  }
});

Deno.test("a larger spread makes cells more unlike, none makes them alike", () => {
  const spread = (sizeSpread: number) => {
    const { cell } = make(3, { sizeSpread, joined: 0, width: 400, height: 400 });
    const areas = new Map<number, number>();
    for (const c of cell) areas.set(c, (areas.get(c) ?? 0) + 1);
    const sizes = [...areas.values()], mean = sizes.reduce((a, b) => a + b) / sizes.length;
    return Math.sqrt(sizes.reduce((s, a) => s + (a - mean) ** 2, 0) / sizes.length) / mean;
  };
  assert(spread(0) < 0.6);
  assert(spread(0.6) > 1.5 * spread(0));
});

Deno.test("the same seed divides the plane the same way, another seed another way", () => {
  assertEquals(make(4), make(4));
  assert(make(4).cell.some((c, i) => c !== make(5).cell[i]));
});
