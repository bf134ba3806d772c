import { assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { adam, type Optimizer, sgd } from "../../lib/train/mod.ts";
import { relativeError } from "../support/golden.ts";

await useBackend({ prefer: "wasm" });

const reference = JSON.parse(
  await Deno.readTextFile(new URL("../golden/optimizers/reference.json", import.meta.url)),
) as Record<string, number[][]> & { start: number[]; rates: number[] };

const optimizers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ momentum: 0 }),
  momentum: () => sgd({ momentum: 0.99 }),
  adam: () => adam(),
  adamw: () => adam({ weightDecay: 0.1 }),
  bert: () => adam({ epsilon: 1e-6, biasCorrection: false, weightDecay: 0.01 }),
};

for (const [name, make] of Object.entries(optimizers)) {
  Deno.test(`${name} takes the reference's way with a changing rate, and leaks no tensor`, () => {
    const optimizer = make();
    const w = tf.variable(tf.tensor1d(reference.start));
    const parameters = new Map([["w", w]]);
    optimizer.prepare(parameters);
    const before = tf.memory().numTensors;
    reference.gradients.forEach((gradient, step) => {
      const g = tf.tensor1d(gradient);
      optimizer.update(parameters, new Map([["w", g]]), reference.rates[step], step);
      g.dispose();
      const error = relativeError(w.dataSync(), reference[name][step]);
      assertEquals(error < 2e-6, true, `step ${step}: ${error}`);
    });
    assertEquals(tf.memory().numTensors, before);
    optimizer.dispose();
    w.dispose();
  });
}

Deno.test("only the named parameters decay, and one without a gradient is left alone", () => {
  const optimizer = adam({ weightDecay: 0.5, decays: (name) => name !== "bias" });
  const parameters = new Map(
    ["weight", "bias", "unused"].map((name) => [name, tf.variable(tf.scalar(1))]),
  );
  optimizer.prepare(parameters);
  const gradients = new Map([["weight", tf.scalar(0)], ["bias", tf.scalar(0)]]);
  optimizer.update(parameters, gradients, 0.1, 0);
  assertEquals([...parameters.values()].map((v) => v.dataSync()[0]), [Math.fround(0.95), 1, 1]);
});

Deno.test("optimisers refuse settings that make no sense", () => {
  assertThrows(() => sgd({ momentum: 1 }), RangeError, "momentum lies in [0, 1); got 1");
  assertThrows(() => adam({ beta2: -1 }), RangeError, "beta2 lies in [0, 1)");
  assertThrows(() => adam({ epsilon: 0 }), RangeError, "epsilon is positive");
  assertThrows(() => adam({ weightDecay: NaN }), RangeError, "weight decay is not negative");
});
