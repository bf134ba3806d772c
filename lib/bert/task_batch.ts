// B batch, C choices, T places of a sequence
import type { Encoding, EncodingBatch } from "./encoding.ts";
import { type Feature, IGNORED } from "./tasks/task.ts";

/**
 * The lengths to which batches are padded. A few lengths instead of any: a device keeps its memory by
 * shape, and 400 shapes once took 1.4 GB (our choice; google-research/bert pads everything to the longest).
 */
export const BUCKET_LENGTHS: readonly number[] = [
  8,
  16,
  24,
  32,
  48,
  64,
  96,
  128,
  160,
  192,
  224,
  256,
  320,
  384,
  512,
];

/** What a model reads in one go, and what is to come out. */
export interface TaskBatch {
  /** B sequences, for a choice B * C. */
  readonly input: EncodingBatch;
  /**
   * The features' targets one after another, padded with `IGNORED` to the length of the sequences where there
   * is one for every place; absent if a feature has none.
   */
  readonly targets?: readonly number[];
}

/**
 * The length to pad to.
 *
 * @param longest pieces of the longest sequence
 * @param most of the model
 * @returns the smallest of {@linkcode BUCKET_LENGTHS} that holds `longest`, but not more than `most`
 *
 * @example
 * ```ts
 * import { bucketLength } from "./task_batch.ts";
 *
 * console.log(bucketLength(33, 512), bucketLength(33, 40)); // 48 40
 * ```
 */
export function bucketLength(longest: number, most: number): number {
  const bucket = BUCKET_LENGTHS.find((length) => length >= longest) ?? longest;
  return Math.max(longest, Math.min(bucket, most));
}

/**
 * Puts features below one another, padded to one length.
 *
 * @param features at least one
 * @param config `padTokenId` fills ids, `maxPositions` limits the length
 * @throws {Error} if there is none
 */
export function taskBatch(
  features: readonly Feature[],
  config: { readonly padTokenId: number; readonly maxPositions: number },
): TaskBatch {
  const encodings = features.flatMap(({ encodings }) => encodings);
  if (encodings.length === 0) throw new Error("a batch needs at least one feature; got none");
  const longest = Math.max(...encodings.map(({ inputIds }) => inputIds.length));
  const length = bucketLength(longest, config.maxPositions);
  const rows = (of: (encoding: Encoding) => Int32Array, fill: number) => {
    const all = new Int32Array(encodings.length * length).fill(fill);
    encodings.forEach((encoding, row) => all.set(of(encoding), row * length));
    return all; // [B, T]
  };
  const input = {
    batch: encodings.length,
    length,
    inputIds: rows(({ inputIds }) => inputIds, config.padTokenId),
    tokenTypeIds: rows(({ tokenTypeIds }) => tokenTypeIds, 0),
    attentionMask: rows(({ attentionMask }) => attentionMask, 0),
    encodings,
  };
  if (features.some(({ targets }) => targets === undefined)) return { input };
  return { input, targets: features.flatMap((feature) => paddedTargets(feature, length)) };
}

/** One target for every place is padded; those of a whole sequence, fewer than its pieces, are not. */
function paddedTargets({ targets, encodings }: Feature, length: number): readonly number[] {
  const isForEveryPlace = targets!.length === encodings[0].inputIds.length;
  if (!isForEveryPlace) return targets!;
  return [...targets!, ...Array<number>(length - targets!.length).fill(IGNORED)];
}
