import type { TaggingExample } from "../tasks/task.ts";

/**
 * A tagger that only remembers: every word gets the tag that it had most often in the training examples,
 * whatever stands around it. The least that a model which reads the sentence has to beat (the shared task of
 * CoNLL-2003 has a baseline of this kind).
 *
 * @param examples with tags
 * @returns tags for a sentence's words; unknown words get the most frequent tag of all
 * @throws {RangeError} if no word has a tag
 *
 * @example
 * ```ts
 * import { mostFrequentTag } from "./most_frequent_tag.ts";
 *
 * const tag = mostFrequentTag([{ id: "0", words: ["Anna", "sleeps", "well"], tags: ["B-PER", "O", "O"] }]);
 * console.log(tag(["Anna", "reads"])); // ["B-PER", "O"]
 * ```
 */
export function mostFrequentTag(
  examples: readonly TaggingExample[],
): (words: readonly string[]) => string[] {
  const all = new Map<string, number>();
  const ofWord = new Map<string, Map<string, number>>();
  const count = (counts: Map<string, number>, tag: string) =>
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  for (const { words, tags } of examples) {
    tags?.forEach((tag, i) => {
      count(all, tag);
      if (!ofWord.has(words[i])) ofWord.set(words[i], new Map());
      count(ofWord.get(words[i])!, tag);
    });
  }
  if (all.size === 0) throw new RangeError("no example has tags; there is nothing to remember");
  const most = (counts: Map<string, number>) =>
    [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best)[0];
  const otherwise = most(all);
  const remembered = new Map([...ofWord].map(([word, counts]) => [word, most(counts)]));
  return (words) => words.map((word) => remembered.get(word) ?? otherwise);
}
