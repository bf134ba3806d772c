import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import {
  attentionSoftmax,
  gelu,
  geluTanh,
  layerNorm,
  linear,
  sparseCrossEntropy,
} from "../../lib/nn/mod.ts";
import { assertClose, reference } from "../bert/support.ts";

const expected = await reference("bert_ops");
const tensor = (name: string): tf.Tensor => {
  const { data, shape } = expected.get(name);
  return tf.tensor(data as Float32Array, shape as number[]);
};

/** Compares value and gradients with PyTorch's, for the same gradient by the value. */
async function agrees(
  name: string,
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly string[],
) {
  const xs = inputs.map((input) => tensor(`${name}.${input}`));
  const { value, grads } = tf.valueAndGrads(f)(xs, tensor(`${name}.dy`));
  await assertClose(value, expected.get(name), 2e-6, name);
  for (const [i, input] of inputs.entries()) {
    await assertClose(grads[i], expected.get(`${name}.d${input}`), 5e-6, `gradient by ${input}`);
  }
}

Deno.test("layer normalisation and its gradients agree with PyTorch", () =>
  agrees(
    "layer_norm",
    (x, gamma, beta) => layerNorm(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-12),
    ["x", "gamma", "beta"],
  ));

Deno.test("exact GELU and its gradient agree with PyTorch", () => agrees("gelu", gelu, ["x"]));

Deno.test("GELU by tanh and its gradient agree with PyTorch", () =>
  agrees("gelu_tanh", geluTanh, ["x"]));

Deno.test("the two GELUs differ by at most 4.73e-4, and have their known values at 1", async () => {
  const x = tf.linspace(-6, 6, 12001);
  const apart = (await tf.max(tf.abs(tf.sub(gelu(x), geluTanh(x)))).data())[0];
  assertAlmostEquals(apart, 4.73e-4, 2e-6);
  assertAlmostEquals((await gelu(tf.scalar(1)).data())[0], 0.841345, 1e-6);
  assertAlmostEquals((await geluTanh(tf.scalar(1)).data())[0], 0.841192, 1e-6);
});

Deno.test("a linear layer and its gradients agree with PyTorch", () =>
  agrees(
    "linear",
    (x, w, b) => linear(x, w as tf.Tensor2D, b as tf.Tensor1D),
    ["x", "w", "b"],
  ));

Deno.test("attention's softmax and its gradient agree with PyTorch, masked places getting exactly 0", async () => {
  const softmax = (x: tf.Tensor) => attentionSoftmax(x as tf.Tensor4D, 0.5, tensor("softmax.mask"));
  await agrees("softmax", softmax, ["x"]);
  const weights = await softmax(tensor("softmax.x")).data();
  for (let row = 0; row < 6; row++) assertEquals(weights[4 * row + 3], 0);
});

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
