import { assertEquals } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { sumRows } from "../../lib/nn/mod.ts";

Deno.test("the sum over rows is the sum over all dimensions but the last, with its gradient", async () => {
  const x = tf.tensor3d([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]); // [2, 2, 2]
  assertEquals([...await sumRows(x).data()], [16, 20]);
  const dy = tf.tensor1d([10, 100]);
  const dx = tf.grad((x) => tf.sum(tf.mul(sumRows(x), dy)))(x);
  assertEquals([...await dx.data()], [10, 100, 10, 100, 10, 100, 10, 100]);
});
