import { basename, join } from "@std/path";
import { tf } from "../backend/mod.ts";
import {
  howToGet,
  readCatalogue,
  readSafetensors,
  type SafeTensor,
  writeFileAtomic,
  writeSafetensors,
} from "../io/mod.ts";
import type { Parameters } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { type BertConfig, bertConfigToJson, readBertConfig } from "./config.ts";
import { ParameterScope, type ParameterSource, randomSource } from "./parameter_scope.ts";
import { readJsonObject } from "./read_text_file.ts";

/** What happened when a checkpoint met a model. */
export interface LoadReport {
  /** The files that were read. */
  readonly files: readonly string[];
  /** Parameters of the model that the checkpoint does not have; they keep their random first values. */
  readonly missing: readonly string[];
  /** Tensors of the checkpoint that the model has no use for. */
  readonly unexpected: readonly string[];
}

/** A folder in Hugging Face's layout, read but not yet made into a model. */
export interface BertCheckpoint {
  /** From config.json. */
  readonly config: BertConfig;
  /** By the names of `BertForPreTraining`, "bert." in front of the encoder's. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** In which file each tensor stood. */
  readonly fileOf: ReadonlyMap<string, string>;
  /** All files. */
  readonly files: readonly string[];
}

/** Encoder tensors begin with one of these, with "bert." in front or not. */
const ENCODER = /^(embeddings|encoder|pooler)\./;

/** Stored by some versions, but not parameters: counters and the second name of tied matrices. */
const NOT_PARAMETERS =
  /(^|\.)(position_ids|token_type_ids)$|^cls\.predictions\.decoder\.(weight|bias)$/;

/**
 * Reads `config.json` and `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
 * Names are brought to one form: "bert." in front of the encoder's, and `gamma` and `beta` of the
 * oldest checkpoints become `weight` and `bias`.
 *
 * @throws {Error} if a file is missing or damaged
 */
export async function readCheckpoint(folder: string): Promise<BertCheckpoint> {
  await requireFolder(folder);
  const config = await readBertConfig(join(folder, "config.json"));
  const files = await weightFiles(folder);
  const tensors = new Map<string, SafeTensor>();
  const fileOf = new Map<string, string>();
  for (const file of files) {
    for (const [stored, tensor] of (await readSafetensors(file)).tensors) {
      const name = (ENCODER.test(stored) ? "bert." : "") +
        stored.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(
          /LayerNorm\.beta$/,
          "LayerNorm.bias",
        );
      tensors.set(name, tensor);
      fileOf.set(name, file);
    }
  }
  return { config, tensors, fileOf, files };
}

/**
 * A source of first values that takes them from a checkpoint, and from `orElse` where it has none.
 *
 * @param prefix what the model's names lack: "bert." for a bare encoder
 * @returns the source, and the report to be read when the model is built
 */
function checkpointSource(
  checkpoint: BertCheckpoint,
  prefix: string,
  orElse: ParameterSource,
): { source: ParameterSource; report: () => LoadReport } {
  const missing: string[] = [];
  const used = new Set<string>();
  const source: ParameterSource = (name, shape, initializer) => {
    const stored = checkpoint.tensors.get(prefix + name);
    if (!stored) {
      missing.push(name);
      return orElse(name, shape, initializer);
    }
    used.add(prefix + name);
    const file = checkpoint.fileOf.get(prefix + name);
    if (stored.shape.length !== shape.length || stored.shape.some((d, i) => d !== shape[i])) {
      throw new Error(
        `${file}: tensor ${prefix}${name} has shape [${
          stored.shape.join(", ")
        }], the configuration ` +
          `beside it asks for [${
            shape.join(", ")
          }]; do config.json and the weights belong together?`,
      );
    }
    if (!(stored.data instanceof Float32Array)) {
      throw new Error(
        `${file}: tensor ${prefix}${name} has element type ${stored.dtype}, expected F32, F16 or BF16`,
      );
    }
    return tf.tensor(stored.data, shape as number[]);
  };
  const report = () => ({
    files: checkpoint.files,
    missing,
    unexpected: [...checkpoint.tensors.keys()].filter((name) =>
      !used.has(name) && !NOT_PARAMETERS.test(name)
    ),
  });
  return { source, report };
}

