import { assertEquals } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import { Lstm, ParameterScope } from "../../../lib/bert/mod.ts";
import { assertClose, largestDifference, reference } from "../support.ts";

const expected = await reference("bert_lstm");
const stored = (name: string) => {
  const { data, shape } = expected.get(name);
  return tf.tensor(data as Float32Array, shape as number[]);
};
const newLstm = (backward: boolean) => {
  const scope = new ParameterScope((name) => stored(name));
  return { lstm: new Lstm(scope, { inputs: 3, cells: 4, projection: 3 }, backward), scope };
};

for (const direction of ["forward", "backward"] as const) {
  Deno.test(`an LSTM read ${direction} agrees with PyTorch: outputs and every gradient`, async () => {
    const { lstm, scope } = newLstm(direction === "backward");
    const x = stored("x") as tf.Tensor3D;
    const mask = tf.ones<tf.Rank.R2>([2, 5], "int32");
    await assertClose(lstm.forward(x, mask), expected.get(`${direction}.y`), 1e-6, "outputs");
    const product = (x: tf.Tensor) =>
      tf.sum<tf.Scalar>(tf.mul(lstm.forward(x as tf.Tensor3D, mask), stored(`${direction}.dy`)));
    await assertClose(tf.grad(product)(x), expected.get(`${direction}.dx`), 2e-6, "dx");
    const { grads } = tf.variableGrads(() => product(x), [...scope.parameters.values()]);
    for (const [name, { name: own }] of scope.parameters) {
      await assertClose(grads[own], expected.get(`${direction}.d${name}`), 5e-6, name);
    }
  });
}

Deno.test("padding at the end changes nothing, whichever way one reads", async () => {
  for (const backward of [false, true]) {
    const { lstm } = newLstm(backward);
    const x = stored("x") as tf.Tensor3D;
    const padded = tf.concat([x, tf.fill([2, 3, 3], 9)], 1) as tf.Tensor3D;
    const ones = tf.ones<tf.Rank.R2>([2, 5], "int32");
    const mask = tf.concat([ones, tf.zeros([2, 3], "int32")], 1) as tf.Tensor2D;
    const [plain, longer] = [lstm.forward(x, ones), lstm.forward(padded, mask)];
    const same = tf.slice(longer, [0, 0, 0], [2, 5, 3]);
    assertEquals(largestDifference(await plain.data(), await same.data()), 0);
  }
});
