import { assert, assertEquals, assertThrows } from "@std/assert";
import { adamStep, sgdMomentumStep, tf, useBackend } from "../../../lib/backend/mod.ts";

const start = [0.5, -1.25, 2, 0.03, -0.7, 1.1, 0.9];
const gradients = [[0.3, -0.2, 0.05, 4, -1, 0, 0.001], [-0.1, 0.4, 0.05, 2, 1, 0.3, -0.002]];

/** Three variables: w and two moments. */
function variables() {
  return [start, start.map(() => 0), start.map(() => 0)].map((x) => tf.variable(tf.tensor1d(x)));
}

function close(actual: ArrayLike<number>, expected: readonly number[]) {
  for (const [i, e] of expected.entries()) {
    assert(Math.abs(actual[i] - e) < 1e-6 * Math.max(1, Math.abs(e)), `${actual} != ${expected}`);
  }
}

for (const prefer of ["cpu", "wasm"] as const) {
  Deno.test(`two SGD steps with momentum follow the equations on ${prefer}`, async () => {
    await useBackend({ prefer });
    const [w, v] = variables();
    for (const g of gradients) sgdMomentumStep(w, tf.tensor1d(g), v, 0.1, 0.9);
    close(v.dataSync(), start.map((_, i) => 0.9 * gradients[0][i] + gradients[1][i]));
    close(w.dataSync(), start.map((x, i) => x - 0.1 * (1.9 * gradients[0][i] + gradients[1][i])));
  });

  Deno.test(`an AdamW step moves every weight by the learning rate against its gradient's sign on ${prefer}`, async () => {
    await useBackend({ prefer });
    const [w, m, v] = variables();
    adamStep(w, tf.tensor1d(gradients[0]), m, v, {
      learningRate: 0.01,
      step: 1,
      weightDecay: 0.1,
      epsilon: 1e-12,
    });
    // With m^ = g and v^ = g^2 the first step is the sign.
    close(w.dataSync(), start.map((x, i) => x * (1 - 0.001) - 0.01 * Math.sign(gradients[0][i])));
  });

  Deno.test(`a copy taken before a step keeps its values on ${prefer}`, async () => {
    await useBackend({ prefer });
    const [w, v] = variables();
    const copy = w.clone();
    sgdMomentumStep(w, tf.tensor1d(gradients[0]), v, 0.1, 0.9);
    close(copy.dataSync(), start);
  });

  Deno.test(`steps keep no tensor on ${prefer}`, async () => {
    await useBackend({ prefer });
    const [w, m, v] = variables();
    const g = tf.tensor1d(gradients[0]);
    const before = tf.memory().numTensors;
    for (let step = 1; step < 5; step++) adamStep(w, g, m, v, { learningRate: 0.01, step });
    sgdMomentumStep(w, g, m, 0.1, 0.9);
    assertEquals(tf.memory().numTensors, before);
  });
}

Deno.test("a gradient of another shape is refused with both shapes", async () => {
  await useBackend({ prefer: "cpu" });
  const [w, v] = variables();
  assertThrows(() => sgdMomentumStep(w, tf.zeros([3]), v, 0.1, 0.9), Error, "[3]");
});
