import { assertEquals, assertThrows } from "@std/assert";
import {
  binarize,
  CHALLENGE_THRESHOLDS,
  thresholds,
  WARPING_THRESHOLDS,
} from "../../lib/metrics/mod.ts";

Deno.test("thresholds are summed up in double precision, so the last one stays below 1", () => {
  assertEquals([CHALLENGE_THRESHOLDS.length, CHALLENGE_THRESHOLDS[10]], [11, 0.9999999999999999]);
  assertEquals([WARPING_THRESHOLDS.length, WARPING_THRESHOLDS[9]], [10, 0.8999999999999999]);
  assertEquals(thresholds(0.5, 0.5, 1), [0.5]);
});

Deno.test("a list of thresholds needs an order and a step", () => {
  for (const bad of [[1, 0, 0.1], [0, 1, 0], [0, 1, -1], [0, NaN, 1], [0, Infinity, 1]]) {
    assertThrows(() => thresholds(bad[0], bad[1], bad[2]), RangeError, "make no list");
  }
});

Deno.test("pixel 204 of 255, as float32, is above the threshold 0.8", () => {
  const image = { data: Float32Array.of(203 / 255, 204 / 255, 1), width: 3, height: 1 };
  assertEquals([...binarize(image, 0.8)], [0, 1, 1]);
  assertEquals([...binarize(image, 1)], [0, 0, 0]);
});
