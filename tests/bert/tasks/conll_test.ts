import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CONLL_2003,
  conllFiles,
  convertTags,
  readConll,
  TaskFileError,
  UD_EWT_POS,
  WIKIGOLD,
  WNUT_17,
} from "../../../lib/bert/tasks/mod.ts";
import { entitiesOf } from "../../../lib/metrics/mod.ts";
import { dataPath, testWith } from "../../support/needs.ts";
import { golden } from "../../metrics/text_golden.ts";
import { assertRefuses, parquetFolder, withFiles } from "./support.ts";

/** The layout of CoNLL-2003, with invented words. */
const ENGLISH = `-DOCSTART- -X- O O

Anna NNP I-NP I-PER
Smith NNP I-NP I-PER
met VBD I-VP O
Ben NNP I-NP I-PER
Corbury NNP B-NP B-PER
. . O O

Rain NN I-NP O

-DOCSTART- -X- O O

Snow NN I-NP O
`;

Deno.test("CoNLL-2003 is read in its own layout: four columns, IOB1, documents", async () => {
  await withFiles({ "conll2003/eng.testa": ENGLISH }, async (folder) => {
    const examples = await CONLL_2003.read(folder, "dev");
    assertEquals(examples.map(({ words }) => words.length), [6, 1, 1]);
    assertEquals(examples[0].tags, ["B-PER", "I-PER", "O", "B-PER", "B-PER", "O"]);
    assertEquals(examples.map(({ document }) => document), [1, 1, 2]);
  });
});

Deno.test("CoNLL-2003 is read from Hugging Face's parquet files", async () => {
  assertEquals(await CONLL_2003.read(parquetFolder, "train"), [
    { id: "0", words: ["Anna", "Smith", "sleeps"], tags: ["B-PER", "I-PER", "O"] },
    { id: "1", words: ["Rain"], tags: ["O"] },
  ]);
});

Deno.test("parts of speech are read from Hugging Face's parquet files, without the joined tokens", async () => {
  assertEquals(await UD_EWT_POS.read(parquetFolder, "train"), [
    { id: "0", words: ["They", "do", "n't", "sleep"], tags: ["PRON", "AUX", "PART", "VERB"] },
  ]);
});

Deno.test("a line of tabs ends a sentence, and exotic line ends and spaces stay in words", () => {
  const sentences = readConll("\ufeffa\u0085b\tO\r\n\t\r\nc d\tO\t\ne\u00a0f O", "f");
  assertEquals(sentences.map(({ rows }) => rows.map(({ cells }) => cells)), [
    [["a\u0085b", "O"]],
    [["c d", "O"], ["e\u00a0f", "O"]],
  ]);
  assertEquals(sentences[1].rows[1].line, 4);
});

Deno.test("CoNLL-U's comments, joined tokens and empty nodes are no words", async () => {
  const rows = [
    "# text = They don't",
    "1\tThey\tthey\tPRON\tPRP\t_\t2\tnsubj\t_\t_",
    "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_",
    "2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t_\t_",
    "3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t_\t_",
    "3.1\tgo\tgo\tVERB\tVB\t_\t_\t_\t_\t_",
    "",
  ];
  await withFiles({ "en_ewt-ud-train.conllu": rows.join("\n") }, async (folder) => {
    assertEquals(await UD_EWT_POS.read(folder, "train"), [
      { id: "0", words: ["They", "do", "n't"], tags: ["PRON", "AUX", "PART"] },
    ]);
  });
});

Deno.test("any columns can be asked for", async () => {
  const source = conllFiles({
    folders: [],
    files: { train: "train.txt" },
    columns: { word: 1, tag: 2 },
    labels: ["NN", "VB"],
  });
  await withFiles({ "train.txt": "1 rain NN x\n2 falls VB y\n" }, async (folder) => {
    assertEquals((await source.read(folder, "train"))[0], {
      id: "0",
      words: ["rain", "falls"],
      tags: ["NN", "VB"],
    });
  });
});

Deno.test("converting tags keeps the entities, through every scheme and back", () => {
  for (const tags of golden.entities.flatMap(({ truth }) => truth)) {
    const entities = entitiesOf(tags);
    for (const scheme of ["BIO1", "BIO2", "BIOES"] as const) {
      const converted = convertTags(tags, scheme);
      assertEquals(entitiesOf(converted), entities);
      assertEquals(convertTags(converted, "BIO2"), convertTags(tags, "BIO2"));
    }
  }
  // Only where two persons touch does CoNLL-2003 write B.
  assertEquals(convertTags(["B-PER", "I-PER", "B-PER", "B-LOC"], "BIO1"), [
    "I-PER",
    "I-PER",
    "B-PER",
    "I-LOC",
  ]);
});

Deno.test("unknown tags, too few columns and empty files are refused with their line", async () => {
  const cases: [string, string][] = [
    ["a\tO\nb\tB-city\n", 'line 2: the tag is "B-city"; expected one of O, B-corporation'],
    ["a\tO\n\nb\tX\n", 'line 3: the tag is "X"; expected one of O'],
    ["a\tO\nb\n", 'line 2: 1 column ("b"); expected 2 or more'],
    ["-DOCSTART-\n\na\tX\tO\nb\tO\n", 'line 4: 2 columns ("b\\tO"); expected 3, as in line 3'],
    ["\n\t\n", "is empty"],
  ];
  for (const [text, sentence] of cases) {
    await assertRefuses(
      { "emerging.dev.conll": text },
      (folder) => WNUT_17.read(folder, "dev"),
      `emerging.dev.conll${sentence.startsWith("line") ? ", " : ": "}${sentence}`,
    );
  }
  assertThrows(() => readConll("a b\n", "f", { width: 4 }), TaskFileError, "2 columns");
});

Deno.test("parquet files that are not a tagging task's are refused with the row", async () => {
  const cases = {
    unknown_tag: ', row 1: the tag is "9"; expected one of O, B-PER',
    fewer_tags: ", row 2: 2 tokens and 1 ner_tags; expected a tag for every token",
    no_tokens: ", row 1: no tokens and 1 ner_tags; expected a tag for every token",
    no_sentence: ": holds no sentence",
    offset: ": the columns are id, title, context, question, answers; expected tokens and ner_tags",
  };
  for (const [folder, sentence] of Object.entries(cases)) {
    await assertRejects(
      () => CONLL_2003.read(`${parquetFolder}/broken/${folder}`, "dev"),
      TaskFileError,
      `validation-00000-of-00001.parquet${sentence}`,
    );
  }
});

for (
  const [task, split, sentences, entities] of [
    [WNUT_17, "train", 3394, 1975],
    [WNUT_17, "dev", 1009, 836],
    [WNUT_17, "test", 1287, 1079],
    [WIKIGOLD, "test", 239, 543],
  ] as const
) {
  const folder = task === WIKIGOLD ? "wikigold" : "wnut17";
  testWith(
    { data: folder },
    `${task.name}'s ${split} has ${sentences} sentences and ${entities} entities`,
    async () => {
      const examples = await task.read(dataPath(""), split);
      assertEquals(examples.length, sentences);
      const found = examples.reduce((sum, { tags }) => sum + entitiesOf(tags!).length, 0);
      assertEquals(found, entities);
    },
  );
}

testWith({ data: "ud_ewt_pos" }, "the parts of speech are read, one for each word", async () => {
  const examples = await UD_EWT_POS.read(dataPath(""), UD_EWT_POS.developmentSplit);
  assertEquals(examples.length, 2077);
  assertEquals(examples[0].words[0], "What");
  assertEquals(examples[0].tags![0], "PRON");
});
