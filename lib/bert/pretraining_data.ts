import { watchInterrupt } from "../io/mod.ts";
import type { Random } from "../random/mod.ts";
import type { BertTokenizer } from "./tokenizer.ts";

/** How pre-training examples are made; the defaults are those of google-research/bert. */
export interface PretrainingDataOptions {
  /** T, pieces of an example, special tokens included. Default 128. */
  readonly maxLength?: number;
  /** P, at most so many pieces of an example are predicted. Default 20. */
  readonly maxPredictions?: number;
  /** The share of pieces that are predicted. Default 0.15. */
  readonly maskedShare?: number;
  /**
   * What becomes of a chosen piece: [MASK], itself, or a piece drawn at random; the shares add up to 1.
   * Default 0.8, 0.1, 0.1 (Devlin 2019, Sect. 3.1; other mixtures in Table 8).
   */
  readonly mixture?: { readonly mask: number; readonly keep: number; readonly random: number };
  /** Choose whole words, not single pieces. Default false. */
  readonly wholeWord?: boolean;
  /** How often a document's examples are meant to be short. Default 0.1. */
  readonly shortShare?: number;
  /** How many times to go through the corpus, masking anew each time ("dupe factor"). Default 10. */
  readonly duplicates?: number;
}

/** One example: [CLS] A [SEP] B [SEP] with some pieces hidden. */
export interface PretrainingExample {
  /** [t] ids, hidden pieces replaced; t <= T. */
  readonly inputIds: Int32Array;
  /** [t] 0 for [CLS] A [SEP], 1 for B [SEP]. */
  readonly tokenTypeIds: Int32Array;
  /** [p] places to predict, ascending; p <= P. */
  readonly maskedPositions: Int32Array;
  /** [p] the ids that stood there. */
  readonly maskedLabels: Int32Array;
  /** Whether B is from elsewhere: label 1 of the next-sentence prediction; label 0 = B follows A. */
  readonly isRandomNext: boolean;
}

/** A document as ids: a list of sentences. */
export type DocumentIds = readonly (readonly number[])[];

/**
 * Splits text into documents: one sentence a line, an empty line between documents.
 *
 * @example
 * ```ts
 * import { splitDocuments } from "./mod.ts";
 *
 * console.log(splitDocuments("One.\nTwo.\n\nThree.\n")); // [ [ "One.", "Two." ], [ "Three." ] ]
 * ```
 */
export function splitDocuments(text: string): string[][] {
  const documents: string[][] = [[]];
  for (const line of text.split("\n")) {
    const sentence = line.trim();
    if (sentence === "") documents.push([]);
    else documents.at(-1)!.push(sentence);
  }
  return documents.filter((document) => document.length > 0);
}

/** Documents of sentences to documents of ids; sentences and documents without a piece are left out. */
export function tokenizeDocuments(
  documents: Iterable<readonly string[]>,
  tokenizer: BertTokenizer,
): DocumentIds[] {
  const ids = (sentence: string) =>
    Array.from(tokenizer.encode(sentence, undefined, { addSpecialTokens: false }).inputIds);
  const interrupt = watchInterrupt();
  return [...documents]
    .map((document, d) => {
      interrupt.throwIfRequested(() => `tokenizing was stopped at document ${d}`);
      return document.map(ids).filter((sentence) => sentence.length > 0);
    })
    .filter((document) => document.length > 0);
}

/**
 * The examples of a corpus, shuffled: `create_training_instances` of google-research/bert
 * (`create_pretraining_data.py`; Devlin 2019, Sect. 3.1 and A.1, A.2), drawing in the same order, so
 * that the same stream of random numbers gives the same examples.
 *
 * @param documents {@linkcode tokenizeDocuments}; not changed
 * @param random decides everything
 * @throws {Error} if there is no document, or an option is out of range
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { BertTokenizer, createPretrainingExamples, SPECIAL_TOKENS, tokenizeDocuments, Vocabulary } from "./mod.ts";
 *
 * const words = ["cats", "purr", "dogs", "bark", "rain", "falls"];
 * const tokenizer = new BertTokenizer(new Vocabulary([...SPECIAL_TOKENS, ...words]));
 * const documents = tokenizeDocuments([["cats purr", "dogs bark"], ["rain falls", "cats purr"]], tokenizer);
 * const examples = createPretrainingExamples(documents, tokenizer, createRandom(1), { duplicates: 2 });
 * console.log(examples.length >= 4, tokenizer.pieces(examples[0].inputIds)[0]); // true [CLS]
 * ```
 */
