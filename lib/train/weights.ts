import { tf } from "../backend/mod.ts";
import { readSafetensors, type SafeTensor, SafetensorsError, writeSafetensors } from "../io/mod.ts";
import type { Parameters } from "../nn/mod.ts";

/**
 * Writes a model's weights, without anything of its training, as a safetensors file.
 *
 * @param path the file
 * @param parameters of the model
 * @param metadata texts to keep with them, such as the configuration as JSON
 * @param options `dtype`: element type in the file; F16 halves it and keeps 11 bits. Default F32
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { loadWeights, saveWeights } from "./mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/weights.safetensors`;
 * const parameters = new Map([["w", tf.variable(tf.tensor1d([1, 2])) as tf.Variable]]);
 * await saveWeights(path, parameters);
 * parameters.get("w")!.assign(tf.zeros([2]));
 * await loadWeights(path, parameters);
 * console.log(parameters.get("w")!.dataSync()); // Float32Array [1, 2]
 * ```
 */
export async function saveWeights(
  path: string,
  parameters: Parameters,
  metadata: Record<string, string> = {},
  { dtype = "F32" }: { readonly dtype?: "F32" | "F16" } = {},
): Promise<void> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, variable] of parameters) {
    tensors.set(name, {
      dtype,
      shape: variable.shape,
      data: await variable.data() as Float32Array,
    });
  }
  await writeSafetensors(path, tensors, metadata);
}

/**
 * Fills a model's weights from a safetensors file.
 *
 * @param path the file
 * @param parameters to fill; none is touched if the file does not fit
 * @returns the metadata that was stored with them
 * @throws {SafetensorsError} if the file is damaged, or names or shapes are not this model's
 *
 * @example See {@linkcode saveWeights}.
 */
export async function loadWeights(
  path: string,
  parameters: Parameters,
): Promise<Record<string, string>> {
  const { tensors, metadata } = await readSafetensors(path);
  const missing = [...parameters.keys()].filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !parameters.has(name));
  if (missing.length + unexpected.length > 0) {
    throw new SafetensorsError(
      `${path} holds another model's weights: missing [${missing}], unexpected [${unexpected}]`,
    );
  }
  for (const [name, { shape }] of parameters) {
    const stored = tensors.get(name)!.shape;
    if (`${stored}` !== `${shape}`) {
      throw new SafetensorsError(
        `${path}: "${name}" has shape [${stored}], this model needs [${shape}]`,
      );
    }
  }
  for (const [name, variable] of parameters) {
    const { data, shape } = tensors.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(data as Float32Array, [...shape])));
  }
  return metadata;
}
