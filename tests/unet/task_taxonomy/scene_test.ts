import { assertEquals, assertThrows } from "@std/assert";
import { createRandom } from "../../../lib/random/mod.ts";
import { generateScene } from "../../../lib/unet/task_taxonomy/mod.ts";

Deno.test("the same seed gives the same scene, another seed another one", () => {
  const of = (seed: number) => generateScene({ random: createRandom(seed) });
  assertEquals(of(1), of(1));
  assertEquals(of(1).image.data.some((v, i) => v !== of(2).image.data[i]), true);
});

Deno.test("a scene has as many cells as asked for, of both kinds, some touching, gray in [0, 1]", () => {
  let touching = 0;
  const kinds = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const scene = generateScene({ random: createRandom(seed), cells: 5 });
    const { data, width } = scene.instances;
    assertEquals([...new Set(data)].sort(), [0, 1, 2, 3, 4, 5]);
    scene.kinds.slice(1).forEach((kind) => kinds.add(kind));
    if (data.some((a, i) => a > 0 && data[i + 1] > 0 && a !== data[i + 1] && (i + 1) % width > 0)) {
      touching++;
    }
    assertEquals(scene.image.data.every((v) => v >= 0 && v <= 1), true);
  }
  assertEquals([...kinds].sort(), [1, 2]);
  assertEquals(touching > 5, true, `${touching} of 20`);
});

Deno.test("impossible scenes are refused in words", () => {
  const random = createRandom(0);
  assertThrows(() => generateScene({ random, side: 16 }), RangeError, "got 16 pixels");
  assertThrows(() => generateScene({ random, cells: 0 }), RangeError, "0 cells");
});
