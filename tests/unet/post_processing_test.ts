import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { connectedComponents, type Image } from "../../lib/image/mod.ts";
import { pixelError, randError } from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { calibrate, fitCalibration, segmentCells } from "../../lib/unet/post_processing.ts";

const random = createRandom(31);
const size = { width: 120, height: 120 };

/** Labels drawn with probability f(p) for outputs p. */
function outputsThatMean(f: (p: number) => number): [Image<Uint8Array>, Image] {
  const data = Float32Array.from({ length: 120 * 120 }, () => random.uniform());
  const label = Uint8Array.from(data, (p) => (random.bool(f(p)) ? 1 : 0));
  return [{ data: label, ...size }, { data, ...size }];
}

const risesEverywhere = (f: (p: number) => number) => {
  for (let p = 0.001; p <= 1; p += 0.001) assertEquals(f(p) >= f(p - 0.001) - 1e-12, true);
};

Deno.test("calibration finds the monotone cubic that the labels were drawn from", () => {
  const truth = (p: number) => 0.1 + 0.3 * p + 0.6 * p ** 3;
  const [label, output] = outputsThatMean(truth);
  const [c0, c1, c2, c3] = fitCalibration([label], [output]);
  const fitted = (p: number) => c0 + c1 * p + c2 * p ** 2 + c3 * p ** 3;
  for (const p of [0.1, 0.3, 0.5, 0.7, 0.9]) assertAlmostEquals(fitted(p), truth(p), 0.03);
  risesEverywhere(fitted);
});

Deno.test("calibration stays monotone where the labels fall, and is flat there", () => {
  const [label, output] = outputsThatMean((p) => (p < 0.5 ? 0.8 : 0.2));
  const c = fitCalibration([label], [output]);
  risesEverywhere((p) => c[0] + c[1] * p + c[2] * p ** 2 + c[3] * p ** 3);
  const mean = label.data.reduce((a, b) => a + b) / label.data.length;
  assertAlmostEquals(c[0], mean, 1e-6); // the best that cannot rise: the constant
});

Deno.test("a calibrated probability lies in [0, 1]", () => {
  const output = { data: Float32Array.of(0, 0.5, 1), width: 3, height: 1 };
  assertEquals([...calibrate(output, [-0.2, 1.5, 0, 0]).data], [0, Math.fround(0.55), 1]);
});

Deno.test("calibration wants as many outputs as labels, of the same sizes", () => {
  const [label, output] = outputsThatMean((p) => p);
  assertThrows(() => fitCalibration([], []), RangeError, "0 label slices");
  const cut = { data: output.data.slice(120), width: 120, height: 119 };
  assertThrows(() => fitCalibration([label], [cut]), RangeError, "label slice 0");
});

/** A grid of cells whose membranes the network draws far too thick, with specks. */
function thickMembranes(): [Image<Uint8Array>, Image] {
  const label = new Uint8Array(120 * 120), output = new Float32Array(120 * 120);
  for (let y = 0; y < 120; y++) {
    for (let x = 0; x < 120; x++) {
      const d = Math.min(x % 30, 30 - (x % 30), y % 30, 30 - (y % 30)); // from the membrane's middle
      label[y * 120 + x] = d > 2 ? 1 : 0;
      output[y * 120 + x] = Math.min(1, Math.max(0, 0.08 * d + random.normal(0, 0.08)));
    }
  }
  return [{ data: label, ...size }, { data: output, ...size }];
}

Deno.test("post-processing lowers the Rand error and raises the pixel error", () => {
  const [label, output] = thickMembranes();
  const regions = segmentCells(output);
  const binary = { ...output, data: Float32Array.from(regions.data, (v) => (v > 0 ? 1 : 0)) };
  const rand = (p: Image) => randError([label], [p]).randError;
  const pixel = (p: Image) => pixelError([label], [p]).pixelError;
  assertEquals(rand(binary) < rand(output), true);
  assertEquals(pixel(binary) > pixel(output), true);
});

Deno.test("segments are closed regions, none of them smaller than its seed had to be", () => {
  const [, output] = thickMembranes();
  const regions = segmentCells(output, { minimumSize: 80 });
  const sizes = new Map<number, number>();
  for (const v of regions.data) if (v > 0) sizes.set(v, (sizes.get(v) ?? 0) + 1);
  assertEquals(Math.min(...sizes.values()) >= 80, true);
  const binary = regions.data.map((v) => (v > 0 ? 1 : 0));
  assertEquals(connectedComponents({ ...regions, data: binary }).count, sizes.size);
});

Deno.test("without a seed there is no segment", () => {
  const dark = { data: new Float32Array(100).fill(0.2), width: 10, height: 10 };
  assertEquals(segmentCells(dark).data.some((v) => v > 0), false);
});
