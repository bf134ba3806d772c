import { fScore } from "./precision_recall.ts";

/** A name in a sentence: its words from `start` up to, but without, `end`. */
export interface Entity {
  /** What it is, for example "PER". */
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** How tags mark entities. */
export type TagScheme =
  /** B- at the first word, I- at the others. */
  | "BIO2"
  /** As BIO2, with E- at the last of several words and S- at a single one. */
  | "BIOES";

const TAG = /^([BIES])(?:-(.*))?$|^O$/;

/**
 * The entities that tags mark: O is outside; B-type begins one; I-type goes on, or begins one where nothing
 * of its type is before it (so that IOB1, IOB2 and IOBES are all read); E-type goes on and ends; S-type
 * stands alone. This lenient reading is conlleval's (CoNLL-2000, which knows no S) and seqeval's default.
 *
 * @param tags one for each word
 * @param strict the scheme that must hold: an entity that does not begin with B or S, or in BIOES does not
 *   end with E or S, is none. seqeval's `mode="strict"`. Default: lenient
 * @throws {RangeError} if a tag is of another form
 *
 * @example
 * ```ts
 * import { entitiesOf } from "./mod.ts";
 *
 * const tags = ["B-PER", "I-PER", "O", "I-LOC"];
 * console.log(entitiesOf(tags).length); // 2: PER 0-2, LOC 3-4
 * console.log(entitiesOf(tags, "BIO2")); // [{ type: "PER", start: 0, end: 2 }]
 * ```
 */
export function entitiesOf(tags: readonly string[], strict?: TagScheme): Entity[] {
  const found: Entity[] = [];
  let open: { type: string; start: number; first: string; last: string } | undefined;
  const close = (end: number) => {
    if (open === undefined) return;
    const { type, start, first, last } = open;
    const begun = first === "B" || first === "S";
    const ended = last === "E" || last === "S";
    const holds = strict === "BIO2" ? begun : strict === "BIOES" ? begun && ended : true;
    if (holds) found.push({ type, start, end });
    open = undefined;
  };
  tags.forEach((tag, i) => {
    const parts = TAG.exec(tag);
    if (parts === null) {
      throw new RangeError(
        `tag ${i} is ${JSON.stringify(tag)}; expected O, or B, I, E or S, a hyphen and a type`,
      );
    }
    const [, prefix, type = ""] = parts;
    const goesOn = open !== undefined && (prefix === "I" || prefix === "E") &&
      type === open.type && (open.last === "B" || open.last === "I");
    if (goesOn) open!.last = prefix;
    else {
      close(i);
      if (prefix !== undefined) open = { type, start: i, first: prefix, last: prefix };
    }
  });
  close(tags.length);
  return found;
}

/**
 * Tags of entities: the inverse of {@linkcode entitiesOf}.
 *
 * @param entities none of which overlap
 * @param length words of the sentence
 * @param scheme how to write them. Default "BIO2"
 *
 * @example
 * ```ts
 * import { tagsOf } from "./mod.ts";
 *
 * console.log(tagsOf([{ type: "PER", start: 1, end: 3 }], 4)); // ["O", "B-PER", "I-PER", "O"]
 * ```
 */
export function tagsOf(
  entities: readonly Entity[],
  length: number,
  scheme: TagScheme = "BIO2",
): string[] {
  const tags = new Array<string>(length).fill("O");
  for (const { type, start, end } of entities) {
    for (let i = start; i < end; i++) tags[i] = `${i === start ? "B" : "I"}-${type}`;
    if (scheme === "BIOES") tags[end - 1] = `${end - start === 1 ? "S" : "E"}-${type}`;
  }
  return tags;
}

/** Counts of entities, and what follows from them. */
export interface EntityShare {
  /** The share of predicted entities that are right; 0 if none is predicted. */
  readonly precision: number;
  /** The share of true entities that are found; 0 if there is none. */
  readonly recall: number;
  /** Their harmonic mean. */
  readonly f1: number;
  /** Entities predicted with the right words and the right type. */
  readonly correct: number;
  /** Entities predicted. */
  readonly predicted: number;
  /** Entities there are. */
  readonly total: number;
}

/** How good the entities found in some sentences are. */
export interface EntityScores extends EntityShare {
  /** The share of words with the right tag. */
  readonly accuracy: number;
  /** Words. */
  readonly words: number;
  /** The same for every type, in alphabetical order. */
  readonly types: ReadonlyMap<string, EntityShare>;
}

/**
 * Precision, recall and F1 of entities: one is right if its words and its type are (Tjong Kim Sang and De
 * Meulder 2003); counted over all sentences and types (micro average).
 *
 * This is what conlleval and what seqeval's default print. Where they differ:
 *
 * | | conlleval | seqeval | here |
 * |---|---|---|---|
 * | BIO, IOB1 | | the same | the same |
 * | an entity that breaks the scheme | counts | counts; not with `mode="strict"` | `strict` |
 * | S-; a B- after an E- of the same type | S is unknown, the entity goes on | one begins | one begins |
 * | a tag without hyphen, "PER" | no entity | an entity | an error |
 * | printed | percent, two digits | shares | shares |
 *
 * @param truth tags of the words of each sentence
 * @param predicted the same for the system's
 * @param options `strict` as in {@linkcode entitiesOf}
 * @throws {RangeError} if sentences or words are not as many, or a tag is of another form
 *
 * @example
 * ```ts
 * import { entityScores } from "./mod.ts";
 *
 * const truth = [["B-PER", "I-PER", "O", "B-LOC"]], predicted = [["B-PER", "I-PER", "O", "B-ORG"]];
 * const { precision, recall, f1, accuracy } = entityScores(truth, predicted);
 * console.log(precision, recall, f1, accuracy); // 0.5 0.5 0.5 0.75
 * ```
 */
export function entityScores(
  truth: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  options: { readonly strict?: TagScheme } = {},
): EntityScores {
  if (truth.length !== predicted.length || truth.length === 0) {
    throw new RangeError(
      `${truth.length} true and ${predicted.length} predicted sentences: there must be as many, and at ` +
        `least one`,
    );
  }
  const counts = new Map<string, { correct: number; predicted: number; total: number }>();
  const count = (type: string, what: "correct" | "predicted" | "total") => {
    const ofType = counts.get(type) ?? { correct: 0, predicted: 0, total: 0 };
    ofType[what]++;
    counts.set(type, ofType);
  };
  let words = 0, right = 0;
  truth.forEach((tags, s) => {
    if (tags.length !== predicted[s].length) {
      throw new RangeError(
        `sentence ${s} has ${tags.length} words but ${predicted[s].length} predicted tags`,
      );
    }
    words += tags.length;
    right += tags.filter((tag, i) => tag === predicted[s][i]).length;
    const key = ({ type, start, end }: Entity) => `${start} ${end} ${type}`;
    const there = entitiesOf(tags, options.strict);
    const known = new Set(there.map(key));
    for (const { type } of there) count(type, "total");
    for (const entity of entitiesOf(predicted[s], options.strict)) {
      count(entity.type, "predicted");
      if (known.has(key(entity))) count(entity.type, "correct");
    }
  });
  const all = { correct: 0, predicted: 0, total: 0 };
  for (const ofType of counts.values()) {
    for (const what of ["correct", "predicted", "total"] as const) all[what] += ofType[what];
  }
  return {
    ...share(all),
    accuracy: words === 0 ? 0 : right / words,
    words,
    types: new Map(
      [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([type, ofType]) => [type, share(ofType)]),
    ),
  };
}

function share(counts: { correct: number; predicted: number; total: number }): EntityShare {
  const precision = counts.predicted === 0 ? 0 : counts.correct / counts.predicted;
  const recall = counts.total === 0 ? 0 : counts.correct / counts.total;
  return { precision, recall, f1: fScore(precision, recall), ...counts };
}
