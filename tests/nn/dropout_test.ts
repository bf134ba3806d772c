import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { dropoutMask, tf } from "../../lib/backend/mod.ts";
import { dropout } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

Deno.test("the mask drops the asked fraction and keeps the mean", () => {
  for (const rate of [0.1, 0.5, 0.9]) {
    const mask = dropoutMask(100_000, rate, 12345);
    const dropped = mask.filter((m) => m === 0).length / mask.length;
    assertAlmostEquals(dropped, rate, 0.005);
    assertAlmostEquals(mask.reduce((s, m) => s + m, 0) / mask.length, 1, 0.03);
  }
});

Deno.test("neighbours in the mask, and masks of neighbouring seeds, do not agree more than by chance", () => {
  const n = 100_000, a = dropoutMask(n, 0.5, 1), b = dropoutMask(n, 0.5, 2);
  const agree = (x: Float32Array, y: Float32Array, shift: number) => {
    let same = 0;
    for (let i = shift; i < n; i++) same += Number(x[i] === y[i - shift]);
    return same / (n - shift);
  };
  for (const shift of [1, 2, 28, 64, 1024]) assertAlmostEquals(agree(a, a, shift), 0.5, 0.01);
  assertAlmostEquals(agree(a, b, 0), 0.5, 0.01);
});

Deno.test("the gradient is the mask, and outside training nothing happens", () => {
  const x = tf.ones([50]);
  const options = () => ({ training: true, random: createRandom(3) });
  const y = dropout(x, 0.5, options());
  const g = tf.grad((x) => dropout(x, 0.5, options()))(x);
  assertEquals(g.dataSync(), y.dataSync());
  assertStrictEquals(dropout(x, 0.5), x);
  assertThrows(() => dropout(x, 1, options()), RangeError, "in [0, 1); got 1");
});
