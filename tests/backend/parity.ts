/** Runs the table of cases on the current backend. */
import { tf } from "../../lib/backend/mod.ts";
import { readSafetensors, type SafeTensor } from "../../lib/io/mod.ts";
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

/** What a case is computed from: the inputs, and dy for a result of some shape. */
interface Given {
  readonly inputs: {
    shape: number[];
    dtype: "float32" | "int32";
    data: Float32Array | Int32Array;
  }[];
  readonly dy: (shape: number[]) => Float32Array;
}

export async function runCase(one: Case, seed: number): Promise<Outcome> {
  const { f, gradient = true } = one;
  const given = giveTo(one, seed);
  const outputs = tf.tidy(() => {
    const tensors = given.inputs.map(({ data, shape, dtype }) => tf.tensor(data, shape, dtype));
    const y = f(tf, ...tensors);
    if (!gradient) return [y];
    const weights = tf.tensor(given.dy(y.shape), y.shape);
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

/**
 * The derivative of sum(f * dy) along one random direction of all float inputs, by central differences of the forward
 * pass alone, and what the gradients say about it; and the length of the gradient, which says how large an error is.
 */
export async function alongDirection(
  one: Case,
  seed: number,
  h: number,
): Promise<{ numeric: number; gradient: number; scale: number }> {
  const given = giveTo(one, seed), random = createRandom(seed + 7);
  const steps = given.inputs.map(({ data, dtype }) =>
    dtype === "float32" ? Float32Array.from(data, () => random.normal()) : undefined
  );
  const at = async (t: number) => {
    const y = tf.tidy(() =>
      one.f(
        tf,
        ...given.inputs.map(({ data, shape, dtype }, i) => {
          const step = steps[i];
          const moved = step ? Float32Array.from(data, (v, j) => v + t * step[j]) : data;
          return tf.tensor(moved, shape, dtype);
        }),
      )
    );
    const values = Float64Array.from(await y.data()), dy = given.dy(y.shape);
    y.dispose();
    return values.reduce((sum, v, i) => sum + v * dy[i], 0);
  };
  const numeric = (await at(h) - await at(-h)) / (2 * h);
  const [, ...gradients] = await runCase(one, seed);
  const moving = steps.filter((s) => s !== undefined);
  let gradient = 0, squares = 0;
  gradients.forEach((g, i) =>
    g.forEach((v, j) => {
      gradient += v * moving[i][j];
      squares += v * v;
    })
  );
  return { numeric, gradient, scale: Math.sqrt(squares) };
}

const golden = (await readSafetensors(
  decodeURIComponent(new URL("../golden/parity/reference.safetensors", import.meta.url).pathname),
)).tensors;

/** What PyTorch computed for a case. */
export function goldenOutcome(name: string): Outcome {
  const outcome = [floats(`${name}/y`)];
  for (let i = 0; golden.has(`${name}/x${i}`); i++) {
    if (golden.has(`${name}/dx${i}`)) outcome.push(floats(`${name}/dx${i}`));
  }
  return outcome;
}

function floats(name: string): Float32Array {
  return golden.get(name)!.data as Float32Array;
}

function giveTo({ inputs, golden: name }: Case, seed: number): Given {
  if (name !== undefined) {
    const tensors: SafeTensor[] = [];
    for (let i = 0; golden.has(`${name}/x${i}`); i++) tensors.push(golden.get(`${name}/x${i}`)!);
    return {
      inputs: tensors.map(({ data, shape }) => ({
        data: data as Float32Array | Int32Array,
        shape: [...shape],
        dtype: data instanceof Float32Array ? "float32" : "int32",
      })),
      dy: () => floats(`${name}/dy`),
    };
  }
  const random = createRandom(seed + 1);
  const filled = inputs.map((input) => ({
    data: fill(input, random),
    shape: input.shape,
    dtype: input.below === undefined ? "float32" as const : "int32" as const,
  }));
  const state = random.state();
  return {
    inputs: filled,
    dy: (shape) => {
      random.restore(state); // the same numbers at every call
      return fill({ shape }, random);
    },
  };
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
