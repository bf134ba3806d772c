// T places of a sequence, R of them for pieces
import type { BertTokenizer } from "../tokenizer.ts";
import { type Feature, type FeatureOptions, IGNORED, type TaggingExample } from "./task.ts";

/** A sequence in which words of one sentence are to be tagged. */
export interface TaggingFeature extends Feature {
  /** [T] at a word's first piece the number of the word, -1 where nothing is to be said. */
  readonly words: Int32Array;
}

/**
 * [CLS] sentence [SEP], with a tag asked for at the first piece of every word (Devlin 2019, Sect. 5.3).
 *
 * A sentence that does not fit is cut into windows of R = maxLength - 2 pieces, each half a window after
 * the one before; every word is tagged where most stands around it. With `documentContext` what is free of
 * a sequence is filled with what stands before and after the sentence in its document, half on each side
 * as far as there is some. (Our choice: the paper says "the maximal document context provided by the
 * data" and no more.)
 *
 * @param name of the task, for errors
 * @param labels the tags, in the order of the logits
 * @param examples sentences; those of one document in its order
 * @param tokenizer of the model
 * @throws {RangeError} if a tag is unknown, or there are not as many tags as words
 */
export function taggingFeatures(
  name: string,
  labels: readonly string[],
  examples: readonly TaggingExample[],
  tokenizer: BertTokenizer,
  options: FeatureOptions = {},
): TaggingFeature[] {
  const { maxLength = 128, documentContext = false } = options;
  const R = maxLength - 2;
  if (R < 1) throw new RangeError(`${name}: maxLength ${maxLength} leaves no place for a word`);
  const numbers = new Map(labels.map((label, k) => [label, k]));
  const sentences = examples.map(({ words }) =>
    tokenizer.encode(words, undefined, { addSpecialTokens: false })
  );
  return examples.flatMap((example, number) => {
    const { id, words, tags } = example;
    if (tags && tags.length !== words.length) {
      throw new RangeError(
        `${name}: sentence ${id} has ${words.length} words and ${tags.length} tags`,
      );
    }
    const tagNumbers = tags?.map((tag) => {
      const found = numbers.get(tag);
      if (found !== undefined) return found;
      throw new RangeError(
        `${name}: sentence ${id} has the tag ${JSON.stringify(tag)}; expected one of ${
          labels.join(", ")
        }`,
      );
    });
    const own = sentences[number];
    const length = own.inputIds.length;
    const firsts = own.wordIds.map((word, i) => word !== own.wordIds[i - 1] ? word! : -1);

    return windows(length, R).map(([from, to, ownFrom, ownTo]): TaggingFeature => {
      const free = R - (to - from);
      const [before, after] = documentContext && length <= R
        ? context(examples, sentences.map(({ inputIds }) => inputIds), number, free)
        : [[], []];
      const ids = Int32Array.from([
        tokenizer.clsId,
        ...before,
        ...own.inputIds.subarray(from, to),
        ...after,
        tokenizer.sepId,
      ]);
      const T = ids.length, at = 1 + before.length; // place of the sentence's first piece here
      const asked = new Int32Array(T).fill(-1);
      for (let piece = ownFrom; piece < ownTo; piece++) asked[at + piece - from] = firsts[piece];
      return {
        example: number,
        encodings: [{
          inputIds: ids,
          tokenTypeIds: new Int32Array(T),
          attentionMask: new Int32Array(T).fill(1),
          offsets: Array.from(ids, (_, t) => own.offsets[from + t - at] ?? [0, 0]),
          wordIds: Array.from(ids, (_, t) => own.wordIds[from + t - at] ?? null),
        }],
        words: asked,
        ...(tagNumbers
          ? { targets: Array.from(asked, (word) => word < 0 ? IGNORED : tagNumbers[word]) }
          : {}),
      };
    });
  });
}

type Window = readonly [from: number, to: number, ownFrom: number, ownTo: number];

/** Windows [from, to) over a sentence's pieces, and the part of each that is tagged there. */
function windows(length: number, R: number): Window[] {
  if (length <= R) return [[0, length, 0, length]];
  const stride = Math.max(1, Math.floor(R / 2));
  const found: [number, number, number, number][] = [];
  for (let from = 0;; from += stride) {
    const to = Math.min(from + R, length);
    // What two windows share is divided in its middle.
    const last = found[found.length - 1];
    const middle = last ? Math.ceil((from + last[1]) / 2) : 0;
    if (last) last[3] = middle;
    found.push([from, to, middle, to]);
    if (to === length) return found;
  }
}

/** The pieces before and after a sentence in its document, `free` in all where there are as many. */
function context(
  examples: readonly TaggingExample[],
  pieces: readonly Int32Array[],
  number: number,
  free: number,
): [number[], number[]] {
  const { document } = examples[number];
  const collect = (step: 1 | -1): number[] => {
    const found: number[] = []; // in the order of the distance from the sentence
    for (let i = number + step; found.length < free; i += step) {
      if (document === undefined || examples[i]?.document !== document) break;
      found.push(...(step === 1 ? pieces[i] : pieces[i].toReversed()));
    }
    return found.slice(0, free);
  };
  const before = collect(-1), after = collect(1);
  const toLeft = Math.min(before.length, Math.max(Math.ceil(free / 2), free - after.length));
  return [before.slice(0, toLeft).reverse(), after.slice(0, free - toLeft)];
}
