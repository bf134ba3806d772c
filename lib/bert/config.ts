import { readJsonObject } from "./read_text_file.ts";

/** The sizes and settings of a BERT; the paper's letters in brackets. */
export interface BertConfig {
  /** Number of word pieces (V). */
  readonly vocabSize: number;
  /** Width of every hidden state (H). */
  readonly hiddenSize: number;
  /** Number of layers (L). */
  readonly layers: number;
  /** Number of attention heads (A); divides H. */
  readonly heads: number;
  /** Width inside the feed-forward part; 4 H in the paper. */
  readonly intermediateSize: number;
  /** Longest sequence. */
  readonly maxPositions: number;
  /** Number of segments (A and B). */
  readonly typeVocabSize: number;
  /** The activation: `"gelu"` is exact, `"gelu_new"` and `"gelu_pytorch_tanh"` approximate. */
  readonly hiddenAct: "gelu" | "gelu_new" | "gelu_pytorch_tanh" | "relu";
  /** Dropout after the embeddings and at the end of every sub-layer. */
  readonly hiddenDropout: number;
  /** Dropout on the attention weights. */
  readonly attentionDropout: number;
  /** Standard deviation of the truncated normal of all matrices. */
  readonly initializerRange: number;
  /** Added to the variance in every layer normalisation. */
  readonly layerNormEps: number;
  /** Id of [PAD]. */
  readonly padTokenId: number;
}

/** A size and what the paper says of the rest: dropout 0.1, 512 positions, 2 segments, exact GELU. */
export function bertConfig(
  sizes: Pick<BertConfig, "vocabSize" | "hiddenSize" | "layers" | "heads"> & Partial<BertConfig>,
): BertConfig {
  return checked(withDefaults(sizes), "the configuration");
}

function withDefaults(
  sizes: Pick<BertConfig, "vocabSize" | "hiddenSize" | "layers" | "heads"> & Partial<BertConfig>,
): BertConfig {
  return {
    intermediateSize: 4 * sizes.hiddenSize,
    maxPositions: 512,
    typeVocabSize: 2,
    hiddenAct: "gelu",
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    initializerRange: 0.02,
    layerNormEps: 1e-12,
    padTokenId: 0,
    ...sizes,
  };
}

const UNCASED = 30_522;
const CASED = 28_996;
const preset = (layers: number, hiddenSize: number, heads: number, vocabSize = UNCASED) =>
  bertConfig({ layers, hiddenSize, heads, vocabSize });

/**
 * The published sizes L/H/A: Base and Large of the paper (Sect. 3), the small ones of Turc 2019.
 *
 * @example
 * ```ts
 * import { BERT_PRESETS, parameterCount } from "./mod.ts";
 *
 * console.log(parameterCount(BERT_PRESETS.base)); // 109482240
 * ```
 */
export const BERT_PRESETS = {
  tiny: preset(2, 128, 2),
  mini: preset(4, 256, 4),
  small: preset(4, 512, 8),
  medium: preset(8, 512, 8),
  base: preset(12, 768, 12),
  "base-cased": preset(12, 768, 12, CASED),
  large: preset(24, 1024, 16),
  "large-cased": preset(24, 1024, 16, CASED),
} as const satisfies Record<string, BertConfig>;

/** The name of a published size. */
export type BertPreset = keyof typeof BERT_PRESETS;

/** Which parameters {@linkcode parameterCount} counts. */
export interface ParameterCountOptions {
  /** H^2 + H: the dense layer on [CLS]. Default true. */
  readonly pooler?: boolean;
  /** H^2 + 3H + V: transform, its normalisation, and V biases; the matrix is the embedding's. */
  readonly mlmHead?: boolean;
  /** 2H + 2. */
  readonly nspHead?: boolean;
}

/**
 * How many numbers a BERT of this size has, by the formula
 * V H + P H + S H + 2 H + L (4 (H^2 + H) + 2 H I + I + H + 4 H) + pooler + heads
 * (for I = 4 H a layer has 12 H^2 + 13 H).
 */
export function parameterCount(config: BertConfig, options: ParameterCountOptions = {}): number {
  const { pooler = true, mlmHead = false, nspHead = false } = options;
  const { vocabSize: V, hiddenSize: H, layers: L, intermediateSize: I } = config;
  const embeddings = (V + config.maxPositions + config.typeVocabSize) * H + 2 * H;
  const attention = 4 * (H * H + H) + 2 * H;
  const feedForward = 2 * H * I + I + H + 2 * H;
  return embeddings + L * (attention + feedForward) +
    (pooler ? H * H + H : 0) + (mlmHead ? H * H + H + 2 * H + V : 0) + (nspHead ? 2 * H + 2 : 0);
}

