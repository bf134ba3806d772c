import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tf } from "../../lib/backend/mod.ts";
import type { BertInput } from "../../lib/bert/mod.ts";
import { readSafetensors, type SafeTensor } from "../../lib/io/mod.ts";
import type { Parameters } from "../../lib/nn/mod.ts";

/** A folder of tests/golden as a path. */
export const golden = (name: string) => fromFileUrl(new URL(`../golden/${name}`, import.meta.url));

/** Reference tensors, by name. */
export async function reference(name: string) {
  const { tensors } = await readSafetensors(`${golden(name)}/reference.safetensors`);
  const get = (key: string): SafeTensor => {
    const tensor = tensors.get(key);
    if (!tensor) throw new Error(`${name} has no ${key}`);
    return tensor;
  };
  return {
    names: [...tensors.keys()],
    get,
    numbers: (key: string) => get(key).data as Float32Array,
    integers: (key: string) => get(key).data as Int32Array,
    scalar: (key: string) => Number(get(key).data[0]),
    input: (): BertInput => ({
      batch: get("input_ids").shape[0],
      length: get("input_ids").shape[1],
      inputIds: get("input_ids").data as Int32Array,
      tokenTypeIds: get("token_type_ids").data as Int32Array,
      attentionMask: get("attention_mask").data as Int32Array,
    }),
  };
}

/** Fails unless shapes are equal and no number is further off than `tolerance`. */
export async function assertClose(
  actual: tf.Tensor | undefined,
  expected: SafeTensor,
  tolerance: number,
  what = "",
) {
  assertEquals(actual?.shape, expected.shape, what);
  const values = await actual!.data();
  const off = largestDifference(values, expected.data as Float32Array);
  if (!(off <= tolerance)) throw new Error(`${what} is off by ${off}, allowed is ${tolerance}`);
}

/** The largest |a - b|; NaN counts as infinite. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assertEquals(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= most)) most = Number.isNaN(d) ? Infinity : d;
  }
  return most;
}

/** The gradient of `loss` by every parameter, by our names. */
export function gradients(
  parameters: Parameters,
  loss: () => tf.Scalar,
): { value: tf.Scalar; grads: Map<string, tf.Tensor> } {
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  return {
    value,
    grads: new Map([...parameters].map(([name, { name: own }]) => [name, grads[own]])),
  };
}
