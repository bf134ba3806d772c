// T places of a sequence, S size of a vector
import { tf } from "../backend/mod.ts";
import type { BertInput } from "./input.ts";

/**
 * Which place can know of which: found by trying, not by looking at masks. Every piece in turn is
 * replaced by another, and whatever vector changes has seen it.
 *
 * @param encode the model: input of batch B -> [B, T, S], one vector per place
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
  // Row 0: the sequence itself; row j + 1: with piece j replaced.
  const inputIds = new Int32Array((T + 1) * T);
  for (let row = 0; row <= T; row++) inputIds.set(ids, row * T);
  for (let j = 0; j < T; j++) {
    inputIds[(j + 1) * T + j] = ids[j] === replacement ? replacement + 1 : replacement;
  }
  const moved = tf.tidy(() => {
    const vectors = encode({ batch: T + 1, length: T, inputIds }); // [T + 1, T, S]
    const original = tf.slice(vectors, [0, 0, 0], [1, -1, -1]); // [1, T, S]
    const others = tf.slice(vectors, [1, 0, 0], [T, -1, -1]); // [T, T, S]: replaced, place
    return tf.transpose(tf.norm(tf.sub(others, original), 2, -1), [1, 0]); // [T, T]: place, replaced
  });
  const values = Float32Array.from(await moved.data());
  moved.dispose();
  return values;
}
