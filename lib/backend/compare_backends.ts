import { tf } from "./tf.ts";
import { type BackendName, type BackendOptions, useBackend } from "./use_backend.ts";

/** One backend's time for the work of {@linkcode compareBackends}. */
export interface BackendTime {
  /** "wasm, 2 threads, OpenBLAS", as it is to be printed. */
  readonly backend: string;
  readonly name: BackendName;
  /** Median of the rounds, milliseconds; undefined where the backend does not run here. */
  readonly milliseconds?: number;
  /** Why it does not run, or why it was as slow as it was. */
  readonly note: string;
}

/** What is compared, and how often. */
export interface CompareBackendsOptions {
  /**
   * Makes the work on the backend that runs: what it returns is called and timed. Default: forward pass and gradients of a
   * 3 x 3 convolution of 64 x 64 pixels and 32 channels.
   */
  readonly work?: () => () => tf.Tensor | tf.Tensor[];
  /** Default 5. */
  readonly rounds?: number;
}

const CONFIGURATIONS: readonly BackendOptions[] = [
  { prefer: "cpu" },
  { prefer: "wasm", blas: false },
  { prefer: "wasm" },
  { prefer: "webgpu" },
];

/**
 * The same work on every backend of this machine, side by side: cpu, wasm without and with a native BLAS, webgpu. Tensors
 * made before are gone; afterwards `useBackend()` has chosen again.
 *
 * @returns one row per configuration, in that order
 *
 * @example
 * ```ts
 * import { compareBackends, tf } from "./mod.ts";
 *
 * const rows = await compareBackends({
 *   work: () => {
 *     const a = tf.ones([64, 64]);
 *     return () => tf.matMul(a, a);
 *   },
 * });
 * console.log(rows.map((row) => row.name)); // [ "cpu", "wasm", "wasm", "webgpu" ]
 * ```
 */
export async function compareBackends(
  { work = convolutionStep, rounds = 5 }: CompareBackendsOptions = {},
): Promise<BackendTime[]> {
  const rows: BackendTime[] = [];
  for (const options of CONFIGURATIONS) {
    const name = options.prefer!;
    try {
      const { threads, blas, adapter } = await useBackend(options);
      const withBlas = threads && (blas === undefined ? ", own SIMD products" : ", native BLAS");
      rows.push({
        name,
        backend: threads ? `${name}, ${threads} threads${withBlas}` : name,
        milliseconds: await median(work(), rounds),
        note: adapter ?? "",
      });
    } catch (error) {
      rows.push({ name, backend: name, note: (error as Error).message });
    }
  }
  await useBackend();
  return rows;
}

/** The first call, which compiles what there is to compile, does not count. */
async function median(run: () => tf.Tensor | tf.Tensor[], rounds: number): Promise<number> {
  const times: number[] = [];
  for (let i = -1; i < rounds; i++) {
    const start = performance.now();
    const y = tf.tidy(run);
    await Promise.all((Array.isArray(y) ? y : [y]).map((t) => t.data()));
    if (i >= 0) times.push(performance.now() - start);
    tf.dispose(y);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

function convolutionStep(): () => tf.Tensor[] {
  const x = tf.randomNormal<tf.Rank.R4>([1, 64, 64, 32], 0, 1, "float32", 1);
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 32, 32], 0, 1, "float32", 2);
  const loss = (x: tf.Tensor, f: tf.Tensor) =>
    tf.sum(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, "valid"));
  return () => tf.grads(loss)([x, filter]);
}
