import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gaussianBlur, grain, smoothNoise } from "../../lib/datasets/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const random = (name: string) => createRandom(5).fork(name);

function correlation(field: Float32Array, width: number, lag: number): number {
  let sum = 0, n = 0;
  for (let i = 0; i < field.length; i++) {
    if (i % width < width - lag) {
      sum += field[i] * field[i + lag];
      n++;
    }
  }
  return sum / n;
}

Deno.test("noise of any kind has mean 0 and standard deviation 1", () => {
  for (const field of [smoothNoise(random("a"), 96, 64, 7), grain(random("b"), 96, 64, 1.5)]) {
    const mean = field.reduce((a, b) => a + b) / field.length;
    const variance = field.reduce((a, b) => a + b * b, 0) / field.length;
    assertAlmostEquals(mean, 0, 1e-4);
    assertAlmostEquals(variance, 1, 1e-3);
  }
});

Deno.test("smooth noise stays alike within its wavelength and not beyond", () => {
  const field = smoothNoise(random("a"), 512, 512, 16);
  assert(correlation(field, 512, 4) > 0.8);
  assert(Math.abs(correlation(field, 512, 48)) < 0.1);
});

Deno.test("grain is correlated as a Gaussian of twice its variance says", () => {
  const field = grain(random("b"), 512, 512, 1.5);
  for (const lag of [1, 2, 3, 5]) {
    const expected = Math.exp(-(lag ** 2) / (4 * 1.5 ** 2));
    assertAlmostEquals(correlation(field, 512, lag), expected, 0.03);
  }
});

Deno.test("a blur keeps the mean of a picture with even edges and spreads a point as a Gaussian", () => {
  const point = new Float32Array(41 * 41);
  point[20 * 41 + 20] = 1;
  gaussianBlur(point, 41, 41, 2);
  assertAlmostEquals(point.reduce((a, b) => a + b), 1, 1e-5);
  assertAlmostEquals(point[20 * 41 + 23] / point[20 * 41 + 20], Math.exp(-9 / 8), 1e-5);
  assertEquals(gaussianBlur(Float32Array.of(1, 2, 3), 3, 1, 0), Float32Array.of(1, 2, 3));
});
