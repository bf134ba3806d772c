import type { Parameters } from "../nn/mod.ts";

/** How far one part of a BERT has moved. */
export interface PartChange {
  /** "embeddings", "layer 1", ..., "pooler", or the name of a head. */
  readonly part: string;
  /** |w' - w| / |w|, Euclidean norms over all weights of the part; infinite for what was 0. */
  readonly change: number;
}

/**
 * Which variables training has moved, part by part in the order of the network: in the feature-based
 * approach none of the encoder's, in fine-tuning all (Devlin 2019, Sect. 1 and 5.3).
 *
 * @param before of `rememberWeights`
 * @param parameters the same, after training
 * @returns for every part the relative change
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { bertConfig, BertModel, rememberWeights, weightChange } from "./mod.ts";
 *
 * const config = bertConfig({ vocabSize: 20, hiddenSize: 8, layers: 2, heads: 2 });
 * const { parameters } = new BertModel(config, { random: createRandom(1) });
 * const before = await rememberWeights(parameters);
 * const changes = await weightChange(before, parameters);
 * console.log(changes.map(({ part }) => part)); // [ "embeddings", "layer 1", "layer 2", "pooler" ]
 * ```
 */
export async function weightChange(
  before: ReadonlyMap<string, Float32Array>,
  parameters: Parameters,
): Promise<PartChange[]> {
  const parts = new Map<string, { moved: number; was: number }>();
  for (const [name, variable] of parameters) {
    const old = before.get(name);
    if (!old) throw new Error(`"${name}" was not among the weights that were remembered`);
    const now = await variable.data();
    const part = partOf(name);
    const sums = parts.get(part) ?? { moved: 0, was: 0 };
    for (let i = 0; i < old.length; i++) {
      sums.moved += (now[i] - old[i]) ** 2;
      sums.was += old[i] ** 2;
    }
    parts.set(part, sums);
  }
  return [...parts].map(([part, { moved, was }]) => ({
    part,
    change: moved === 0 ? 0 : Math.sqrt(moved / was),
  }));
}

function partOf(name: string): string {
  const inner = name.replace(/^bert\./, "");
  const layer = /^encoder\.layer\.(\d+)\./.exec(inner);
  return layer ? `layer ${Number(layer[1]) + 1}` : inner.split(".")[0];
}
