import { assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import { BiLstm, ParameterScope } from "../../../lib/bert/mod.ts";
import { assertClose, gradients, reference } from "../support.ts";

Deno.test("two layers that read both ways agree with PyTorch on padded sequences: outputs and gradients", async () => {
  const expected = await reference("bert_bilstm");
  const stored = <T extends tf.Tensor>(name: string, dtype: "float32" | "int32" = "float32") => {
    const { data, shape } = expected.get(name);
    return tf.tensor(data as Float32Array, shape as number[], dtype) as T;
  };
  const scope = new ParameterScope((name) => stored(name));
  const lstm = new BiLstm(scope, { inputs: 5, width: 6, layers: 2, dropout: 0.5 });
  const x = stored<tf.Tensor3D>("x"), mask = stored<tf.Tensor2D>("mask", "int32");
  await assertClose(lstm.forward(x, mask), expected.get("y"), 1e-6, "outputs");
  const product = (x: tf.Tensor) =>
    tf.sum<tf.Scalar>(tf.mul(lstm.forward(x as tf.Tensor3D, mask), stored("dy")));
  await assertClose(tf.grad(product)(x), expected.get("dx"), 2e-6, "dx");
  const { grads } = gradients(scope.parameters, () => product(x));
  for (const [name, gradient] of grads) {
    await assertClose(gradient, expected.get(`d.${name}`), 5e-6, name);
  }
});

Deno.test("an odd width cannot be shared by two directions", () => {
  const scope = new ParameterScope((_, shape) => tf.zeros(shape as number[]));
  const sizes = { inputs: 2, width: 5, layers: 1, dropout: 0 };
  assertThrows(() => new BiLstm(scope, sizes), RangeError, "expected an even number, got 5");
});
