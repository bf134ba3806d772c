// T places of a sequence, V vocabulary
import { tf } from "../backend/mod.ts";
import type { Elmo } from "./baselines/elmo.ts";
import type { Gpt } from "./baselines/gpt.ts";
import type { PretrainableModel } from "./pretraining.ts";
import type { BertTokenizer, TextInput } from "./tokenizer.ts";
import { SPECIAL_TOKENS } from "./vocabulary.ts";

/** A piece that may stand in a gap. */
export interface Guess {
  readonly piece: string;
  readonly id: number;
  /** In [0, 1]; over the whole vocabulary but the special tokens they add up to 1. */
  readonly probability: number;
}

/** A text with gaps: written with [MASK], or as ids with [CLS] and [SEP] in their places. */
export type Gapped = TextInput | Int32Array;

/**
 * Guesses what stands in the gaps of a text, with what BERT learnt to do in pre-training.
 *
 * @param text with one [MASK] or more; `pair` may be a second text
 * @returns for every [MASK] in order the `top` (default 5) most likely pieces
 * @throws {Error} if there is no [MASK]
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { bertConfig, BertForMaskedLM, BertTokenizer, fillIn, SPECIAL_TOKENS, Vocabulary } from "./mod.ts";
 *
 * const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, "cats", "dogs", "purr"]));
 * const config = bertConfig({ vocabSize: 8, hiddenSize: 8, layers: 1, heads: 2 });
 * const model = new BertForMaskedLM(config, { random: createRandom(1) });
 * const [guesses] = await fillIn(model, tokenizer, "cats [MASK]", { top: 3 });
 * console.log(guesses.length, guesses[0].probability > guesses[2].probability); // 3 true
 * ```
 */
export async function fillIn(
  model: PretrainableModel,
  tokenizer: BertTokenizer,
  text: Gapped,
  options: { readonly pair?: TextInput; readonly top?: number } = {},
): Promise<Guess[][]> {
  const encoding = text instanceof Int32Array
    ? { inputIds: text }
    : tokenizer.encode(text, options.pair);
  const positions = gaps(encoding.inputIds, tokenizer);
  const probabilities = tf.tidy(() =>
    tf.softmax(
      model.forward({
        ...encoding,
        batch: 1,
        length: encoding.inputIds.length,
        maskedPositions: positions,
      })
        .predictionLogits,
    )
  );
  return await guesses(probabilities, tokenizer, options.top);
}

/**
 * What GPT thinks of a gap: it knows only what stands before it.
 *
 * @param text with one [MASK] or more; what stands after the first of them does not matter
 * @returns for the first [MASK] the most likely pieces
 */
export async function continueWithGpt(
  model: Gpt,
  tokenizer: BertTokenizer,
  text: Gapped,
  options: { readonly top?: number } = {},
): Promise<Guess[]> {
  const inputIds = idsOf(text, tokenizer);
  const [gap] = gaps(inputIds, tokenizer);
  const before = inputIds.slice(0, gap);
  const probabilities = tf.tidy(() => {
    const { lastHiddenState } = model.forward({ batch: 1, length: gap, inputIds: before });
    const last = tf.slice(lastHiddenState, [0, gap - 1, 0], [1, 1, -1]); // [1, 1, H]
    return tf.softmax(model.logits(last.reshape([1, model.config.hiddenSize]))); // [1, V]
  });
  return (await guesses(probabilities, tokenizer, options.top))[0];
}

/**
 * What ELMo's two halves think of a gap, multiplied: the forward half knows what stands before it, the
 * backward half what stands after it, and neither knows what the other knows. The product is divided
 * by how frequent the piece is (or else that would count twice): P(w | left) P(w | right) / P(w) is
 * exact where left and right are independent given w.
 *
 * @param text with one [MASK]
 * @param frequencies [V] how often each piece occurs, not 0
 */
export async function guessWithElmo(
  model: Elmo,
  tokenizer: BertTokenizer,
  text: Gapped,
  frequencies: ArrayLike<number>,
  options: { readonly top?: number } = {},
): Promise<Guess[]> {
  const inputIds = idsOf(text, tokenizer);
  const [gap] = gaps(inputIds, tokenizer);
  const probabilities = tf.tidy(() => {
    const [left, right] = model.logits({ batch: 1, length: inputIds.length, inputIds }); // [1, T, V]
    const at = (logits: tf.Tensor3D, place: number) =>
      tf.logSoftmax(
        tf.slice(logits, [0, place, 0], [1, 1, -1]).reshape([1, model.config.vocabSize]),
      );
    const prior = tf.log(tf.tensor2d(Float32Array.from(frequencies), [1, frequencies.length]));
    return tf.softmax(tf.sub(tf.add(at(left, gap - 1), at(right, gap + 1)), prior)); // [1, V]
  });
  return (await guesses(probabilities, tokenizer, options.top))[0];
}

const idsOf = (text: Gapped, tokenizer: BertTokenizer): Int32Array =>
  text instanceof Int32Array ? text : tokenizer.encode(text).inputIds;

/** Places of [MASK]. */
function gaps(ids: Int32Array, tokenizer: BertTokenizer): Int32Array {
  const places = Int32Array.from(ids.keys()).filter((t) => ids[t] === tokenizer.maskId);
  if (places.length === 0) {
    throw new Error(
      `there is no gap to fill: write ${tokenizer.vocabulary.piece(tokenizer.maskId)} where one is`,
    );
  }
  return places;
}

/** The most likely pieces of every row, special tokens left out; frees the tensor. */
async function guesses(
  probabilities: tf.Tensor,
  { vocabulary }: BertTokenizer,
  top = 5,
): Promise<Guess[][]> {
  const [rows, V] = probabilities.shape;
  const values = await probabilities.data();
  probabilities.dispose();
  const special = new Set<string>(SPECIAL_TOKENS);
  const candidates = Array.from({ length: V }, (_, id) => id)
    .filter((id) => !special.has(vocabulary.piece(id)));
  return Array.from({ length: rows }, (_, row) => {
    const p = (id: number) => values[row * V + id];
    const total = candidates.reduce((sum, id) => sum + p(id), 0);
    return candidates.toSorted((a, b) => p(b) - p(a) || a - b).slice(0, top)
      .map((id) => ({ piece: vocabulary.piece(id), id, probability: p(id) / total }));
  });
}
