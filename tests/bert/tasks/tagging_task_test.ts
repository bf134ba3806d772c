import { assertEquals, assertThrows } from "@std/assert";
import {
  entityLabels,
  IGNORED,
  type TaggingExample,
  type TaggingFeature,
  taggingTask,
  TaskFileError,
} from "../../../lib/bert/tasks/mod.ts";
import { entityScores } from "../../../lib/metrics/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { certain, smallWorldTokenizer } from "./support.ts";
import { golden } from "./task_golden.ts";

const tokenizer = await smallWorldTokenizer();
const labels = entityLabels(["PER", "LOC"]);
const source = { splits: ["train", "dev"], read: () => Promise.resolve([]) };
const task = taggingTask({ name: "test", title: "?", labels, source });
const examples: readonly TaggingExample[] = golden.sentences.map(({ words, tags }, i) => ({
  id: `${i}`,
  words,
  tags: tags.map((number) => labels[number]),
}));
const features = (these: readonly TaggingExample[], options = {}) =>
  task.features(these, tokenizer, options) as TaggingFeature[];
const logitsOf = (these: readonly TaggingFeature[]) =>
  these.map(({ targets }) => certain(targets!, { classes: labels.length }));

Deno.test("pieces and tags are where transformers' example puts them: at the first piece of a word", () => {
  features(examples, { maxLength: 512 }).forEach(({ encodings: [{ inputIds }], targets }, i) => {
    assertEquals([...inputIds], golden.sentences[i].ids);
    assertEquals(targets, golden.sentences[i].targets);
  });
});

for (const maxLength of [512, 24, 9, 3]) {
  Deno.test(`at ${maxLength} places every word is asked for exactly once, and certain logits give its tag`, () => {
    const found = features(examples, { maxLength });
    assertEquals(found.every(({ encodings }) => encodings[0].inputIds.length <= maxLength), true);
    examples.forEach(({ words }, e) => {
      const asked = found.filter(({ example }) => example === e)
        .flatMap((feature) => [...feature.words]).filter((word) => word >= 0);
      assertEquals(asked.sort((a, b) => a - b), words.map((_, i) => i));
    });
    const predictions = task.predict(examples, found, logitsOf(found));
    assertEquals(predictions, examples.map(({ tags }) => tags));
    assertEquals(task.score(examples, predictions).f1, 1);
  });
}

Deno.test("in a window the pieces are those of the sentence, in order, and half of it is shared", () => {
  const [example] = examples.filter(({ words }) => words.length > 25);
  const all = tokenizer.encode(example.words, undefined, { addSpecialTokens: false });
  const windows = features([example], { maxLength: 12 });
  windows.forEach(({ encodings: [{ inputIds }] }, w) => {
    assertEquals(
      [...inputIds.subarray(1, -1)],
      [...all.inputIds.subarray(5 * w, Math.min(5 * w + 10, all.inputIds.length))],
    );
  });
});

Deno.test("a word without a piece is outside of every entity", () => {
  const example = { id: "0", words: ["Mara", "\u200d", "sleeps"], tags: ["B-PER", "I-PER", "O"] };
  const found = features([example]);
  assertEquals([...found[0].words].filter((word) => word >= 0), [0, 2]);
  assertEquals(task.predict([example], found, logitsOf(found)), [["B-PER", "O", "O"]]);
});

const document: readonly TaggingExample[] = examples.map((example, i) => ({
  ...example,
  document: Math.floor(i / 5),
}));

Deno.test("document context fills the sequence with the document's own neighbours, and asks for no more", () => {
  const alone = features(document, { maxLength: 64 });
  const among = features(document, { maxLength: 64, documentContext: true });
  const pieces = (
    e: number,
  ) => [...tokenizer.encode(document[e].words, undefined, { addSpecialTokens: false }).inputIds];
  among.forEach((feature, f) => {
    const { encodings: [{ inputIds }], words, targets, example } = feature;
    const { document: number } = document[example];
    // The whole document as one stream: the sequence is a part of it around the sentence.
    const places = document.map((_, e) => e).filter((e) => document[e].document === number);
    const stream = places.flatMap(pieces);
    const at = places.filter((e) => e < example).flatMap(pieces).length;
    const inside = [...inputIds.subarray(1, -1)];
    const before = words.findIndex((word) => word >= 0) - 1;
    if (pieces(example).length <= 62) {
      assertEquals(inside, stream.slice(at - before, at - before + inside.length));
      assertEquals(inside.length, Math.min(62, stream.length));
    }
    assertEquals(words.filter((word) => word >= 0), alone[f].words.filter((word) => word >= 0));
    assertEquals(
      targets!.filter((tag) => tag !== IGNORED),
      alone[f].targets!.filter((tag) => tag !== IGNORED),
    );
  });
});

Deno.test("without a document there is no context", () => {
  const options = { maxLength: 64, documentContext: true };
  assertEquals(features(examples, options), features(examples, { maxLength: 64 }));
});

Deno.test("scores are those of entities; of parts of speech it is the accuracy", () => {
  const random = createRandom(2);
  const said = examples.map(({ tags }) =>
    tags!.map((tag) => random.bool() ? tag : random.pick(labels))
  );
  const { f1, precision, recall, accuracy } = entityScores(examples.map(({ tags }) => tags!), said);
  assertEquals(task.score(examples, said), { f1, precision, recall, accuracy });
  const pos = taggingTask({ name: "pos", title: "?", labels, entities: false, source });
  assertEquals([pos.headline, pos.score(examples, said)], ["accuracy", { accuracy }]);
});

Deno.test("a submission is conlleval's input, and is read back", () => {
  const some: TaggingExample[] = [
    { id: "0", words: ["Mara", "sleeps"], tags: ["B-PER", "O"] },
    { id: "1", words: ["Rain"], tags: ["O"] },
  ];
  const said = [["B-PER", "O"], ["B-LOC"]];
  const text = task.submission.write(some, said);
  assertEquals(text, "Mara B-PER B-PER\nsleeps O O\n\nRain O B-LOC\n");
  assertEquals(task.submission.read(text, "p", some), said);
  const bare = task.submission.write(some.map(({ id, words }) => ({ id, words })), said);
  assertEquals(task.submission.read(bare, "p", some), said);
  const cases: [string, string][] = [
    [
      text.replace("O B-LOC", "O B-TOWN"),
      'p, line 4: the tag is "B-TOWN"; expected one of O, B-PER',
    ],
    [text.replace("sleeps O O\n", ""), "p, line 1: the sentence has 1 words; expected the 2"],
    ["Mara O O\n", "p: 1 sentences; expected the 2"],
    [
      text.replace("Rain", "Snow"),
      'p, line 4: the word is "Snow"; expected "Rain", as in sentence 1 of the gold file',
    ],
    ["", "p: is empty; expected a word and its tag in every line"],
  ];
  for (const [bad, sentence] of cases) {
    assertThrows(() => task.submission.read(bad, "p", some), TaskFileError, sentence);
  }
});

Deno.test("unknown tags, tags that are not as many as the words, and no room are refused", () => {
  const example = { id: "3", words: ["a", "b"], tags: ["O", "B-TOWN"] };
  assertThrows(() => features([example]), RangeError, 'sentence 3 has the tag "B-TOWN"');
  assertThrows(() => features([{ ...example, tags: ["O"] }]), RangeError, "2 words and 1 tags");
  assertThrows(
    () => features(examples, { maxLength: 2 }),
    RangeError,
    "leaves no place for a word",
  );
});
