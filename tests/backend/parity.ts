/** Runs the table of cases on the current backend. */
import { tf } from "../../lib/backend/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { type Case, cases, type Input } from "./parity_cases.ts";

/** The forward result and the gradients of one case. */
export type Outcome = Float32Array[];

/** All cases on the current backend: by name, the numbers or the error. */
export async function runCases(): Promise<Map<string, Outcome | Error>> {
  const outcomes = new Map<string, Outcome | Error>();
  for (const [i, one] of cases.entries()) {
    try {
      outcomes.set(one.name, await runCase(one, i));
    } catch (error) {
      outcomes.set(one.name, error as Error);
    }
  }
  return outcomes;
}

export async function runCase(
  { inputs, f, gradient = true }: Case,
  seed: number,
): Promise<Outcome> {
  const random = createRandom(seed + 1);
  const values = inputs.map((input) => fill(input, random));
  const outputs = tf.tidy(() => {
    const tensors = inputs.map(({ shape, below }, i) =>
      tf.tensor(values[i], shape, below === undefined ? "float32" : "int32")
    );
    const y = f(tf, ...tensors);
    if (!gradient) return [y];
    const weights = tf.tensor(fill({ shape: y.shape }, random), y.shape);
    const floats = tensors.filter((t) => t.dtype === "float32");
    const gradients = tf.grads((...given: tf.Tensor[]) => {
      let next = 0;
      return tf.sum(
        tf.mul(weights, f(tf, ...tensors.map((t) => t.dtype === "float32" ? given[next++] : t))),
      );
    })(floats);
    return [y, ...gradients];
  });
  const read = await Promise.all(outputs.map(async (t) => Float32Array.from(await t.data())));
  tf.dispose(outputs);
  return read;
}

function fill(
  { shape, fill = "normal", below }: Input,
  random: ReturnType<typeof createRandom>,
): Float32Array {
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => {
    if (below !== undefined) return random.int(below);
    const v = random.normal();
    if (fill === "negative") return -Math.abs(v) - 0.1;
    if (fill === "positive") return Math.abs(v) + 0.3;
    if (fill === "broken" && i % 83 === 7) return i % 2 ? NaN : Infinity;
    if (fill === "few") return Math.round(v);
    return v;
  });
}

/** The largest difference over the largest magnitude, over all outputs. */
export function worst(ours: Outcome, reference: Outcome): number {
  if (ours.length !== reference.length) return Infinity;
  let worst = 0;
  for (const [i, a] of ours.entries()) {
    const b = reference[i];
    if (a.length !== b.length) return Infinity;
    let difference = 0, size = 1e-3;
    for (let j = 0; j < a.length; j++) {
      if (Number.isNaN(a[j]) !== Number.isNaN(b[j])) return Infinity;
      if (a[j] === b[j] || Number.isNaN(a[j])) continue;
      difference = Math.max(difference, Math.abs(a[j] - b[j]));
      size = Math.max(size, Math.abs(b[j]));
    }
    worst = Math.max(worst, difference / size);
  }
  return worst;
}
