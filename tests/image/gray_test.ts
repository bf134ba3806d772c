import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { normalizeMinMax, toBytes, toGray, toLabels } from "../../lib/image/mod.ts";

const row = <P>(data: P, channels?: number) => ({ data, width: 2, height: 1, channels });

Deno.test("gray values of 8 and 16-bit pictures are fractions of their white", () => {
  assertEquals([...toGray(row(Uint8Array.of(0, 255))).data], [0, 1]);
  assertEquals([...toGray(row(Uint16Array.of(0, 65535))).data], [0, 1]);
  assertEquals([...toGray(row(Float32Array.of(0.25, 1))).data], [0.25, 1]);
});

Deno.test("white stays white and green weighs most in the luma; alpha is left out", () => {
  const gray = toGray(row(Uint8Array.of(255, 255, 255, 9, 0, 255, 0, 9), 4));
  assertAlmostEquals(gray.data[0], 1, 1e-6);
  assertAlmostEquals(gray.data[1], 0.587, 1e-6);
  assertEquals([...toGray(row(Uint8Array.of(255, 1, 0, 1), 2)).data], [1, 0]);
});

Deno.test("gray values outside [0, 1] are an error that names the pixel, never clamped", () => {
  assertThrows(() => toGray(row(Float32Array.of(0, 300))), RangeError, "pixel (1, 0) is 300");
  assertThrows(() => toGray(row(Float32Array.of(NaN, 0))), RangeError, "pixel (0, 0) is NaN");
  assertThrows(() => toGray(row(Int32Array.of(0, 1))), RangeError, "normalizeMinMax");
});

Deno.test("normalizeMinMax reaches 0 and 1, and a flat picture becomes 0", () => {
  assertEquals([...normalizeMinMax(row(Int32Array.of(-5, 5))).data], [0, 1]);
  assertEquals([...normalizeMinMax(row(Uint8Array.of(7, 7))).data], [0, 0]);
  assertThrows(() => normalizeMinMax(row(Float32Array.of(0, Infinity))), RangeError, "Infinity");
});

Deno.test("toBytes undoes toGray", () => {
  const bytes = { data: Uint8Array.from({ length: 256 }, (_, i) => i), width: 256, height: 1 };
  assertEquals(toBytes(toGray(bytes)), bytes);
});

Deno.test("labels keep their numbers; fractions and negatives are refused", () => {
  assertEquals(toLabels(row(Uint16Array.of(0, 65535))).data, Int32Array.of(0, 65535));
  assertThrows(() => toLabels(row(Float32Array.of(0, 0.5))), RangeError, "pixel (1, 0) is 0.5");
  assertThrows(() => toLabels(row(Int32Array.of(-1, 0))), RangeError, "is -1");
  assertThrows(() => toLabels(row(Uint32Array.of(0, 2 ** 31))), RangeError, "2147483648");
});
