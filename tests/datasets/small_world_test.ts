import { assert, assertEquals, assertThrows } from "@std/assert";
import { createSmallWorld } from "../../lib/datasets/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const world = createSmallWorld(createRandom(1));
const documents = world.documents(600, createRandom(2));
const person = new Map(world.people.map((p) => [p.name, p]));
const town = new Map(world.towns.map((t) => [t.name, t]));
const sentences = documents.flat();
/** Every match of a pattern in every sentence. */
const all = (pattern: RegExp) => sentences.flatMap((sentence) => [...sentence.matchAll(pattern)]);

Deno.test("the same seeds give the same world and the same texts, others do not", () => {
  const again = createSmallWorld(createRandom(1));
  assertEquals(again.documents(600, createRandom(2)), documents);
  assertEquals(again.passages(20, createRandom(3)), world.passages(20, createRandom(3)));
  assert(createSmallWorld(createRandom(5)).people[0].name !== world.people[0].name);
  assert(world.documents(1, createRandom(3))[0].join() !== documents[0].join());
});

Deno.test("names are unique, friendship is mutual and everybody lives in a town of the world", () => {
  assertEquals(person.size, world.people.length);
  assertEquals(town.size, world.towns.length);
  for (const p of world.people) {
    assertEquals(p.friend!.friend, p);
    assert(p.friend !== p);
    assert(world.towns.includes(p.home));
  }
});

Deno.test("what the documents say of jobs, homes, pets and friends is so in the world", () => {
  const NAME = "([A-Z][a-z]+ [A-Z][a-z]+)";
  const checks: [RegExp, (p: NonNullable<ReturnType<typeof person.get>>) => string][] = [
    [
      new RegExp(`${NAME} (?:works as|is|has been) an? ([a-z]+)(?: for many years)?\\.`, "g"),
      (p) => p.job,
    ],
    [
      new RegExp(`${NAME} (?:lives|has a house|has always lived) in ([A-Za-z]+)\\.`, "g"),
      (p) => p.home.name,
    ],
    [
      new RegExp(`${NAME} (?:has|keeps) an? [a-z]+ (?:called|whose name is) ([A-Za-z]+)\\.`, "g"),
      (p) => p.pet.name,
    ],
    [new RegExp(`${NAME} has a good friend, ([A-Za-z ]+)\\.`, "g"), (p) => p.friend!.name],
    [new RegExp(`${NAME} likes nothing more than ([a-z ]+)\\.`, "g"), (p) => p.food],
  ];
  for (const [pattern, truth] of checks) {
    const found = all(pattern);
    assert(found.length > 5, `${pattern}`);
    for (const [sentence, name, said] of found) {
      assert(person.has(name), sentence);
      assertEquals(said, truth(person.get(name)!), sentence);
    }
  }
  for (const [, name, river] of all(/([A-Z][a-z]+) lies on the river ([A-Z][a-z]+)\./g)) {
    if (name !== "It") assertEquals(river, town.get(name)!.river);
  }
});

Deno.test("a pronoun at the beginning of a portrait's sentence fits the person named before it", () => {
  let checked = 0;
  for (const document of documents) {
    const name = document[0].match(/^[A-Z][a-z]+ [A-Z][a-z]+/)?.[0];
    const second = document[1].match(/^(She|He) /)?.[1];
    if (!name || !second || !person.has(name) || document[0].includes(" and ")) continue;
    assertEquals(second.toLowerCase(), person.get(name)!.pronoun, document[0] + " " + document[1]);
    checked++;
  }
  assert(checked > 20, `${checked}`);
});

Deno.test("at the market what was bought and what was left add up to what was there", () => {
  const numbers = "no one two three four five six seven eight nine ten eleven twelve".split(" ");
  let checked = 0;
  for (const document of documents) {
    const text = document.join(" ");
    const had = text.match(/had (\w+) \w+ to sell/)?.[1];
    if (!had) continue;
    const bought = text.match(/bought (\w+) \w+ and paid at once/)![1];
    const left = text.match(/\. (\w+) \w+ (?:was|were) left/)![1].toLowerCase();
    assertEquals(numbers.indexOf(bought) + numbers.indexOf(left), numbers.indexOf(had), text);
    checked++;
  }
  assert(checked > 50);
});

