import { crc32 } from "node:zlib";
import { tf } from "../backend/mod.ts";
import { readSafetensors, type SafeTensor, writeSafetensors } from "../io/mod.ts";
import type { Parameters } from "../nn/mod.ts";

const FORMAT = "training-checkpoint", VERSION = "1";

/** Everything that decides how a run goes on. */
export interface TrainingState {
  readonly parameters: Parameters;
  /** The optimizer's variables. */
  readonly optimizer: ReadonlyMap<string, tf.Variable>;
}

/** Thrown when a file is no checkpoint of this model, optimizer and seed. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
}

/**
 * Writes weights, optimizer state, step and seed as one safetensors file, beside its place and renamed:
 * a run that is killed while writing keeps the checkpoint before. A checksum of all values goes with them.
 *
 * @param path the file
 * @param state the variables
 * @param step how many steps are done
 * @param seed of the run; with `step` it decides every random draw to come
 * @throws {CheckpointError} if a value is NaN or infinite: such a state must not replace a good one
 *
 * @example See {@linkcode train}.
 */
export async function saveCheckpoint(
  path: string,
  state: TrainingState,
  step: number,
  seed: number,
): Promise<void> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, variable] of named(state)) {
    const data = await variable.data() as Float32Array;
    if (!isFinite(data)) {
      throw new CheckpointError(
        `step ${step} is not saved: "${name}" holds NaN or infinite numbers; ${path} stays as it is`,
      );
    }
    tensors.set(name, { dtype: "F32", shape: variable.shape, data });
  }
  await writeSafetensors(path, tensors, {
    format: FORMAT,
    version: VERSION,
    step: `${step}`,
    seed: `${seed}`,
    crc32: checksum(tensors),
  });
}

/** The name of the first variable that holds NaN or an infinite number, if one does. */
export async function firstNotFinite(
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<string | undefined> {
  for (const [name, variable] of variables) {
    if (!isFinite(await variable.data() as Float32Array)) return name;
  }
  return undefined;
}

function isFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** CRC-32 of all values, by the order of the names. */
function checksum(tensors: ReadonlyMap<string, SafeTensor>): string {
  let sum = 0;
  for (const name of [...tensors.keys()].sort()) {
    const { buffer, byteOffset, byteLength } = tensors.get(name)!.data;
    sum = crc32(new Uint8Array(buffer, byteOffset, byteLength), sum);
  }
  return sum.toString(16).padStart(8, "0");
}

/**
 * Fills the variables from a checkpoint.
 *
 * @param path the file
 * @param state the variables to fill; none is touched if the file does not fit
 * @param seed of this run
 * @returns how many steps were done
 * @throws {CheckpointError} if the file is of another format or version, its values do not have their
 * checksum, or its names, shapes or seed are not this run's; the sentence names the file, the tensor and
 * both values
 * @throws {SafetensorsError} if the file is damaged
 *
 * @example See {@linkcode train}.
 */
export async function loadCheckpoint(
  path: string,
  state: TrainingState,
  seed: number,
): Promise<number> {
  const { tensors, metadata } = await readSafetensors(path);
  const fail = (what: string): never => {
    throw new CheckpointError(
      `${path} does not fit this run: ${what}; continue with the settings it was made with, or give another path`,
    );
  };
  if (metadata.format !== FORMAT) {
    fail(`it is no training checkpoint (format "${metadata.format}")`);
  }
  if (metadata.version !== VERSION) {
    fail(`it has version ${metadata.version}, this program reads ${VERSION}`);
  }
  if (Number(metadata.seed) !== seed) {
    fail(`it was made with seed ${metadata.seed}, this run has ${seed}`);
  }
  if (metadata.crc32 !== undefined && metadata.crc32 !== checksum(tensors)) {
    throw new CheckpointError(
      `${path} is damaged: its values have another checksum than when they were written; go back to a ` +
        "copy of it, or begin anew with another path",
    );
  }
  const step = Number(metadata.step);
  if (!Number.isSafeInteger(step) || step < 0) fail(`its step is "${metadata.step}"`);
  const variables = named(state);
  for (const name of tensors.keys()) {
    if (!variables.has(name)) fail(`it has "${name}", which this model and optimizer do not`);
  }
  for (const [name, variable] of variables) {
    const tensor = tensors.get(name) ?? fail(`it lacks "${name}"`);
    if (`${tensor.shape}` !== `${variable.shape}`) {
      fail(`"${name}" has shape [${tensor.shape}] there and [${variable.shape}] here`);
    }
  }
  for (const [name, variable] of variables) {
    const { data, shape } = tensors.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(data as Float32Array, [...shape])));
  }
  return step;
}

function named({ parameters, optimizer }: TrainingState): Map<string, tf.Variable> {
  const all = new Map<string, tf.Variable>();
  for (const [name, variable] of parameters) all.set(`model.${name}`, variable);
  for (const [name, variable] of optimizer) all.set(`optimizer.${name}`, variable);
  return all;
}
