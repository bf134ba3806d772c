import { tf } from "../backend/mod.ts";
import type { BertConfig } from "./config.ts";
import type { Encoding } from "./encoding.ts";

/**
 * What a BERT reads: B sequences of T pieces as plain numbers, so that they can be checked before a
 * device sees them. An `EncodingBatch` is one.
 */
export interface BertInput {
  /** B. */
  readonly batch: number;
  /** T. */
  readonly length: number;
  /** [B, T] row-major. */
  readonly inputIds: Int32Array;
  /** [B, T] row-major. Default: all 0. */
  readonly tokenTypeIds?: Int32Array;
  /** [B, T] row-major, 1 for a piece and 0 for padding. Default: all 1. */
  readonly attentionMask?: Int32Array;
}

/**
 * The input as tensors [B, T].
 *
 * @throws {RangeError} if an id is outside its table, the sequence is longer than the table of
 *   positions, or the sizes do not agree
 */
export function inputTensors(
  input: BertInput | Encoding,
  config: Pick<BertConfig, "vocabSize" | "typeVocabSize" | "maxPositions">,
) {
  const { inputIds, tokenTypeIds, attentionMask } = input;
  const { batch, length } = "batch" in input ? input : { batch: 1, length: inputIds.length };
  if (length > config.maxPositions) {
    throw new RangeError(
      `the sequences have ${length} pieces, the model has positions for ${config.maxPositions}: ` +
        `encode with { maxLength: ${config.maxPositions} } or in windows`,
    );
  }
  const tensor = (
    values: Int32Array | undefined,
    name: string,
    limit: number,
    what: string,
    orElse: number,
  ) => {
    if (!values) return tf.fill([batch, length], orElse, "int32") as tf.Tensor2D;
    if (values.length !== batch * length || batch * length === 0) {
      throw new RangeError(
        `${name} has ${values.length} numbers, expected ${batch} x ${length} (batch x length)`,
      );
    }
    for (let i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] < limit)) {
        throw new RangeError(
          `${name} has ${values[i]} in sequence ${Math.floor(i / length)} at place ${
            i % length
          }; ` +
            `${what} 0 to ${limit - 1}`,
        );
      }
    }
    return tf.tensor2d(values, [batch, length], "int32");
  };
  const { vocabSize, typeVocabSize } = config;
  return {
    inputIds: tensor(inputIds, "inputIds", vocabSize, "the vocabulary has ids", 0),
    tokenTypeIds: tensor(tokenTypeIds, "tokenTypeIds", typeVocabSize, "the model has segments", 0),
    attentionMask: tensor(attentionMask, "attentionMask", 2, "it holds", 1),
  };
}
