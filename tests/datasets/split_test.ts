import { assertEquals, assertThrows } from "@std/assert";
import { holdOut, type SegmentationDataset } from "../../lib/datasets/mod.ts";

const pixel = (value: number) => ({ data: Int32Array.of(value), width: 1, height: 1 });
const dataset: SegmentationDataset = {
  title: "five",
  credit: "",
  generated: true,
  slices: [0, 1, 2, 3, 4].map((v) => ({ ...pixel(v), data: Float32Array.of(v) })),
  labels: [0, 1, 2, 3, 4].map(pixel),
  instances: [0, 1, 2, 3, 4].map(pixel),
  annotated: [0, 1, 2, 3, 4].map((value) => ({ ...pixel(value), data: Uint8Array.of(value) })),
};

Deno.test("slices, labels, instances and what is annotated are split at the same place", () => {
  const { train, heldOut } = holdOut(dataset, 2);
  for (const part of ["slices", "labels", "instances", "annotated"] as const) {
    assertEquals(train[part]!.map(({ data }) => data[0]), [0, 1, 2]);
    assertEquals(heldOut[part]!.map(({ data }) => data[0]), [3, 4]);
  }
});

Deno.test("at least one slice must be left on either side", () => {
  assertThrows(() => holdOut(dataset), RangeError, "6 of 5 slices cannot be held out");
  assertThrows(() => holdOut(dataset, 0), RangeError);
});