export function createPretrainingExamples(
  documents: readonly DocumentIds[],
  tokenizer: BertTokenizer,
  random: Random,
  options: PretrainingDataOptions = {},
): PretrainingExample[] {
  const { duplicates = 10 } = options;
  requireOptions(options);
  if (documents.length === 0) {
    throw new Error("there is no document to make examples of: is the corpus empty?");
  }
  const shuffled = random.shuffle([...documents]);
  const examples: PretrainingExample[] = [];
  for (let pass = 0; pass < duplicates; pass++) {
    for (let index = 0; index < shuffled.length; index++) {
      examples.push(...examplesOfDocument(shuffled, index, tokenizer, random, options));
    }
  }
  return random.shuffle(examples);
}

/** `create_instances_from_document`. */
function* examplesOfDocument(
  documents: readonly DocumentIds[],
  index: number,
  tokenizer: BertTokenizer,
  random: Random,
  options: PretrainingDataOptions,
): Generator<PretrainingExample> {
  const { maxLength = 128, shortShare = 0.1 } = options;
  const document = documents[index];
  const room = maxLength - 3; // [CLS], [SEP], [SEP]
  // Mostly as long as there is room; sometimes shorter, because fine-tuning will see short texts.
  const target = random.uniform() < shortShare ? random.int(2, room + 1) : room;
  let chunk: (readonly number[])[] = [];
  let chunkLength = 0;
  for (let i = 0; i < document.length; i++) {
    chunk.push(document[i]);
    chunkLength += document[i].length;
    if (i < document.length - 1 && chunkLength < target) continue;

    const aEnd = chunk.length >= 2 ? random.int(1, chunk.length) : 1;
    const a = chunk.slice(0, aEnd).flat();
    let b: number[] = [];
    const isRandomNext = chunk.length === 1 || random.uniform() < 0.5;
    if (isRandomNext) {
      let other = index;
      for (let tries = 0; tries < 10 && other === index; tries++) {
        other = random.int(documents.length);
      }
      const from = documents[other];
      for (let j = random.int(from.length); j < from.length; j++) {
        b.push(...from[j]);
        if (b.length >= target - a.length) break;
      }
      i -= chunk.length - aEnd; // the sentences of the chunk that are not used are put back
    } else {
      b = chunk.slice(aEnd).flat();
    }
    truncatePair(a, b, room, random);
    const ids = [tokenizer.clsId, ...a, tokenizer.sepId, ...b, tokenizer.sepId];
    yield {
      ...maskPieces(ids, tokenizer, random, options),
      tokenTypeIds: new Int32Array(ids.length).fill(1, a.length + 2),
      isRandomNext,
    };
    chunk = [];
    chunkLength = 0;
  }
}

/** `truncate_seq_pair`: shortens the longer one (B if equal) at a random end, piece by piece, in place. */
function truncatePair(a: number[], b: number[], room: number, random: Random) {
  while (a.length + b.length > room) {
    const longer = a.length > b.length ? a : b;
    if (random.uniform() < 0.5) longer.shift();
    else longer.pop();
  }
}

/**
 * Hides pieces for the masked language model (Devlin 2019, Sect. 3.1, Task 1;
 * `create_masked_lm_predictions`): 15 % of the places are chosen; of these 80 % become [MASK], 10 % stay
 * and 10 % become any piece of the vocabulary, special ones included.
 *
 * @param ids [CLS] and [SEP] are never chosen; not changed
 * @param random decides which and how
 */
export function maskPieces(
  ids: ArrayLike<number>,
  tokenizer: BertTokenizer,
  random: Random,
  options: PretrainingDataOptions = {},
): Pick<PretrainingExample, "inputIds" | "maskedPositions" | "maskedLabels"> {
  const { maxPredictions = 20, maskedShare = 0.15, wholeWord = false } = options;
  const { mixture = { mask: 0.8, keep: 0.1, random: 0.1 } } = options;
  const keepElse = mixture.keep / (mixture.keep + mixture.random); // given that it is not [MASK]
  const { vocabulary } = tokenizer;
  const candidates: number[][] = [];
  for (let place = 0; place < ids.length; place++) {
    if (ids[place] === tokenizer.clsId || ids[place] === tokenizer.sepId) continue;
    const continues = wholeWord && candidates.length > 0 &&
      vocabulary.piece(ids[place]).startsWith("##");
    if (continues) candidates.at(-1)!.push(place);
    else candidates.push([place]);
  }
  random.shuffle(candidates);
  const count = Math.min(maxPredictions, Math.max(1, roundHalfToEven(ids.length * maskedShare)));

  const inputIds = Int32Array.from(ids);
  const chosen: number[] = [];
  for (const places of candidates) {
    if (chosen.length >= count) break;
    if (chosen.length + places.length > count) continue; // the whole word would be too much
    for (const place of places) {
      if (random.uniform() < mixture.mask) inputIds[place] = tokenizer.maskId;
      else if (random.uniform() >= keepElse) inputIds[place] = random.int(vocabulary.size);
      chosen.push(place);
    }
  }
  const maskedPositions = Int32Array.from(chosen).sort();
  return { inputIds, maskedPositions, maskedLabels: maskedPositions.map((place) => ids[place]) };
}

