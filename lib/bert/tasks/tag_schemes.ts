import { entitiesOf, type Entity, type TagScheme, tagsOf } from "../../metrics/mod.ts";

/**
 * Tags in another scheme: the entities stay the same, IOB1, IOB2 and IOBES are all understood.
 *
 * @param tags of the words of a sentence
 * @param scheme the one that is wanted
 * @throws {RangeError} if a tag is of none of these forms
 *
 * @example
 * ```ts
 * import { convertTags } from "./mod.ts";
 *
 * console.log(convertTags(["I-PER", "I-PER", "O"], "BIO2")); // ["B-PER", "I-PER", "O"]
 * console.log(convertTags(["I-PER", "I-PER", "O"], "BIOES")); // ["B-PER", "E-PER", "O"]
 * ```
 */
export function convertTags(tags: readonly string[], scheme: TagScheme | "BIO1"): string[] {
  const entities = entitiesOf(tags);
  if (scheme !== "BIO1") return tagsOf(entities, tags.length, scheme);
  // As CoNLL-2003's files: B only where an entity follows one of its own type directly.
  const touches = ({ type, start }: Entity) =>
    entities.some((before) => before.end === start && before.type === type);
  const written = tagsOf(entities, tags.length);
  for (const entity of entities) {
    if (!touches(entity)) written[entity.start] = `I-${entity.type}`;
  }
  return written;
}
