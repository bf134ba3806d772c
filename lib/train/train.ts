import { tf } from "../backend/mod.ts";
import { watchInterrupt } from "../io/mod.ts";
import type { Parameters } from "../nn/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { Gradients, Optimizer } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** What is known after a step. */
export interface Step {
  /** Counts from 1: the number of updates made so far, earlier runs of a resumed training included. */
  readonly step: number;
  /** The loss of this step's batch, before the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** Euclidean norm of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** Wall time of this step. */
  readonly seconds: number;
}

/** Where and how often a run is saved. */
export interface CheckpointOptions {
  /** The file. If it exists the run goes on from it. */
  readonly path: string;
  /** Save after every so many steps. The end of a run, however it ends, is saved too. Default 100. */
  readonly every?: number;
}

/** What {@linkcode train} needs. `Batch` is whatever holds one step's tensors. */
export interface TrainOptions<Batch extends tf.TensorContainer> {
  /** The model; only its parameters matter here. */
  readonly model: { readonly parameters: Parameters };
  /**
   * The batch of a step: a function of the step (from 0) and a generator made for this step alone. That is
   * what makes a resumed run see the same batches. The trainer frees its tensors.
   */
  readonly batches: (step: number, random: Random) => Batch | Promise<Batch>;
  /** The loss of a batch, a scalar; dropout draws from `random`. */
  readonly loss: (batch: Batch, random: Random) => tf.Scalar;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Updates in all, those of an earlier, resumed run included. */
  readonly steps: number;
  /** Decides every random draw of the run. Default 1. */
  readonly seed?: number;
  /** Gradients longer than this, all together, are scaled down to it. Default: no clipping. */
  readonly clipNorm?: number;
  readonly checkpoint?: CheckpointOptions;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface TrainResult {
  /** Updates made in all. */
  readonly step: number;
  /** True if all `steps` were made. */
  readonly finished: boolean;
  /** In words, to be printed: "finished at step 500" or "stopped at step 185". */
  readonly message: string;
}

/** Thrown when loss or gradients are no longer finite; the weights are those of the last good step. */
export class DivergedError extends Error {
  override name = "DivergedError";
}

/**
 * The training loop, as an iterator: each turn makes one update and yields what happened.
 *
 * Leaving the `for await` loop, the notebook's stop button and `signal` all end it after the step in
 * progress; the weights are kept, and saved where a checkpoint is asked for. With a checkpoint that
 * exists, the run goes on from it and ends with the same weights, bit for bit on the same backend, as
 * one that was never interrupted.
 *
 * @throws {DivergedError} if loss or gradients are NaN or infinite; the step and the parameter are named
 * @throws {CheckpointError} if the checkpoint belongs to another run
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { constant, sgd, train } from "./mod.ts";
 *
 * const w = tf.variable(tf.scalar(5));
 * const run = train({
 *   model: { parameters: new Map([["w", w as tf.Variable]]) },
 *   batches: () => ({ target: tf.scalar(2) }),
 *   loss: ({ target }) => tf.square(tf.sub(w, target)) as tf.Scalar,
 *   optimizer: sgd({ momentum: 0 }),
 *   schedule: constant(0.1),
 *   steps: 50,
 * });
 * for await (const { step, loss } of run) if (step % 25 === 0) console.log(step, loss < 1);
 * console.log(w.dataSync()[0].toFixed(2)); // 2.00
 * ```
 */
export async function* train<Batch extends tf.TensorContainer>(
  options: TrainOptions<Batch>,
): AsyncGenerator<Step, TrainResult, void> {
  const {
    model,
    batches,
    loss,
    optimizer,
    schedule,
    steps,
    seed = 1,
    clipNorm,
    checkpoint,
    signal,
  } = options;
  const { parameters } = model;
  requireOptions(options);
  const interrupt = watchInterrupt();
  optimizer.prepare(parameters);
  const state = { parameters, optimizer: optimizer.state };
  let done = 0, saved = -1;
  if (checkpoint !== undefined && await exists(checkpoint.path)) {
    saved = done = await loadCheckpoint(checkpoint.path, state, seed);
  }
  const save = async () => {
    if (checkpoint === undefined || saved === done) return;
    await saveCheckpoint(checkpoint.path, state, done, seed);
    saved = done;
  };
  const every = checkpoint?.every ?? 100;
  const run = createRandom(seed);
  let stopped = false;
  try {
    while (done < steps && !(stopped = interrupt.requested || signal?.aborted === true)) {
      const start = performance.now();
      const random = run.fork(done);
      const batch = await batches(done, random.fork("batch"));
      const learningRate = schedule(done);
      const { value, grads, norm } = gradientsOf(
        () => loss(batch, random.fork("loss")),
        parameters,
      );
      try {
        const [lossValue, gradientNorm] = [(await value.data())[0], (await norm.data())[0]];
        if (!Number.isFinite(lossValue) || !Number.isFinite(gradientNorm)) {
          throw new DivergedError(await diagnose(done, lossValue, learningRate, grads));
        }
        const scale = clipNorm !== undefined && gradientNorm > clipNorm
          ? clipNorm / gradientNorm
          : 1;
        tf.tidy(() => optimizer.update(parameters, scaled(grads, scale), learningRate, done));
        done++;
        if (done % every === 0) await save();
        await breathe();
        const seconds = (performance.now() - start) / 1000;
        yield { step: done, loss: lossValue, learningRate, gradientNorm, seconds };
      } finally {
        tf.dispose([value, norm, ...grads.values()]);
        tf.dispose(batch);
      }
    }
  } finally {
    await save(); // also when the caller leaves the loop, or a step diverged
    optimizer.dispose();
  }
  const message = stopped ? `stopped at step ${done} of ${steps}` : `finished at step ${done}`;
  return { step: done, finished: !stopped, message };
}

/** Loss, gradients by parameter name and their common norm, all still tensors. */
function gradientsOf(
  loss: () => tf.Scalar,
  parameters: Parameters,
): { value: tf.Scalar; grads: Gradients; norm: tf.Scalar } {
  const names = new Map([...parameters].map(([name, variable]) => [variable.name, name]));
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  const byName = new Map(
    Object.entries(grads).filter(([, g]) => g != null).map(([key, g]) => [names.get(key)!, g]),
  );
  const norm = tf.tidy(() => {
    const squares = [...byName.values()].map((g) => tf.sum(tf.square(g)));
    return tf.sqrt(tf.addN(squares)) as tf.Scalar;
  });
  return { value, grads: byName, norm };
}

function scaled(gradients: Gradients, scale: number): Gradients {
  if (scale === 1) return gradients;
  return new Map([...gradients].map(([name, g]) => [name, tf.mul(g, scale)]));
}

async function diagnose(step: number, loss: number, learningRate: number, gradients: Gradients) {
  let where = "the loss itself";
  for (const [name, gradient] of gradients) {
    if (!(await gradient.data()).every(Number.isFinite)) {
      where = `first in the gradient of "${name}"`;
      break;
    }
  }
  return `training diverged at step ${
    step + 1
  }: the loss is ${loss}, not finite ${where}; the update was not ` +
    `made. Lower the learning rate (now ${learningRate}), clip the gradients, or look for NaN in the data`;
}

/** Lets timers and the notebook's messages through: a backend's reads alone may never leave this turn. */
const breathe = () => new Promise((resolve) => setTimeout(resolve, 0));

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function requireOptions(
  { steps, clipNorm, checkpoint }: Pick<TrainOptions<never>, "steps" | "clipNorm" | "checkpoint">,
) {
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new RangeError(`steps is a whole number of updates; got ${steps}`);
  }
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new RangeError(`clipNorm is a positive number; got ${clipNorm}`);
  }
  const every = checkpoint?.every ?? 1;
  if (!Number.isSafeInteger(every) || every < 1) {
    throw new RangeError(`a checkpoint is written every so many steps, at least 1; got ${every}`);
  }
}