/**
 * Builds a model out of a folder.
 *
 * @param prefix what the model's parameter names lack: "bert." for a bare encoder, else ""
 * @param random draws what the checkpoint does not have
 * @param build makes the model in the scope it is given
 */
export async function buildFromCheckpoint<M extends object>(
  folder: string,
  prefix: string,
  random: Random,
  build: (scope: ParameterScope, checkpoint: BertCheckpoint) => M,
): Promise<M & { readonly loaded: LoadReport }> {
  const checkpoint = await readCheckpoint(folder);
  const fresh = randomSource(random.fork("weights"), checkpoint.config.initializerRange);
  const { source, report } = checkpointSource(checkpoint, prefix, fresh);
  const model = build(new ParameterScope(source), checkpoint);
  const loaded = report();
  requireEncoder(loaded);
  return Object.assign(model, { loaded });
}

/**
 * Refuses a checkpoint that lacks part of the encoder: only heads, and the pooler, may be new.
 * @throws {Error} naming the missing tensors
 */
function requireEncoder({ missing, files, unexpected }: LoadReport) {
  const lost = missing.filter((name) => /^(bert\.)?(embeddings|encoder)\./.test(name));
  if (lost.length === 0) return;
  throw new Error(
    `${files.join(", ")} lacks ${lost.length} tensors of the encoder, first ${lost[0]}` +
      (unexpected.length > 0 ? `; it has unknown ones, first ${unexpected[0]}` : "") +
      `: is it the checkpoint of a BERT with at least as many layers?`,
  );
}

/** How a model is written. */
export interface SaveOptions {
  /** Element type in the file; F16 halves it. Default "F32". */
  readonly dtype?: "F32" | "F16" | "BF16";
  /** Names of a classifier's classes, for config.json. */
  readonly labels?: readonly string[];
}

/** Writes `config.json` and `model.safetensors` so that this project and Hugging Face read them. */
export async function writeCheckpoint(
  folder: string,
  config: BertConfig,
  architecture: string,
  parameters: Parameters,
  { dtype = "F32", labels }: SaveOptions = {},
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const tensors = new Map<string, SafeTensor>();
  for (const [name, variable] of parameters) {
    tensors.set(name, {
      dtype,
      shape: variable.shape,
      data: await variable.data() as Float32Array,
    });
  }
  await writeSafetensors(join(folder, "model.safetensors"), tensors, { format: "pt" });
  const json = new TextEncoder().encode(bertConfigToJson(config, architecture, labels));
  await writeFileAtomic(join(folder, "config.json"), json);
}

/** @throws {Error} naming the command that fetches it, where the catalogue knows a model of this name */
async function requireFolder(folder: string) {
  if (await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false)) return;
  const name = basename(folder), catalogue = await readCatalogue();
  const known = [...catalogue.values()].filter(({ kind, files }) =>
    kind === "model" && files.some(({ path }) => path === "config.json")
  );
  const entry = catalogue.get(name);
  throw new Error(
    `${folder} is not there: expected a folder with config.json and model.safetensors. ` +
      (entry?.kind === "model"
        ? `${await howToGet(name)} into ${entry.folder} of the data directory`
        : `deno task data get NAME fetches ${known.map(({ name }) => name).join(", ")}`),
  );
}

async function weightFiles(folder: string): Promise<string[]> {
  const single = join(folder, "model.safetensors");
  const index = join(folder, "model.safetensors.index.json");
  const there = async (path: string) => {
    try {
      return (await Deno.stat(path)).isFile;
    } catch {
      return false;
    }
  };
  if (await there(single)) return [single];
  if (!await there(index)) {
    throw new Error(
      `${folder} has neither model.safetensors nor model.safetensors.index.json: weights in another ` +
        `format (pytorch_model.bin, a TensorFlow checkpoint) must be converted first`,
    );
  }
  const { weight_map: map } = await readJsonObject(index, "an index of shards");
  if (typeof map !== "object" || map === null) {
    throw new Error(`${index} has no "weight_map": expected tensor names and file names`);
  }
  const files = [...new Set(Object.values(map))].sort();
  for (const file of files) {
    if (typeof file !== "string" || !/^[\w-][\w.-]*$/.test(file)) {
      throw new Error(
        `${index} names the file ${JSON.stringify(file)}; expected one beside it, such as ` +
          "model-00001-of-00002.safetensors",
      );
    }
  }
  return files.map((file) => join(folder, file));
}
