// B batch, T places of a sequence, H hidden size, V vocabulary, N rows
import { tf } from "../backend/mod.ts";
import { linear } from "../nn/mod.ts";
import type { BertConfig } from "./config.ts";
import { Dense, LayerNorm } from "./layers.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/**
 * The masked language model (Devlin 2019, Sect. 3.1, Task 1): a dense layer with activation and
 * normalisation, then the product with the table of word embeddings, which is the same matrix as at
 * the input ("tied"), plus a bias of its own.
 */
export class MaskedLanguageModelHead {
  readonly #dense: Dense;
  readonly #activation: BertConfig["hiddenAct"];
  readonly #norm: LayerNorm;
  readonly #bias: tf.Variable<tf.Rank.R1>; // [V]
  readonly #wordEmbeddings: tf.Variable<tf.Rank.R2>; // [V, H]

  /** @param wordEmbeddings the table of the embeddings, shared, not copied */
  constructor(
    scope: ParameterScope,
    config: BertConfig,
    wordEmbeddings: tf.Variable<tf.Rank.R2>,
  ) {
    const { hiddenSize: H, vocabSize: V } = config;
    this.#bias = scope.create("bias", [V], "zeros");
    const transform = scope.at("transform");
    this.#dense = new Dense(transform.at("dense"), H, H);
    this.#norm = new LayerNorm(transform.at("LayerNorm"), H, config.layerNormEps);
    this.#activation = config.hiddenAct;
    this.#wordEmbeddings = wordEmbeddings;
  }

  /** Hidden states [N, H] -> logits [N, V] */
  forward(hidden: tf.Tensor2D): tf.Tensor2D {
    const h = this.#norm.forward(this.#dense.forward(hidden, this.#activation)); // [N, H]
    return linear(h, this.#wordEmbeddings as tf.Tensor2D, this.#bias as tf.Tensor1D) as tf.Tensor2D;
  }
}

/**
 * The hidden states at some places of every sequence (`gather_indexes` of google-research/bert).
 *
 * @param hidden [B, T, H]
 * @param positions [B, P] row-major, places within the sequence
 * @returns [B * P, H]
 */
export function gatherPositions(hidden: tf.Tensor3D, positions: Int32Array): tf.Tensor2D {
  const [B, T, H] = hidden.shape;
  const P = positions.length / B;
  if (!Number.isInteger(P)) {
    throw new RangeError(`${positions.length} masked positions cannot be shared by ${B} sequences`);
  }
  const flat = positions.map((position, i) => {
    if (!(position >= 0 && position < T)) {
      throw new RangeError(
        `masked position ${position} is outside the sequence, which has 0 to ${T - 1}`,
      );
    }
    return Math.floor(i / P) * T + position;
  });
  return tf.gather(hidden.reshape<tf.Tensor2D>([B * T, H]), tf.tensor1d(flat, "int32"));
}
