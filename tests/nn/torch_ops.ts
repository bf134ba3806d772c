import { tf } from "../../lib/backend/mod.ts";
import { assertClose, reference } from "../bert/support.ts";

/** Values and gradients by PyTorch: tests/golden/bert_ops. */
export const expected = await reference("bert_ops");

/** One of them as a tensor. */
export const tensor = (name: string): tf.Tensor => {
  const { data, shape } = expected.get(name);
  return tf.tensor(data as Float32Array, shape as number[]);
};

/** Compares value and gradients with PyTorch's, for the same gradient by the value. */
export async function agrees(
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