Deno.test("documents are English in the small: articles, capitals, full stops, one or many", () => {
  for (const sentence of sentences) {
    assert(/^["A-Z]/.test(sentence) && /[.?"]$/.test(sentence), sentence);
    assert(!/\ba [aeiou]|\ban [^aeiou]|undefined| {2}/.test(sentence), sentence);
    assert(
      !/\bone (loaves|apples|books|boxes|knives) |\b(two|three|six) (loaf|apple|book|box|knife) /
        .test(sentence),
      sentence,
    );
  }
  for (const { length } of documents) assert(length >= 6 && length <= 20, `${length}`);
});

Deno.test("every answer stands in its passage where it says, and no question is asked twice", () => {
  const ids = new Set<string>();
  for (const { context, questions } of world.passages(300, createRandom(4))) {
    assert(questions.length >= 3);
    assertEquals(new Set(questions.map(({ question }) => question)).size, questions.length);
    for (const { id, question, answer } of questions) {
      assertEquals(context.slice(answer.start, answer.start + answer.text.length), answer.text);
      assert(question.endsWith("?"));
      assert(!ids.has(id));
      ids.add(id);
    }
  }
});

Deno.test("tags mark the names of the world, whole, and nothing else", () => {
  const names: Record<string, Set<string>> = {};
  const collect = (tag: string, ...values: string[]) =>
    values.forEach((value) => (names[tag] ??= new Set()).add(value));
  for (const { name } of world.people) collect("PER", name, name.split(" ")[0]);
  for (const t of world.towns) {
    collect("LOC", t.name, t.river);
    collect("ORG", t.company);
    collect("MISC", t.fair);
  }
  const seen = new Set<string>();
  for (const { words, tags } of world.tagged(800, createRandom(5))) {
    assertEquals(words.length, tags.length);
    for (let i = 0; i < words.length; i++) {
      assert(!tags[i].startsWith("I-") || tags[i - 1].slice(2) === tags[i].slice(2));
      if (!tags[i].startsWith("B-")) continue;
      let end = i + 1;
      while (tags[end]?.startsWith("I-")) end++;
      const [tag, name] = [tags[i].slice(2), words.slice(i, end).join(" ")];
      assert(names[tag].has(name), `${name} as ${tag}`);
      seen.add(tag);
    }
  }
  assertEquals([...seen].sort(), ["LOC", "MISC", "ORG", "PER"]);
});

Deno.test("labels are balanced, and the two sides of a pair that is the same differ in words", () => {
  const balanced = (labels: string[]) => {
    const counts = new Map<string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    assertEquals(counts.size, 2);
    for (const [label, count] of counts) assert(count > 0.44 * labels.length, `${label}: ${count}`);
  };
  const n = 1000;
  const pairs = world.paraphrases(n, createRandom(6));
  balanced(pairs.map(({ label }) => label));
  balanced(world.entailments(n, createRandom(7)).map(({ label }) => label));
  balanced(world.sentiments(n, createRandom(8)).map(({ label }) => label));
  balanced(world.acceptability(n, createRandom(9)).map(({ label }) => label));
  for (const { a, b } of pairs) assert(a !== b);
});

Deno.test("the class of a sentiment cannot be read off one word: good words occur in both", () => {
  const sentiments = world.sentiments(2000, createRandom(8));
  for (const word of ["wonderful", "awful"]) {
    const labels = sentiments.filter(({ text }) => text.includes(word)).map(({ label }) => label);
    const positive = labels.filter((label) => label === "positive").length / labels.length;
    assert(positive > 0.1 && positive < 0.9, `${word}: ${positive}`);
  }
});

Deno.test("impossible sizes are refused", () => {
  assertThrows(
    () => createSmallWorld(createRandom(1), { people: 5 }),
    RangeError,
    "an even number; got 5",
  );
  assertThrows(() => createSmallWorld(createRandom(1), { towns: 61 }), RangeError, "4 to 60 towns");
  const crowded = createSmallWorld(createRandom(1), { people: 1600, towns: 60 });
  assertEquals(new Set(crowded.people.map(({ name }) => name)).size, 1600);
});