/** Python 3's `round`: 2.5 -> 2, 3.5 -> 4. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** B examples, padded to one size: what the model and the loss of pre-training read. */
export type PretrainingBatch = {
  /** B. */
  readonly batch: number;
  /** T. */
  readonly length: number;
  /** [B, T] ids, 0 = [PAD] after the end. */
  readonly inputIds: Int32Array;
  /** [B, T]. */
  readonly tokenTypeIds: Int32Array;
  /** [B, T] 1 for a piece, 0 for padding. */
  readonly attentionMask: Int32Array;
  /** [B, P] places to predict, 0 after the last. */
  readonly maskedPositions: Int32Array;
  /** [B, P] the ids that stood there, -100 after the last: these do not count. */
  readonly maskedLabels: Int32Array;
  /** [B] 0 = B follows A, 1 = B is from elsewhere. */
  readonly nextSentenceLabels: Int32Array;
};

/**
 * Pads examples and puts them below one another. Every batch has the same shape, whatever it holds.
 *
 * @param padId id of [PAD]. Default 0.
 */
export function stackExamples(
  examples: readonly PretrainingExample[],
  options: Pick<PretrainingDataOptions, "maxLength" | "maxPredictions"> & { padId?: number } = {},
): PretrainingBatch {
  const { maxLength: T = 128, maxPredictions: P = 20, padId = 0 } = options;
  const B = examples.length;
  const batch = {
    batch: B,
    length: T,
    inputIds: new Int32Array(B * T).fill(padId),
    tokenTypeIds: new Int32Array(B * T),
    attentionMask: new Int32Array(B * T),
    maskedPositions: new Int32Array(B * P),
    maskedLabels: new Int32Array(B * P).fill(-100),
    nextSentenceLabels: Int32Array.from(examples, ({ isRandomNext }) => isRandomNext ? 1 : 0),
  };
  examples.forEach((example, row) => {
    if (example.inputIds.length > T || example.maskedPositions.length > P) {
      throw new RangeError(
        `example ${row} has ${example.inputIds.length} pieces and ${example.maskedPositions.length} ` +
          `hidden ones, the batch has room for ${T} and ${P}: use the sizes it was made with`,
      );
    }
    batch.inputIds.set(example.inputIds, row * T);
    batch.tokenTypeIds.set(example.tokenTypeIds, row * T);
    batch.attentionMask.fill(1, row * T, row * T + example.inputIds.length);
    batch.maskedPositions.set(example.maskedPositions, row * P);
    batch.maskedLabels.set(example.maskedLabels, row * P);
  });
  return batch;
}

/**
 * Which examples a step uses: every epoch goes through all of them once in an order of its own. A
 * function of the step alone, so that a resumed run sees what it would have seen.
 *
 * @param count number of examples
 * @param size of a batch; the last batch of an epoch is completed from the next one
 * @param step from 0
 * @param random only its state at the call counts; it is not advanced
 * @returns `size` numbers in 0..count-1
 */
export function examplesOfStep(
  count: number,
  size: number,
  step: number,
  random: Random,
): number[] {
  const orders = new Map<number, Int32Array>();
  const order = (epoch: number) => {
    if (!orders.has(epoch)) {
      const numbers = Int32Array.from({ length: count }, (_, i) => i);
      orders.set(epoch, random.fork(`epoch ${epoch}`).shuffle(numbers));
    }
    return orders.get(epoch)!;
  };
  return Array.from({ length: size }, (_, i) => {
    const position = step * size + i;
    return order(Math.floor(position / count))[position % count];
  });
}

function requireOptions(options: PretrainingDataOptions) {
  const { maxLength = 128, maxPredictions = 20, maskedShare = 0.15, mixture } = options;
  if (!(Number.isSafeInteger(maxLength) && maxLength >= 5)) {
    throw new RangeError(
      `maxLength is ${maxLength}, expected a whole number of at least 5: [CLS] a [SEP] b [SEP]`,
    );
  }
  if (!(Number.isSafeInteger(maxPredictions) && maxPredictions >= 1)) {
    throw new RangeError(`maxPredictions is ${maxPredictions}, expected a whole number above 0`);
  }
  if (!(maskedShare > 0 && maskedShare < 1)) {
    throw new RangeError(`maskedShare is ${maskedShare}, expected a number between 0 and 1`);
  }
  const sum = mixture ? mixture.mask + mixture.keep + mixture.random : 1;
  if (Math.abs(sum - 1) > 1e-9) {
    throw new RangeError(`the shares of mixture add up to ${sum}, not 1`);
  }
}
