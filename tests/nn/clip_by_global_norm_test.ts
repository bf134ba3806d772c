import { assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { clipByGlobalNorm, gradientNorms } from "../../lib/nn/mod.ts";

const gradients = () =>
  new Map<string, tf.Tensor>([["a", tf.tensor2d([[3, 0], [0, 4]])], ["b", tf.tensor1d([12])]]);

Deno.test("the global norm is that of all values in one row", async () => {
  const { global, each } = await gradientNorms(gradients());
  assertAlmostEquals(global, 13, 1e-5); // 3, 4, 12, 13
  assertEquals([...each].map(([name, norm]) => [name, Math.round(norm)]), [["a", 5], ["b", 12]]);
});

Deno.test("clipping keeps the direction and sets the length; short gradients stay the same tensors", async () => {
  const long = gradients();
  const clipped = clipByGlobalNorm(long, 1.3, 13);
  assertAlmostEquals((await gradientNorms(clipped)).global, 1.3, 1e-6);
  assertAlmostEquals(clipped.get("b")!.dataSync()[0], 1.2, 1e-6);
  assertAlmostEquals(clipped.get("a")!.dataSync()[3], 0.4, 1e-6);
  assertStrictEquals(clipByGlobalNorm(long, 13, 13), long);
  assertThrows(() => clipByGlobalNorm(long, 0, 13), RangeError, "positive number; got 0");
});

Deno.test("a NaN or an infinity shows in the norm of its own parameter only", async () => {
  const { global, each } = await gradientNorms(
    new Map<string, tf.Tensor>([
      ["fine", tf.scalar(1)],
      ["nan", tf.tensor1d([0, NaN])],
      ["infinite", tf.scalar(-Infinity)],
    ]),
  );
  assertEquals(each.get("fine"), 1);
  assertEquals(each.get("nan"), NaN);
  assertEquals(each.get("infinite"), Infinity);
  assertEquals(global, NaN);
  assertEquals((await gradientNorms(new Map())).global, 0);
});
