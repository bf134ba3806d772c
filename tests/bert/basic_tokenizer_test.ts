import { assertEquals } from "@std/assert";
import { basicTokenize, clean, GOOGLE_CHARACTERS } from "../../lib/bert/mod.ts";

// The expected values are those of tokenization_test.py in google-research/bert.

Deno.test("ideographs become words of their own", () => {
  assertEquals(basicTokenize("ah\u535A\u63A8zz"), ["ah", "\u535A", "\u63A8", "zz"]);
});

Deno.test("uncased: lower case, no accents, punctuation split off", () => {
  assertEquals(basicTokenize(" \tHeLLo!how  \n Are yoU?  "), [
    "hello",
    "!",
    "how",
    "are",
    "you",
    "?",
  ]);
  assertEquals(basicTokenize("H\u00E9llo"), ["hello"]);
});

Deno.test("cased: capitals and accents stay", () => {
  assertEquals(basicTokenize(" \tHeLLo!how  \n Are yoU?  ", { lowercase: false }), [
    "HeLLo",
    "!",
    "how",
    "Are",
    "yoU",
    "?",
  ]);
  assertEquals(basicTokenize("H\u00E9llo", { lowercase: false }), ["H\u00E9llo"]);
});

Deno.test("white space, control characters and punctuation are told apart as in BERT's code", () => {
  const { isSpace, isDropped, isPunctuation } = GOOGLE_CHARACTERS;
  const all = (text: string, is: (c: number) => boolean) =>
    [...text].map((c) => is(c.codePointAt(0)!));
  assertEquals(all(" \t\r\n\u00A0A-", isSpace), [true, true, true, true, true, false, false]);
  assertEquals(all("\u0005A \t\r\u{1F4A9}", isDropped), [true, false, false, false, false, false]);
  assertEquals(all("-$`.A ", isPunctuation), [true, true, true, true, false, false]);
});

Deno.test("a lone surrogate is dropped, a pair is one character", () => {
  assertEquals(clean("a\ud83db \u{1F642}\u0000"), "ab \u{1F642}");
});
