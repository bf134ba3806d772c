// B batch, T places of a sequence, H hidden size, A heads
import { requireMemory, tf } from "../backend/mod.ts";
import type { ForwardOptions, Model, Parameters } from "../nn/mod.ts";
import { createRandom, type Random } from "../random/mod.ts";
import {
  buildFromCheckpoint,
  type LoadReport,
  type SaveOptions,
  writeCheckpoint,
} from "./checkpoint.ts";
import { type BertConfig, parameterCount } from "./config.ts";
import { BertEmbeddings } from "./embeddings.ts";
import { BertEncoder } from "./encoder.ts";
import type { Encoding } from "./encoding.ts";
import { type BertInput, inputTensors } from "./input.ts";
import { ParameterScope, randomSource } from "./parameter_scope.ts";
import { BertPooler } from "./pooler.ts";

/** How a model is made. */
export interface BertModelOptions {
  /** Draws the first weights. */
  readonly random: Random;
  /** Whether the encoder has the dense layer on [CLS]. Default true. */
  readonly pooler?: boolean;
}

/**
 * What a forward pass should do and give. In training `random` draws the dropout.
 */
export interface BertForwardOptions extends ForwardOptions {
  /** Also give the embeddings and the output of every layer. Default false. */
  readonly hiddenStates?: boolean;
  /** Also give every layer's attention. Default false. */
  readonly attentions?: boolean;
  /** Hide later places from earlier ones, as GPT does. Default false. */
  readonly causal?: boolean;
}

/** What comes out of the encoder. */
export interface BertOutput {
  /** [B, T, H] one vector per piece; meaningless where the piece is padding. */
  readonly lastHiddenState: tf.Tensor3D;
  /** [B, H] one vector per sequence; undefined for an encoder without pooler. */
  readonly pooled?: tf.Tensor2D;
  /** L + 1 times [B, T, H]: the embeddings, then the output of every layer. */
  readonly hiddenStates?: tf.Tensor3D[];
  /** L times [B, A, T, T]: how much the place of the row looks at the place of the column. */
  readonly attentions?: tf.Tensor4D[];
}

/**
 * Refuses a step that the backend has no room for. Per layer and piece the gradients need q, k, v, the heads' mixture, two
 * residual branches of four stages each (12 H), what goes into and comes out of the activation (2 I), and a row of
 * probabilities per head; while training there is a gradient for each of these and for every parameter, too.
 */
function requireStepMemory(config: BertConfig, [B, T]: [number, number], training: boolean) {
  const { layers: L, hiddenSize: H, intermediateSize: I, heads: A } = config;
  const perPiece = L * (12 * H + 2 * I + A * T) + 5 * H;
  const floats = training ? 2 * B * T * perPiece + parameterCount(config) : B * T * perPiece;
  const what = training ? "a training step" : "a prediction";
  requireMemory(4 * floats, `${what} of BERT L${L} H${H} on ${B} x ${T} pieces`);
}

/**
 * Embeddings, encoder and pooler: the part of a BERT that all tasks share. Built by the models in this
 * folder, each under its own names.
 */
export class BertBody {
  readonly embeddings: BertEmbeddings;
  readonly #encoder: BertEncoder;
  readonly #pooler?: BertPooler;
  readonly #config: BertConfig;

  /** @param pooler whether to build the dense layer on [CLS] */
  constructor(scope: ParameterScope, config: BertConfig, pooler: boolean) {
    this.embeddings = new BertEmbeddings(scope.at("embeddings"), config);
    this.#encoder = new BertEncoder(scope.at("encoder"), config);
    if (pooler) this.#pooler = new BertPooler(scope.at("pooler"), config);
    this.#config = config;
  }

  forward(input: BertInput | Encoding, options: BertForwardOptions = {}): BertOutput {
    return tf.tidy(() => {
      const { inputIds, tokenTypeIds, attentionMask } = inputTensors(input, this.#config);
      requireStepMemory(this.#config, inputIds.shape, options.training ?? false);
      const embedded = this.embeddings.forward(inputIds, tokenTypeIds, options); // [B, T, H]
      const { hiddenStates, attentions } = this.#encoder.forward(embedded, {
        mask: attentionMask,
        causal: options.causal ?? false,
        probabilities: options.attentions ?? false,
        options,
      });
      const lastHiddenState = hiddenStates.at(-1)!; // [B, T, H]
      const pooled = this.#pooler?.forward(lastHiddenState); // [B, H]
      return {
        lastHiddenState,
        ...(pooled ? { pooled } : {}),
        ...(options.hiddenStates ? { hiddenStates } : {}),
        ...(options.attentions ? { attentions } : {}),
      };
    });
  }
}

/**
 * The bare encoder. Parameter names are those of Hugging Face's `BertModel`, so that weights go both
 * ways.
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { bertConfig, BertModel } from "./mod.ts";
 *
 * const config = bertConfig({ vocabSize: 100, hiddenSize: 16, layers: 2, heads: 2 });
 * const bert = new BertModel(config, { random: createRandom(1) });
 * const { lastHiddenState, pooled } = bert.forward({ batch: 1, length: 3, inputIds: Int32Array.of(5, 6, 7) });
 * console.log(lastHiddenState.shape, pooled!.shape); // [ 1, 3, 16 ] [ 1, 16 ]
 * bert.dispose();
 * ```
 */
export class BertModel implements Model<BertInput | Encoding, BertOutput> {
  /** The sizes. */
  readonly config: BertConfig;
  /** Every variable by Hugging Face's name, such as "encoder.layer.0.output.dense.weight". */
  readonly parameters: Parameters;
  /** Where the weights came from; undefined for a new model. */
  readonly loaded?: LoadReport;
  readonly #body: BertBody;

  /** @param config the sizes */
  constructor(config: BertConfig, options: BertModelOptions);
  /** @ignore used by {@linkcode BertModel.load} */
  constructor(config: BertConfig, options: BertModelOptions, scope: ParameterScope);
  constructor(config: BertConfig, options: BertModelOptions, scope?: ParameterScope) {
    scope ??= new ParameterScope(
      randomSource(options.random.fork("weights"), config.initializerRange),
    );
    this.config = config;
    this.#body = new BertBody(scope, config, options.pooler ?? true);
    this.parameters = scope.parameters;
  }

  /**
   * Reads a folder in Hugging Face's layout: config.json and model.safetensors (F32, F16 or BF16, one
   * file or shards). The checkpoint may be that of a bare encoder or of a model with heads.
   *
   * @param folder for example what `deno task data get` made
   * @param options `random` draws what the checkpoint lacks. Default: seed 0.
   * @throws {Error} if a file is missing or damaged, a tensor of the encoder is missing, or a shape
   *   disagrees with config.json; missing pooler weights mean that `pooled` is not given
   */
  static async load(
    folder: string,
    options: Partial<BertModelOptions> = {},
  ): Promise<BertModel> {
    const { random = createRandom(0) } = options;
    return await buildFromCheckpoint(folder, "bert.", random, (scope, { config, tensors }) => {
      const { pooler = tensors.has("bert.pooler.dense.weight") } = options;
      return new BertModel(config, { random, pooler }, scope);
    });
  }

  /** Writes config.json and model.safetensors into the folder. */
  save(folder: string, options: SaveOptions = {}): Promise<void> {
    return writeCheckpoint(folder, this.config, "BertModel", this.parameters, options);
  }

  /**
   * @param input ids, segments and mask
   * @throws {RangeError} if an id is outside the vocabulary or the sequence is too long
   */
  forward(input: BertInput | Encoding, options: BertForwardOptions = {}): BertOutput {
    return this.#body.forward(input, options);
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}
