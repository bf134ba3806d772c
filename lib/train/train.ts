import { tf } from "../backend/mod.ts";
import { exists, removeUnfinished, watchInterrupt } from "../io/mod.ts";
import {
  clipByGlobalNorm,
  type GradientNorms,
  gradientNorms,
  type Gradients,
  type Parameters,
} from "../nn/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import { firstNotFinite, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import type { Optimizer } from "./optimizer.ts";
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
  /** Wall time since this run began (a resumed run counts anew). */
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
   * what makes a resumed run see the same batches. The trainer frees its tensors. Where gradients are
   * accumulated, `part` says which part of the step's batch is wanted, from 0.
   */
  readonly batches: (step: number, random: Random, part: number) => Batch | Promise<Batch>;
  /** The loss of a batch, or its part's share of it, a scalar; dropout draws from `random`. */
  readonly loss: (batch: Batch, random: Random) => tf.Scalar;
  /**
   * Parts of a batch that are gone through one after another, for one update: less memory at a time. Losses
   * and gradients of the parts are **added up**: divide each by the size of the whole batch. Default 1.
   */
  readonly accumulate?: number;
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
  /** In words, to be printed: "finished at step 500" or "stopped at step 185 of 500". */
  readonly message: string;
}

/** A run in progress: an iterator over its steps, to be gone through once. */
export interface Training extends AsyncGenerator<Step, TrainResult, void> {
  /** How the run ended; undefined until then. */
  readonly result: TrainResult | undefined;
}

