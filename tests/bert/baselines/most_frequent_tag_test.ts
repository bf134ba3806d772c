import { assertEquals, assertThrows } from "@std/assert";
import { mostFrequentTag } from "../../../lib/bert/mod.ts";

const example = (text: string) => {
  const pairs = text.split(" ").map((pair) => pair.split("/"));
  return { id: "0", words: pairs.map(([word]) => word), tags: pairs.map(([, tag]) => tag) };
};

Deno.test("a word gets the tag that it had most often, an unknown one the most frequent of all", () => {
  const tag = mostFrequentTag([
    example("they/PRON book/VERB a/DET room/NOUN"),
    example("the/DET book/NOUN"),
    example("a/DET good/ADJ book/NOUN"),
  ]);
  assertEquals(tag(["they", "book", "rooms"]), ["PRON", "NOUN", "DET"]);
});

Deno.test("examples without tags leave nothing to remember", () => {
  assertThrows(
    () => mostFrequentTag([{ id: "0", words: ["a"] }]),
    RangeError,
    "no example has tags",
  );
});
