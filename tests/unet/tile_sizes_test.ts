import { assertEquals, assertThrows } from "@std/assert";
import { tileCovering, tileSize, validSides } from "../../lib/unet/mod.ts";

Deno.test("the paper's tile: 572 in, 388 out, crops 4, 16, 40, 88", () => {
  assertEquals(tileSize(572), {
    input: 572,
    output: 388,
    border: 92,
    contracting: [568, 280, 136, 64, 28],
    expanding: [52, 100, 196, 388],
    crops: [4, 16, 40, 88],
  });
});

Deno.test("a side is valid exactly if every layer's size is whole, even where pooled, and positive", () => {
  for (let depth = 1; depth <= 6; depth++) {
    const { step, offset } = validSides(depth);
    for (let input = 1; input < 700; input++) {
      const output = walk(input, depth);
      if (output === undefined) {
        assertThrows(
          () => tileSize(input, depth),
          RangeError,
          `${input} is not ${step}k+${offset}`,
        );
      } else assertEquals(tileSize(input, depth).output, output);
    }
  }
});

/** The sizes layer by layer, independent of the closed form. */
function walk(side: number, depth: number): number | undefined {
  for (let level = 0; level < depth; level++) {
    side -= 4;
    if (side <= 0 || side % 2 === 1) return undefined;
    side /= 2;
  }
  side -= 4;
  if (side <= 0) return undefined;
  for (let level = 0; level < depth; level++) {
    side = 2 * side - 4;
    if (side <= 0) return undefined;
  }
  return side;
}

Deno.test("the smallest tile covering an output is the smallest", () => {
  assertEquals([1, 4, 5, 388, 389].map((side) => tileCovering(side).input), [
    188,
    188,
    204,
    572,
    588,
  ]);
});

Deno.test("errors name the nearest valid sides", () => {
  assertThrows(
    () => tileSize(200),
    RangeError,
    "UNet tile side 200 is not 16k+60; the nearest valid sides are 188 and 204",
  );
  assertThrows(() => tileSize(572.5), RangeError, "the nearest valid sides are 572 and 588");
  assertThrows(() => tileSize(100), RangeError, "the smallest valid side is 188");
  assertThrows(() => tileSize(NaN), RangeError, "the smallest valid side is 188");
  assertThrows(() => tileSize(572, 0), RangeError, "depth is a whole number from 1 to 8");
  assertThrows(() => tileCovering(0), RangeError, "at least 1; got 0");
});

Deno.test("with padding a tile keeps its size, if it can be halved often enough", () => {
  const { output, border, contracting, crops } = tileSize(320, 4, "same");
  assertEquals([output, border], [320, 0]);
  assertEquals(contracting, [320, 160, 80, 40, 20]);
  assertEquals(crops, [0, 0, 0, 0]);
  assertEquals(validSides(4, "same"), { step: 16, offset: 0, smallest: 16 });
  assertEquals(tileCovering(33, 4, "same").input, 48);
  assertThrows(
    () => tileSize(316, 4, "same"),
    RangeError,
    "UNet tile side 316 is not 16k; the nearest valid sides are 304 and 320",
  );
});
