import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import { assembleFragments, maxPoolingFragments } from "../../../lib/unet/baselines/mod.ts";

Deno.test("fragments, put back together, are max pooling with stride 1", () => {
  const x = tf.randomUniform<tf.Rank.R4>([2, 9, 11, 3], -1, 0, "float32", 1); // negative: no zero may win
  const fragments = maxPoolingFragments(x, 2, [8, 10]); // windows of 2
  assertEquals(fragments.shape, [8, 4, 5, 3]);
  const whole = assembleFragments(fragments);
  assertEquals(whole.dataSync(), tf.maxPool(x, 2, 1, "valid").dataSync());
});

Deno.test("an odd window drops its last row, as plain pooling does", () => {
  const x = tf.randomUniform<tf.Rank.R4>([1, 8, 8, 1], -1, 0, "float32", 2); // 4 x 4 windows of 5
  const fragments = maxPoolingFragments(x, 5, [4, 4]); // [4, 3, 3, 1]
  assertEquals(fragments.shape, [4, 3, 3, 1]);
  // Window (1, 2) lies in fragment (1, 0) at (0, 1); its pooled map is 2 x 2.
  const ours = tf.slice(fragments, [2, 0, 1, 0], [1, 2, 2, 1]);
  const theirs = tf.maxPool(tf.slice(x, [0, 1, 2, 0], [1, 5, 5, 1]), 2, 2, "valid");
  assertEquals(ours.dataSync(), theirs.dataSync());
  assertThrows(() => maxPoolingFragments(x, 5, [3, 4]), RangeError, "got 3 x 4");
});
