import { assertEquals, assertThrows } from "@std/assert";
import { heNormal } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const std = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

Deno.test("He initialisation keeps the variance through eight ReLU layers", () => {
  const random = createRandom(1), width = 256, vectors = 8;
  let x = Array.from(
    { length: vectors },
    () => Float32Array.from({ length: width }, () => random.normal()),
  );
  for (let layer = 1; layer <= 8; layer++) {
    const w = heNormal([width, width], width, random);
    const a = x.map((x) => {
      const sums = new Float32Array(width);
      for (let i = 0; i < width; i++) {
        for (let j = 0; j < width; j++) sums[j] += w[i * width + j] * x[i];
      }
      return sums;
    });
    // 2 after the first layer, whose input no ReLU has halved, and so on; std = sqrt(1 / N) would halve
    // it from layer to layer.
    const variance = a.reduce((sum, a) => sum + std(a) ** 2, 0) / vectors;
    assertEquals(variance > 1 && variance < 3, true, `${layer}: ${variance}`);
    x = a.map((a) => a.map((v) => Math.max(0, v)));
  }
});

Deno.test("He initialisation refuses a neuron without inputs", () => {
  assertThrows(() => heNormal([1], 0, createRandom(1)), RangeError, "N > 0");
});
