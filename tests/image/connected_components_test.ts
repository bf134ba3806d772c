import { assertEquals, assertThrows } from "@std/assert";
import { connectedComponents, type Connectivity } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

for (const [k, picture] of golden.images.entries()) {
  Deno.test(`components have scikit-image's ids on picture ${k}, touching values kept apart`, () => {
    const image = labelImage(picture.values, picture);
    assertEquals([...connectedComponents(image).data], picture.four);
    assertEquals([...connectedComponents(image, { connectivity: 8 }).data], picture.eight);
  });
}

Deno.test("components are the same for every type of pixel", () => {
  const { values, four, width, height } = golden.images[1];
  for (const type of [Uint8Array, Uint16Array, Float32Array, Float64Array, Uint32Array]) {
    assertEquals([...connectedComponents({ data: type.from(values), width, height }).data], four);
  }
});

Deno.test("a comb joins at its back, a spiral is one piece, and more runs than expected are no matter", () => {
  const comb = { data: Uint8Array.from({ length: 600 * 9 }, (_, i) => 1 - (i % 2)), width: 600 };
  comb.data.fill(1, 600 * 8);
  assertEquals(connectedComponents({ ...comb, height: 9 }).count, 1);
  const dots = { data: Uint8Array.from({ length: 201 * 201 }, (_, i) => 1 - (i % 2)), width: 201 };
  assertEquals(connectedComponents({ ...dots, height: 201 }).count, (201 * 201 + 1) / 2);
  assertEquals(connectedComponents({ ...dots, height: 201 }, { connectivity: 8 }).count, 1);
});

Deno.test("an 8-connected component is never smaller in reach: 4-connected ones lie inside it", () => {
  const random = createRandom(1);
  const data = Uint8Array.from({ length: 60 * 50 }, () => (random.bool(0.55) ? 1 : 0));
  const four = connectedComponents({ data, width: 60, height: 50 });
  const eight = connectedComponents({ data, width: 60, height: 50 }, { connectivity: 8 });
  const outer = new Map<number, number>();
  four.data.forEach((id, i) => {
    if (!outer.has(id)) outer.set(id, eight.data[i]);
    assertEquals(eight.data[i], outer.get(id));
  });
  assertEquals(four.count > eight.count, true);
});

Deno.test("an empty picture has no component", () => {
  assertEquals(connectedComponents({ data: new Uint8Array(12), width: 4, height: 3 }).count, 0);
});

Deno.test("components want one channel and a connectivity of 4 or 8", () => {
  const rgb = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 };
  assertThrows(() => connectedComponents(rgb), RangeError, "3 channels");
  const six = { connectivity: 6 as Connectivity };
  assertThrows(
    () => connectedComponents({ data: new Uint8Array(4), width: 2, height: 2 }, six),
    RangeError,
    "connectivity 6",
  );
});
