import { assert, assertEquals, assertThrows } from "@std/assert";
import { attention, dropout, dropoutMask, tf, useBackend } from "../../../lib/backend/mod.ts";

async function wasm(threads = 1) {
  await useBackend({ prefer: "wasm", threads });
}

Deno.test("dropout keeps the wanted share, scaled, and forgets nothing else", async () => {
  await wasm();
  for (const rate of [0.1, 0.5, 0.9]) {
    const y = dropout(tf.fill([100_000], 2), rate, 3).dataSync();
    const kept = y.filter((v) => v !== 0);
    assert(kept.every((v) => Math.abs(v - 2 / (1 - rate)) < 1e-4));
    // Five standard deviations of the binomial distribution.
    const sigma = Math.sqrt(rate * (1 - rate) / y.length);
    assert(Math.abs(kept.length / y.length - (1 - rate)) < 5 * sigma, `${kept.length}`);
  }
});

Deno.test("dropout's gradient passes where the value passed", async () => {
  await wasm();
  const x = tf.ones([1001]);
  const y = dropout(x, 0.3, 11).dataSync();
  const dx = tf.grad((x) => tf.sum(dropout(x, 0.3, 11)))(x).dataSync();
  assertEquals(dx, y);
});

Deno.test("a seed gives one mask, another seed another, on any number of threads", async () => {
  const masks: Float32Array[] = [];
  for (const [threads, seed] of [[1, 5], [2, 5], [1, 6]]) {
    await wasm(threads);
    masks.push(dropout(tf.ones([50_000]), 0.5, seed).dataSync() as Float32Array);
  }
  assertEquals(masks[0], masks[1]);
  const equal = masks[0].filter((v, i) => v === masks[2][i]).length / masks[0].length;
  assert(equal > 0.48 && equal < 0.52, `${equal}`); // independent fair coins agree half of the time
});

Deno.test("the kernel's mask is dropoutMask's, bit for bit, and attention's as well", async () => {
  for (const [rate, seed] of [[0.1, 12345], [0.5, 2 ** 32 - 1], [1 / 3, 7]]) {
    await wasm();
    const x = tf.ones([1003]);
    assertEquals(dropout(x, rate, seed).dataSync(), dropoutMask(1003, rate, seed));
    const outputs: Float32Array[] = [];
    for (const prefer of ["wasm", "cpu"] as const) {
      await useBackend({ prefer });
      const q = tf.tensor3d(Array.from({ length: 2 * 5 * 8 }, (_, i) => Math.sin(i)), [2, 5, 8]);
      const y = attention(q, q, q, { heads: 2, dropout: rate, seed });
      outputs.push(y.dataSync() as Float32Array);
    }
    const [ours, plain] = outputs;
    assert(ours.every((v, i) => Math.abs(v - plain[i]) < 1e-5));
  }
});

Deno.test("neighbouring elements of a mask are independent", async () => {
  await wasm();
  const y = dropout(tf.ones([100_000]), 0.5, 9).dataSync();
  for (const lag of [1, 2, 3, 4, 7, 64, 1024]) {
    let same = 0;
    for (let i = lag; i < y.length; i++) if (y[i] === y[i - lag]) same++;
    assert(Math.abs(same / (y.length - lag) - 0.5) < 0.008, `lag ${lag}: ${same}`);
  }
});

Deno.test("the gradient of attention with dropout agrees with numeric differentiation", async () => {
  await wasm();
  const options = { heads: 2, dropout: 0.3, seed: 4 };
  const x = tf.randomNormal<tf.Rank.R3>([1, 5, 8], 0, 1, "float32", 1);
  const weights = tf.randomNormal([1, 5, 8], 0, 1, "float32", 2);
  const f = (x: tf.Tensor) => {
    const q = x as tf.Tensor3D;
    return tf.sum(tf.mul(weights, attention(q, tf.mul(q, 0.5), tf.square(q), options)));
  };
  const gradient = tf.grad(f)(x).dataSync();
  const values = x.dataSync(), h = 1e-2;
  for (let i = 0; i < values.length; i += 3) {
    const at = (d: number) =>
      f(tf.tensor(values.map((v, j) => j === i ? v + d : v), x.shape)).dataSync()[0];
    const numeric = (at(h) - at(-h)) / (2 * h);
    assert(
      Math.abs(numeric - gradient[i]) < 5e-3 * Math.max(1, Math.abs(numeric)),
      `${i}: ${numeric} ${gradient[i]}`,
    );
  }
});

Deno.test("a rate of 1 is refused", async () => {
  await wasm();
  assertThrows(() => dropout(tf.ones([2]), 1, 1), Error, "a dropout rate lies in [0, 1); got 1");
});
