// B batch, T places of a sequence, H hidden size, V vocabulary
import { tf } from "../backend/mod.ts";
import { dropout, type ForwardOptions } from "../nn/mod.ts";
import type { BertConfig } from "./config.ts";
import { LayerNorm } from "./layers.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/**
 * The input representation (Devlin 2019, Fig. 2): the sum of the embedding of the piece, of its segment
 * and of its place, then layer normalisation and dropout.
 */
export class BertEmbeddings {
  readonly word: tf.Variable<tf.Rank.R2>; // [V, H]
  readonly position: tf.Variable<tf.Rank.R2>; // [maxPositions, H]
  readonly tokenType: tf.Variable<tf.Rank.R2>; // [2, H]
  readonly #norm: LayerNorm;
  readonly #config: BertConfig;

  constructor(scope: ParameterScope, config: BertConfig) {
    const { vocabSize, maxPositions, typeVocabSize, hiddenSize: H } = config;
    const table = (name: string, rows: number) =>
      scope.create<tf.Rank.R2>(`${name}.weight`, [rows, H], "truncatedNormal");
    this.word = table("word_embeddings", vocabSize);
    this.position = table("position_embeddings", maxPositions);
    this.tokenType = table("token_type_embeddings", typeVocabSize);
    this.#norm = new LayerNorm(scope.at("LayerNorm"), H, config.layerNormEps);
    this.#config = config;
  }

  /**
   * @param inputIds [B, T] int32
   * @param tokenTypeIds [B, T] int32
   * @returns [B, T, H]
   */
  forward(inputIds: tf.Tensor2D, tokenTypeIds: tf.Tensor2D, options: ForwardOptions): tf.Tensor3D {
    const [B, T] = inputIds.shape;
    const { hiddenSize: H, hiddenDropout } = this.#config;
    const lookUp = (table: tf.Variable, ids: tf.Tensor) =>
      tf.gather(table, ids.reshape([B * T])).reshape<tf.Tensor3D>([B, T, H]); // [B, T, H]
    const places = tf.tensor1d(Int32Array.from({ length: B * T }, (_, i) => i % T), "int32");
    const sum = tf.add<tf.Tensor3D>(
      tf.add(lookUp(this.word, inputIds), lookUp(this.tokenType, tokenTypeIds)),
      lookUp(this.position, places),
    ); // [B, T, H]
    return dropout(this.#norm.forward(sum), hiddenDropout, options);
  }
}

/**
 * A first value for the table of places: the sinusoids of Vaswani 2017 (Sect. 3.5), sines in the left half
 * of the columns and cosines in the right one, scaled to the standard deviation `std`. How much two places
 * resemble each other then depends on nothing but their distance, so that a head which has learnt to look
 * one place back does so everywhere; in a random table it has to learn that for every place anew. The
 * table is trained on like any other.
 *
 * @param places rows of the table
 * @param hiddenSize columns (H), an even number
 * @param options `base`: the wavelengths go from 2 pi to 2 pi `base` (default 10,000 as in the paper)
 * @returns [places, H]
 *
 * @example
 * ```ts
 * import { sinusoidalPositions } from "./mod.ts";
 *
 * const table = sinusoidalPositions(8, 4, { std: 0.02 });
 * console.log(table.shape); // [ 8, 4 ]
 * table.dispose();
 * ```
 */
export function sinusoidalPositions(
  places: number,
  hiddenSize: number,
  { std = 0.02, base = 10_000 }: { std?: number; base?: number } = {},
): tf.Tensor2D {
  if (hiddenSize % 2 !== 0) {
    throw new RangeError(`hiddenSize is ${hiddenSize}: a sine and a cosine need an even number`);
  }
  const half = hiddenSize / 2;
  const table = new Float32Array(places * hiddenSize);
  for (let place = 0; place < places; place++) {
    for (let i = 0; i < half; i++) {
      const angle = place / base ** (2 * i / hiddenSize);
      table[place * hiddenSize + i] = Math.SQRT2 * std * Math.sin(angle);
      table[place * hiddenSize + half + i] = Math.SQRT2 * std * Math.cos(angle);
    }
  }
  return tf.tensor2d(table, [places, hiddenSize]);
}
