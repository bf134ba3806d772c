// T places of a sequence, S size of a vector
import { tf } from "../backend/mod.ts";
import type { BertInput } from "./input.ts";

/**
 * Which place can know of which: found by trying, not by looking at masks. Every piece in turn is
 * replaced by another, and whatever vector changes has seen it.
 *
 * @param encode the model: input of batch 1 -> [1, T, S], one vector per place
 * @param ids the sequence, T pieces
 * @param replacement the piece that is put in; where it stands already, `replacement + 1`
 * @returns [T, T] row-major: how far the vector of the row moves (Euclidean distance) when the piece of the
 *   column is replaced; exactly 0 where the row cannot see the column
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { bertConfig, Gpt, influence } from "./mod.ts";
 *
 * const config = bertConfig({ vocabSize: 20, hiddenSize: 16, layers: 2, heads: 2 });
 * const gpt = new Gpt(config, { random: createRandom(1) });
 * const sees = await influence((input) => gpt.forward(input).lastHiddenState, [5, 6], 9);
 * console.log([...sees].map((d) => d > 0)); // [ true, false, true, true ]: the first cannot see the second
 * gpt.dispose();
 * ```
 */
export async function influence(
  encode: (input: BertInput) => tf.Tensor3D,
  ids: readonly number[],
  replacement: number,
): Promise<Float32Array> {
  const T = ids.length;
  const read = async (inputIds: Int32Array): Promise<Float32Array> => {
    const vectors = tf.tidy(() => encode({ batch: 1, length: T, inputIds })); // [1, T, S]
    const values = await vectors.data() as Float32Array;
    vectors.dispose();
    return values;
  };
  // One sequence at a time: in one batch the same vector may be rounded differently from row to row, because matrix
  // libraries treat the last few rows in another order, and 0 would not be 0.
  const original = await read(Int32Array.from(ids));
  const values = new Float32Array(T * T);
  for (let column = 0; column < T; column++) {
    const other = ids[column] === replacement ? replacement + 1 : replacement;
    const changed = await read(Int32Array.from(ids).with(column, other));
    const S = changed.length / T;
    for (let row = 0; row < T; row++) {
      let squares = 0;
      for (let k = row * S; k < (row + 1) * S; k++) squares += (changed[k] - original[k]) ** 2;
      values[row * T + column] = Math.sqrt(squares);
    }
  }
  return values;
}
