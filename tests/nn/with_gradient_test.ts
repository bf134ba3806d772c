import { assertEquals } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { withGradient } from "../../lib/nn/mod.ts";

Deno.test("the gradient that is written out is the one that is used, for every input", async () => {
  const product = (a: tf.Tensor, b: tf.Tensor) =>
    withGradient([a, b], (a, b) => ({
      value: tf.mul(a, b),
      saved: [a, b],
      gradient: (dy, [a, b]) => [tf.mul(dy, tf.mul(b, 2)), tf.mul(dy, a)], // twice the true one by a
    }));
  const [da, db] = tf.grads(product)([tf.scalar(3), tf.scalar(5)]);
  assertEquals([(await da.data())[0], (await db.data())[0]], [10, 3]);
});

Deno.test("what is saved for the gradient is freed after it", () => {
  const x = tf.tensor1d([1, 2]);
  const before = tf.memory().numTensors;
  const gradient = tf.grad((x) =>
    withGradient([x], (x) => ({
      value: tf.square(x),
      saved: [x, tf.mul(x, 2)],
      gradient: (dy, [, twice]) => [tf.mul(dy, twice)],
    }))
  )(x);
  assertEquals([...gradient.dataSync()], [2, 4]);
  assertEquals(tf.memory().numTensors, before + 1);
});
