import { assertEquals, assertThrows } from "@std/assert";
import { connectedComponents, watershed } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

// The labels of two-level pictures are compared with an independent flooding in thinning_test.ts,
// and with the official V_rand in v_rand_test.ts.

Deno.test("two valleys meet on the ridge between them", () => {
  const profile = Uint8Array.of(3, 1, 0, 1, 2, 5, 2, 1, 2);
  const { data, count } = watershed({ data: profile, width: 9, height: 1 });
  assertEquals([...data], [1, 1, 1, 1, 1, 0, 2, 2, 2]);
  assertEquals(count, 2);
});

Deno.test("a flat picture is one basin, and a picture's values matter only by their order", () => {
  const random = createRandom(8);
  assertEquals(watershed({ data: new Float32Array(20).fill(7), width: 5, height: 4 }).count, 1);
  const gray = Uint8Array.from({ length: 40 * 30 }, () => random.int(12));
  const size = { width: 40, height: 30 };
  const { data } = watershed({ data: gray, ...size });
  const stretched = Float32Array.from(gray, (v) => v ** 3 / 7 - 20);
  assertEquals(watershed({ data: stretched, ...size }).data, data);
});

Deno.test("every basin is one piece", () => {
  const random = createRandom(2);
  const width = 50, height = 40;
  const gray = Uint8Array.from({ length: width * height }, () => random.int(6));
  const { data, count } = watershed({ data: gray, width, height });
  assertEquals(connectedComponents({ data, width, height }).count, count);
  assertEquals(Math.max(...data), count);
});

Deno.test("with markers the water rises from them alone", () => {
  const profile = { data: Uint8Array.of(0, 1, 5, 0, 5, 1, 0), width: 7, height: 1 };
  const markers = { data: Int32Array.of(4, 0, 0, 0, 0, 0, 9), width: 7, height: 1 };
  // The middle valley has no marker: both lakes spill into it and meet there.
  assertEquals([...watershed(profile, { markers }).data], [4, 4, 4, 0, 9, 9, 9]);
  assertEquals(watershed(profile, { markers }).count, 2);
  const none = { ...markers, data: new Int32Array(7) };
  assertEquals([...watershed(profile, { markers: none }).data], Array(7).fill(0));
});

Deno.test("the watershed wants one channel and markers of the same size", () => {
  const image = { data: new Uint8Array(4), width: 2, height: 2 };
  assertThrows(
    () => watershed({ ...image, channels: 2 }),
    RangeError,
    "2 channels",
  );
  assertThrows(
    () => watershed(image, { markers: { data: new Int32Array(3), width: 3, height: 1 } }),
    RangeError,
    "the markers are 3 x 1 but the landscape is 2 x 2",
  );
});