/**
 * Thrown when loss or gradients are no longer finite: names the step, the parameter and, where there is one,
 * the last good checkpoint. The weights are those before the step.
 */
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
 * console.log(run.result!.message); // finished at step 50
 * console.log(w.dataSync()[0].toFixed(2)); // 2.00
 * ```
 */
export function train<Batch extends tf.TensorContainer>(options: TrainOptions<Batch>): Training {
  requireOptions(options);
  let result: TrainResult | undefined;
  const run = loop(options, (step) => {
    const finished = step >= options.steps;
    const message = finished
      ? `finished at step ${step}`
      : `stopped at step ${step} of ${options.steps}`;
    return result = { step, finished, message };
  });
  return Object.defineProperty(run, "result", { get: () => result }) as Training;
}

async function* loop<Batch extends tf.TensorContainer>(
  options: TrainOptions<Batch>,
  end: (step: number) => TrainResult,
): AsyncGenerator<Step, TrainResult, void> {
  const {
    model,
    batches,
    loss,
    accumulate = 1,
    optimizer,
    schedule,
    steps,
    seed = 1,
    clipNorm,
    checkpoint,
    signal,
  } = options;
  const { parameters } = model;
  const interrupt = watchInterrupt();
  optimizer.prepare(parameters);
  const state = { parameters, optimizer: optimizer.state };
  let done = 0, saved = -1, failed = false;
  if (checkpoint !== undefined) await removeUnfinished(checkpoint.path);
  if (checkpoint !== undefined && await exists(checkpoint.path)) {
    try {
      saved = done = await loadCheckpoint(checkpoint.path, state, seed);
    } catch (error) {
      optimizer.dispose();
      throw error;
    }
  }
  const save = async () => {
    if (checkpoint === undefined || saved === done) return;
    await saveCheckpoint(checkpoint.path, state, done, seed);
    saved = done;
  };
  const every = checkpoint?.every ?? 100;
  const run = createRandom(seed);
  const start = performance.now();
  try {
    while (done < steps && !interrupt.requested && !signal?.aborted) {
      const random = run.fork(done);
      const learningRate = schedule(done);
      const kept: tf.TensorContainer[] = [];
      let sum: LossAndGradients | undefined;
      try {
        for (let part = 0; part < accumulate; part++) {
          const own = part === 0 ? random : random.fork(`part ${part}`);
          const batch = await batches(done, own.fork("batch"), part);
          kept.push(batch);
          const one = gradientsOf(() => loss(batch, own.fork("loss")), parameters);
          sum = sum ? added(sum, one) : one;
        }
        const { value, gradients } = sum!;
        const [[lossValue], norms] = await Promise.all([value.data(), gradientNorms(gradients)]);
        if (!Number.isFinite(lossValue) || !Number.isFinite(norms.global)) {
          throw await diverged(done + 1, lossValue, norms, learningRate, parameters);
        }
        tf.tidy(() => {
          const clipped = clipNorm === undefined
            ? gradients
            : clipByGlobalNorm(gradients, clipNorm, norms.global);
          optimizer.update(parameters, clipped, learningRate, done);
        });
        done++;
        if (done % every === 0) await save();
        await breathe();
        const seconds = (performance.now() - start) / 1000;
        yield { step: done, loss: lossValue, learningRate, gradientNorm: norms.global, seconds };
      } catch (error) {
        if (error instanceof DivergedError && checkpoint !== undefined) {
          await save().catch(() => {}); // refused where the weights themselves are not finite
          error.message += saved < 0
            ? `. No checkpoint was written to ${checkpoint.path}`
            : `. The last good checkpoint is that of step ${saved}, ${checkpoint.path}`;
        }
        failed = true;
        throw error;
      } finally {
        tf.dispose(kept);
        if (sum) free(sum);
      }
    }
  } finally {
    end(done);
    // Also when the caller leaves the loop. After an error, that error is the one to tell.
    await (failed ? save().catch(() => {}) : save()).finally(() => optimizer.dispose());
  }
  return end(done);
}

/** A loss and its gradients by parameter name; a parameter that it does not depend on has none. */
interface LossAndGradients {
  readonly value: tf.Scalar;
  readonly gradients: Gradients;
}

function free({ value, gradients }: LossAndGradients) {
  tf.dispose([value, ...gradients.values()]);
}

/** The sum of two losses and of their gradients, in the place of both. */
function added(a: LossAndGradients, b: LossAndGradients): LossAndGradients {
  const names = new Set([...a.gradients.keys(), ...b.gradients.keys()]);
  const gradients = new Map([...names].map((name) => {
    const both = [a.gradients.get(name), b.gradients.get(name)].filter((g) => g !== undefined);
    return [name, tf.addN(both)];
  }));
  const sum = { value: tf.add<tf.Scalar>(a.value, b.value), gradients };
  free(a);
  free(b);
  return sum;
}

function gradientsOf(loss: () => tf.Scalar, parameters: Parameters): LossAndGradients {
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  const gradients = new Map<string, tf.Tensor>();
  for (const [name, variable] of parameters) {
    const gradient = grads[variable.name];
    if (gradient !== undefined) gradients.set(name, gradient);
  }
  return { value, gradients };
}

/** The error of a step whose numbers are not finite; the sentence says which. */
async function diverged(
  step: number,
  loss: number,
  norms: GradientNorms,
  learningRate: number,
  parameters: Parameters,
): Promise<DivergedError> {
  const weight = await firstNotFinite(parameters);
  const gradient = [...norms.each].find(([, norm]) => !Number.isFinite(norm))?.[0];
  const where = weight !== undefined
    ? `; "${weight}" itself is not finite any more`
    : gradient !== undefined
    ? `; the first gradient that is not finite is that of "${gradient}"`
    : Number.isFinite(norms.global)
    ? ""
    : "; the gradients are finite, but too long together to be measured";
  return new DivergedError(
    `training diverged at step ${step}: the loss is ${loss}${where}; the update was not made. ` +
      `Lower the learning rate (now ${learningRate}), clip the gradients, or look for NaN in the data`,
  );
}

/** Lets timers and the notebook's messages through: a backend's reads alone may never leave this turn. */
const breathe = () => new Promise((resolve) => setTimeout(resolve, 0));

function requireOptions(
  { steps, clipNorm, checkpoint, accumulate = 1 }: Pick<
    TrainOptions<never>,
    "steps" | "clipNorm" | "checkpoint" | "accumulate"
  >,
) {
  if (!Number.isSafeInteger(accumulate) || accumulate < 1) {
    throw new RangeError(`a batch is gone through in whole parts, at least 1; got ${accumulate}`);
  }
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
