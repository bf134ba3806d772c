import { tf } from "../../../lib/backend/mod.ts";
import type { Parameters } from "../../../lib/nn/mod.ts";
import { filterFromTorch, readGolden, relativeError } from "../../support/golden.ts";

const weights = await readGolden("task_heads/weights.safetensors");
const reference = await readGolden("task_heads/reference.safetensors");

/** A reference tensor of the golden. */
export const golden = (name: string) => reference.get(name)!;

/** The golden's three pictures. */
export const pictures = Array.from({ length: 3 }, (_, i) => ({
  data: golden("input").data.slice(i * 256, (i + 1) * 256),
  width: 16,
  height: 16,
}));

/** Puts the golden's weights into a network; `head` is their prefix. */
export function loadGolden(parameters: Parameters, head: string): void {
  for (const [name, variable] of parameters) {
    const value = weights.get(`${head}.${name}`)!;
    tf.tidy(() =>
      variable.assign(name.endsWith("weight") ? filterFromTorch(value) : tf.tensor(value.data))
    );
  }
}

/** The worst relative error of a loss and all its gradients. */
export function lossError(parameters: Parameters, head: string, loss: () => tf.Scalar): number {
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  let worst = relativeError(value.dataSync(), golden(`${head}.loss`).data);
  for (const [name, variable] of parameters) {
    const expected = golden(`${head}.grad.${name}`);
    const ours = tf.tidy(() =>
      (name.endsWith("weight") ? filterFromTorch(expected) : tf.tensor(expected.data)).dataSync()
    );
    worst = Math.max(worst, relativeError(grads[variable.name].dataSync(), ours));
  }
  tf.dispose([value, grads]);
  return worst;
}