/** Hugging Face's name of every field. */
const JSON_NAMES: Record<keyof BertConfig, string> = {
  vocabSize: "vocab_size",
  hiddenSize: "hidden_size",
  layers: "num_hidden_layers",
  heads: "num_attention_heads",
  intermediateSize: "intermediate_size",
  maxPositions: "max_position_embeddings",
  typeVocabSize: "type_vocab_size",
  hiddenAct: "hidden_act",
  hiddenDropout: "hidden_dropout_prob",
  attentionDropout: "attention_probs_dropout_prob",
  initializerRange: "initializer_range",
  layerNormEps: "layer_norm_eps",
  padTokenId: "pad_token_id",
};

/**
 * Reads a `config.json` of Hugging Face, or the `bert_config.json` of google-research/bert. What it
 * does not say has the paper's value.
 *
 * @throws {Error} if a size is missing or impossible, or the model is not a BERT
 */
export async function readBertConfig(path: string): Promise<BertConfig> {
  const json = await readJsonObject(path, "a config.json of a BERT model");
  const { model_type: type = "bert", position_embedding_type: positions = "absolute" } = json;
  if (type !== "bert") throw new Error(`${path} describes a "${type}" model, expected "bert"`);
  if (positions !== "absolute") {
    throw new Error(`${path} asks for ${positions} position embeddings; only "absolute" are built`);
  }
  const found: Record<string, unknown> = {};
  for (const [field, name] of Object.entries(JSON_NAMES)) {
    if (json[name] !== undefined && json[name] !== null) found[field] = json[name];
  }
  for (const field of ["vocabSize", "hiddenSize", "layers", "heads"] as const) {
    if (typeof found[field] !== "number") {
      throw new Error(`${path} has no ${JSON_NAMES[field]}: expected a whole number`);
    }
  }
  return checked(withDefaults(found as unknown as BertConfig), path);
}

/** The names of a classifier's classes in a `config.json`, or undefined where it names none. */
export async function readLabels(path: string): Promise<string[] | undefined> {
  const { id2label } = await readJsonObject(path, "a config.json");
  if (typeof id2label !== "object" || id2label === null) return undefined;
  const names = Object.entries(id2label as Record<string, string>);
  return names.sort(([a], [b]) => Number(a) - Number(b)).map(([, label]) => String(label));
}

/**
 * The content of a `config.json` that Hugging Face's library reads.
 *
 * @param architecture the name of the model's class there, for example "BertForPreTraining"
 * @param labels names of the classes of a classifier, in order
 */
export function bertConfigToJson(
  config: BertConfig,
  architecture: string,
  labels?: readonly string[],
): string {
  const json: Record<string, unknown> = { architectures: [architecture], model_type: "bert" };
  if (labels) {
    json.id2label = Object.fromEntries(labels.map((label, id) => [id, label]));
    json.label2id = Object.fromEntries(labels.map((label, id) => [label, id]));
  }
  for (const [field, name] of Object.entries(JSON_NAMES)) {
    json[name] = config[field as keyof BertConfig];
  }
  return JSON.stringify(json, null, 2) + "\n";
}

function checked(config: BertConfig, where: string): BertConfig {
  for (
    const field of [
      "vocabSize",
      "hiddenSize",
      "layers",
      "heads",
      "intermediateSize",
      "maxPositions",
      "typeVocabSize",
    ] as const
  ) {
    if (!Number.isSafeInteger(config[field]) || config[field] < 1) {
      throw new RangeError(
        `${where}: ${field} (${JSON_NAMES[field]}) is ${
          config[field]
        }, expected a whole number above 0`,
      );
    }
  }
  if (config.hiddenSize % config.heads !== 0) {
    throw new RangeError(
      `${where}: ${config.heads} heads do not divide a hidden size of ${config.hiddenSize}`,
    );
  }
  const acts = ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu"];
  if (!acts.includes(config.hiddenAct)) {
    throw new RangeError(
      `${where}: hidden_act is "${config.hiddenAct}", expected one of ${acts.join(", ")}`,
    );
  }
  return config;
}
