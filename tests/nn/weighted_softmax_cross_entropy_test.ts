import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { type Reduction, weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

/** Eq. 1 with the minus sign, in 64 bits, straight from the text. */
function energy(a: number[], labels: number[], w: number[], classes: number, reduction: Reduction) {
  let sum = 0;
  for (let x = 0; x < labels.length; x++) {
    const scores = a.slice(x * classes, (x + 1) * classes);
    const top = Math.max(...scores);
    const total = scores.reduce((s, v) => s + Math.exp(v - top), 0);
    sum -= w[x] * (scores[labels[x]] - top - Math.log(total));
  }
  const weights = w.reduce((s, v) => s + v, 0);
  return sum / (reduction === "sum" ? 1 : reduction === "mean" ? labels.length : weights);
}

Deno.test("value and gradient are those of Eq. 1, for three classes and every reduction", () => {
  const random = createRandom(1), classes = 3, pixels = 2 * 3 * 2;
  const a = Array.from({ length: pixels * classes }, () => random.normal(0, 3));
  const labels = Array.from({ length: pixels }, () => random.int(classes));
  const w = Array.from({ length: pixels }, () => random.uniform(0, 10));
  for (const reduction of ["sum", "mean", "weighted mean"] as const) {
    const { value, grad } = tf.valueAndGrad((a) =>
      weightedSoftmaxCrossEntropy(
        a as tf.Tensor4D,
        tf.tensor3d(labels, [2, 3, 2], "int32"),
        tf.tensor3d(w, [2, 3, 2]),
        reduction,
      )
    )(tf.tensor4d(a, [2, 3, 2, classes]));
    const expected = energy(a, labels, w, classes, reduction);
    assertAlmostEquals(value.dataSync()[0] / expected, 1, 1e-5);
    const gradient = grad.dataSync(), h = 1e-4;
    for (let i = 0; i < a.length; i++) {
      const at = (d: number) =>
        energy(a.map((v, j) => j === i ? v + d : v), labels, w, classes, reduction);
      assertAlmostEquals(gradient[i], (at(h) - at(-h)) / (2 * h), 1e-4);
    }
  }
});

Deno.test("logits of a thousand give a finite loss and a gradient of at most the weight", () => {
  const { value, grad } = tf.valueAndGrad((a) =>
    weightedSoftmaxCrossEntropy(a as tf.Tensor4D, tf.tensor3d([0, 1], [1, 1, 2], "int32"))
  )(tf.tensor4d([-1000, 1000, -1000, 1000], [1, 1, 2, 2]));
  assertEquals(value.dataSync()[0], 1000); // (2000 + 0) / 2
  assertEquals([...grad.dataSync()], [-0.5, 0.5, 0, 0]);
});

Deno.test("a pixel of weight 0 counts for nothing; weights that are all 0 give 0, not NaN", () => {
  const labels = tf.tensor3d([0, 1], [1, 1, 2], "int32");
  const of = (a: number[], w: number[], reduction?: Reduction) =>
    weightedSoftmaxCrossEntropy(
      tf.tensor4d(a, [1, 1, 2, 2]),
      labels,
      tf.tensor3d(w, [1, 1, 2]),
      reduction,
    ).dataSync()[0];
  assertEquals(of([1, 2, 3, 4], [1, 0]), of([1, 2, -7, 9], [1, 0]));
  assertEquals(of([1, 2, 3, 4], [0, 0], "weighted mean"), 0);
});

Deno.test("labels of another size are refused with the likely cause", () => {
  assertThrows(
    () => weightedSoftmaxCrossEntropy(tf.zeros([1, 4, 4, 2]), tf.zeros([1, 188, 188], "int32")),
    Error,
    "labels have shape [1,188,188] but the logits [1,4,4,2] need [1,4,4]: crop",
  );
});
