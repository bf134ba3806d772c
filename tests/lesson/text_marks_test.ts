import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { kindOf, taggedWords, weighedPieces } from "../../lib/lesson/mod.ts";

Deno.test("a tag's kind is what stands behind its place in the name", () => {
  assertEquals(["B-PER", "I-LOC", "O", "NOUN"].map(kindOf), ["PER", "LOC", "O", "NOUN"]);
});

Deno.test("tags stand below their words, with the truth beside a wrong one", () => {
  const html = taggedWords(["Mara", "ran"], ["B-PER", "O"], ["PER", "LOC"], ["B-PER", "B-LOC"])
    .render().data["text/html"] as string;
  assertStringIncludes(html, "B-PER");
  assertStringIncludes(html, "O (B-LOC)");
  assert(!html.includes("B-PER (B-PER)"));
});

Deno.test("only pieces with a share worth seeing say so", () => {
  const html = weighedPieces(["a", "b", "c"], [0.9, 0.1, 0], 0, "starts").render()
    .data["text/html"] as string;
  assertStringIncludes(html, "90 %");
  assertStringIncludes(html, "10 %");
  assert(!html.includes(" 0 %"));
});

Deno.test("kinds that are not listed stay gray, and the legend can be left out", () => {
  const shown = (tag: string, options = {}) =>
    taggedWords(["run"], [tag], ["NOUN", "VERB"], undefined, options).render()
      .data["text/html"] as string;
  const color = (html: string) => html.match(/solid (#\w+|\w+)/)![1];
  assert(color(shown("NOUN")) !== color(shown("VERB")));
  assertEquals(color(shown("ADJ")), color(shown("O")));
  assertStringIncludes(shown("ADJ"), "ADJ");
  assertStringIncludes(shown("O"), "NOUN");
  assert(!shown("O", { legend: false }).includes("NOUN"));
});
