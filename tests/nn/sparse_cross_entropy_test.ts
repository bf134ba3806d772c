import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { sparseCrossEntropy } from "../../lib/nn/mod.ts";
import { agrees, expected } from "./torch_ops.ts";

Deno.test("sparse cross-entropy and its gradient agree with PyTorch, rows of -100 left out", () =>
  agrees(
    "cross_entropy",
    (x) => sparseCrossEntropy(x as tf.Tensor2D, expected.integers("cross_entropy.labels")),
    ["x"],
  ));

Deno.test("sparse cross-entropy divides by the rows that count plus epsilon, and is 0 when none does", async () => {
  const logits = tf.zeros<tf.Rank.R2>([2, 4]);
  const value = async (labels: number[], epsilon?: number) =>
    (await sparseCrossEntropy(logits, labels, { epsilon }).data())[0];
  assertAlmostEquals(await value([1, 2]), Math.log(4), 1e-6);
  assertAlmostEquals(await value([1, -100], 1), Math.log(4) / 2, 1e-6);
  assertEquals(await value([-100, -100]), 0);
  assertThrows(() => sparseCrossEntropy(logits, [1]), RangeError, "1 labels for 2 rows");
  assertThrows(() => sparseCrossEntropy(logits, [1, 4]), RangeError, "label 4 of row 1");
});

Deno.test("huge logits overflow neither way", async () => {
  const logits = tf.tensor2d([[1e4, -1e4], [-1e4, 1e4]]);
  assertEquals((await sparseCrossEntropy(logits, [0, 1]).data())[0], 0);
  assertEquals((await sparseCrossEntropy(logits, [1, 1]).data())[0], 1e4);
});
