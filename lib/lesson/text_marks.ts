import { type Chip, chips, type Markup } from "../plot/mod.ts";

/**
 * Words with their tags as coloured chips: every kind of entity, or part of speech, has a colour of its own.
 * Words of other kinds, "O" among them, stay gray.
 *
 * @param words of a sentence
 * @param tags one for each, "B-PER" and "I-PER" having the same colour
 * @param kinds all kinds in order, which decides the colours
 * @param truth what is right, if it is known: written below where it differs
 * @param options `legend`: whether the colours are explained below the row. Default true
 *
 * @example
 * ```ts
 * import { taggedWords } from "./text_marks.ts";
 *
 * const { data } = taggedWords(["Mara", "runs"], ["B-PER", "O"], ["PER"]).render();
 * console.log(`${data["text/html"]}`.includes("Mara")); // true
 * ```
 */
export function taggedWords(
  words: readonly string[],
  tags: readonly string[],
  kinds: readonly string[],
  truth?: readonly string[],
  { legend = true }: { readonly legend?: boolean } = {},
): Markup {
  const row = words.map((text, i): Chip => {
    const kind = kindOf(tags[i]);
    const isWrong = truth !== undefined && truth[i] !== tags[i];
    const shown = kind === "O" ? "" : tags[i];
    return {
      text,
      below: isWrong ? `${shown || "O"} (${truth[i]})` : shown || undefined,
      group: kinds.includes(kind) ? kinds.indexOf(kind) : undefined,
    };
  });
  return chips(row, legend ? { legend: kinds } : {});
}

/** The kind in a tag: "PER" of "B-PER", "NOUN" of "NOUN". */
export function kindOf(tag: string): string {
  return tag.replace(/^[BIES]-/, "");
}

/**
 * Pieces of a text coloured by how strongly something is said of each: an answer's start, its end.
 *
 * @param pieces of a tokenizer
 * @param shares one in [0, 1] for each
 * @param group which colour
 * @param label before the row
 */
export function weighedPieces(
  pieces: readonly string[],
  shares: ArrayLike<number>,
  group: number,
  label: string,
): Markup {
  const most = Math.max(...Array.from(shares), 1e-9);
  const row = pieces.map((text, t): Chip => {
    const share = shares[t];
    return {
      text,
      group: share > 0.005 * most ? group : undefined,
      strength: share > 0.005 * most ? Math.max(0.08, share / most) : 0.2,
      below: share >= 0.05 ? `${Math.round(100 * share)} %` : undefined,
    };
  });
  return chips(row, { label });
}
