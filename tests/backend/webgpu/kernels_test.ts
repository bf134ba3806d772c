import { assert, assertEquals } from "@std/assert";
import {
  adamStep,
  attention,
  dropout,
  sgdMomentumStep,
  tf,
  useBackend,
} from "../../../lib/backend/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { worst } from "../parity.ts";
import { testOnWebgpu } from "../../support/webgpu.ts";

/** The same work on wasm and on webgpu, read back. */
async function onBoth(work: () => tf.Tensor[]): Promise<[Float32Array[], Float32Array[]]> {
  const results: Float32Array[][] = [];
  for (const prefer of ["wasm", "webgpu"] as const) {
    await useBackend({ prefer, allowSoftware: true });
    if (prefer === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
    const outputs = tf.tidy(work);
    results.push(await Promise.all(outputs.map(async (t) => await t.data() as Float32Array)));
    tf.dispose(outputs);
  }
  return results as [Float32Array[], Float32Array[]];
}

function normal(seed: number, ...shape: number[]): tf.Tensor {
  const random = createRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(Float32Array.from({ length: size }, () => random.normal()), shape);
}

testOnWebgpu(import.meta.url, "a seed drops the same elements on webgpu as on wasm", async () => {
  const [wasm, webgpu] = await onBoth(() => [dropout(tf.ones([70, 31]), 0.3, 11)]);
  assertEquals(webgpu[0], wasm[0]);
  assert(webgpu[0].some((v) => v === 0) && webgpu[0].some((v) => v > 1));
});

testOnWebgpu(
  import.meta.url,
  "attention with dropout and its gradients are those of wasm",
  async () => {
    const [wasm, webgpu] = await onBoth(() => {
      const [q, k, v] = [1, 2, 3].map((seed) => normal(seed, 2, 9, 12) as tf.Tensor3D);
      const f = (...x: tf.Tensor[]) => {
        const [q, k, v] = x as tf.Tensor3D[];
        return attention(q, k, v, { heads: 3, dropout: 0.2, seed: 5, causal: true });
      };
      const weights = normal(4, 2, 9, 12);
      return [f(q, k, v), ...tf.grads((...x) => tf.sum(tf.mul(weights, f(...x))))([q, k, v])];
    });
    assert(worst(webgpu, wasm) < 1e-5, `${worst(webgpu, wasm)}`);
  },
);

testOnWebgpu(import.meta.url, "the optimisers take wasm's steps", async () => {
  const [wasm, webgpu] = await onBoth(() => {
    const variables = [1, 2, 3, 4, 5].map((seed) => tf.variable(tf.abs(normal(seed, 33, 7))));
    const [w, u, v, m, s] = variables;
    for (let step = 1; step <= 3; step++) {
      sgdMomentumStep(w, normal(10 + step, 33, 7), v, 0.1, 0.9);
      const options = { learningRate: 0.01, step, weightDecay: 0.1, gradientScale: 0.5 };
      adamStep(u, normal(20 + step, 33, 7), m, s, options);
      adamStep(u, normal(30 + step, 33, 7), m, s, { ...options, biasCorrection: false });
    }
    const values = variables.map((variable) => tf.mul(variable, 1));
    tf.dispose(variables);
    return values;
  });
  assert(worst(webgpu, wasm) < 1e-5, `${worst(webgpu, wasm)}`);
});
