import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BertTokenizer } from "../../../lib/bert/mod.ts";
import {
  readAnswers,
  readNullScores,
  readSquadJson,
  SQUAD_1,
  SQUAD_2,
  TaskFileError,
} from "../../../lib/bert/tasks/mod.ts";
import { dataPath, testWith } from "../../support/needs.ts";
import { certain, parquetFolder, smallWorldTokenizer, withFiles } from "./support.ts";

const context = "😀 Anna met Ben in Corbury.";
const file = (qas: unknown[], version = "1.1") =>
  JSON.stringify({ version, data: [{ title: "T", paragraphs: [{ context, qas }] }] }, null, 1);
const q1 = { id: "q1", question: "Who?", answers: [{ text: "Anna", answer_start: 2 }] };

Deno.test("answers are found where code points say, though an emoji has two UTF-16 units", () => {
  const [{ answers, title, question }] = readSquadJson(file([q1]), "f");
  assertEquals(answers, [{ text: "Anna", start: 3 }]);
  assertEquals([title, question], ["T", "Who?"]);
});

Deno.test("a question of v2.0 without an answer has none, whatever would be plausible", () => {
  const q2 = { ...q1, id: "q2", is_impossible: true, plausible_answers: q1.answers, answers: [] };
  const examples = readSquadJson(file([{ ...q1, is_impossible: false }, q2], "v2.0"), "f");
  assertEquals(examples.map(({ answers }) => answers.length), [1, 0]);
});

Deno.test("v1.1 and v2.0 are found by their official names, a part of v1.1 by its beginning", async () => {
  const files = {
    "squad/train-v1.1-some.json": file([q1]),
    "squad/dev-v1.1.json": file([q1]),
    "squad/dev-v2.0.json": file([{ ...q1, id: "v2" }]),
  };
  await withFiles(files, async (folder) => {
    assertEquals((await SQUAD_1.read(folder, "train"))[0].id, "q1");
    assertEquals((await SQUAD_1.read(folder, "dev"))[0].id, "q1");
    assertEquals((await SQUAD_2.read(folder, "dev"))[0].id, "v2");
    assertEquals((await SQUAD_1.read(`${folder}/squad`, "dev-v2.0.json"))[0].id, "v2");
  });
});

Deno.test("Hugging Face's parquet files give the same examples", async () => {
  const v1 = await SQUAD_1.read(parquetFolder, "dev");
  assertEquals(v1[0], {
    id: "q1",
    context,
    question: "Who met Ben?",
    answers: [{ text: "Anna", start: 3 }, { text: "Anna met", start: 3 }],
    title: "T",
  });
  const v2 = await SQUAD_2.read(parquetFolder, "dev");
  assertEquals(v2.map(({ answers }) => answers.map(({ text }) => text)), [["Anna"], []]);
});

Deno.test("files that are not SQuAD's are refused with the line and the question", () => {
  const cases: [string, string][] = [
    ["", "dev.json: is empty"],
    ['{"data": [\n{]}', "dev.json, line 2: is not JSON"],
    ["{}", 'dev.json: there is no list "data"'],
    ['{"data": []}', "dev.json: holds no question"],
    [
      file([{ ...q1, answers: [{ text: "Anna", answer_start: 3 }] }]),
      'line 11: question q1: the passage has "nna " at answer_start 3; expected the answer, "Anna"',
    ],
    [file([{ ...q1, answers: [{ text: "Anna", answer_start: -1 }] }]), "at answer_start -1"],
    [file([{ ...q1, answers: [{ text: "Anna", answer_start: "2" }] }]), 'at answer_start "2"'],
    [file([{ ...q1, question: 7 }]), "question q1 is 7; expected a text"],
    [file([{ ...q1, id: undefined }]), "a question's id is undefined; expected a text"],
  ];
  for (const [text, sentence] of cases) {
    assertThrows(() => readSquadJson(text, "dev.json"), TaskFileError, sentence);
  }
});

Deno.test("SQuAD 1.1's parquet file is not taken for SQuAD 2.0's, which has the same name", async () => {
  const folder = `${parquetFolder}/broken/all_answered`;
  assertEquals((await SQUAD_1.read(folder, "dev")).length, 1);
  await assertRejects(
    () => SQUAD_2.read(folder, "dev"),
    TaskFileError,
    "validation-00000-of-00001.parquet: every question has an answer, as in SQuAD 1.1; expected SQuAD 2.0's",
  );
});

Deno.test("parquet files that are not SQuAD's are refused with the row", async () => {
  const cases = {
    offset:
      ', row 1: question q1: the passage has "nna " at answer_start 3; expected the answer, "Anna"',
    no_answers: ', row 1: "answers" is undefined; expected lists "text" and "answer_start"',
    no_question: ": holds no question",
  };
  for (const [folder, sentence] of Object.entries(cases)) {
    for (const task of [SQUAD_1, SQUAD_2]) {
      await assertRejects(
        () => task.read(`${parquetFolder}/broken/${folder}`, "dev"),
        TaskFileError,
        `validation-00000-of-00001.parquet${sentence}`,
      );
    }
  }
});

Deno.test("predictions for other questions do not count, unless all are for others", () => {
  const examples = readSquadJson(file([q1, { ...q1, id: "q2" }]), "f");
  const { answers, others } = readAnswers('{"q2": "Ben", "q9": "x"}', "p", examples);
  assertEquals([answers, others], [[undefined, "Ben"], 1]);
  const cases: [string, string][] = [
    ['{"q8": "x", "q9": "x"}', 'p: none of its 2 ids (the first is "q8") is a question'],
    ['["q1"]', "expected a JSON object of question ids and answers"],
    ["{}", "p: is empty; expected"],
    ['{\n"q1": 3}', "p, line 2: the answer to question q1 is 3; expected a text"],
    ["{", "is not JSON"],
  ];
  for (const [text, sentence] of cases) {
    assertThrows(() => readAnswers(text, "p", examples), TaskFileError, sentence);
  }
});

Deno.test("certain logits give every answer back, through features, prediction and submission", async () => {
  const tokenizer = await smallWorldTokenizer();
  const q2 = {
    ...q1,
    id: "q2",
    question: "Where?",
    answers: [{ text: "Corbury", answer_start: 18 }],
  };
  const examples = readSquadJson(file([q1, q2]), "f");
  const features = SQUAD_1.features(examples, tokenizer);
  const predictions = SQUAD_1.predict(
    examples,
    features,
    features.map(({ targets, encodings }) =>
      certain(targets!, { places: encodings[0].inputIds.length + 3 })
    ),
  );
  assertEquals(predictions.map(({ text }) => text), ["Anna", "Corbury"]);
  assertEquals(SQUAD_1.score(examples, predictions), { f1: 100, exact_match: 100 });
  const written = SQUAD_1.submission.write(examples, predictions);
  assertEquals(JSON.parse(written), { q1: "Anna", q2: "Corbury" });
  assertEquals(SQUAD_1.submission.read(written, "p", examples).map(({ text }) => text), [
    "Anna",
    "Corbury",
  ]);
});

testWith(
  { data: "bert_vocab/bert-base-uncased-vocab.txt" },
  "of the dev set's answers all but the fewest are whole pieces of BERT's vocabulary",
  async () => {
    const examples = await SQUAD_1.read(dataPath(""), "dev");
    assertEquals(examples.length, 10570);
    const some = examples.filter((_, i) => i % 25 === 0);
    const tokenizer = await BertTokenizer.load(dataPath("bert_vocab/bert-base-uncased-vocab.txt"));
    const features = SQUAD_1.features(some, tokenizer);
    const logits = features.map(({ targets, encodings }) =>
      certain(targets!, { places: encodings[0].inputIds.length })
    );
    const { f1 } = SQUAD_1.score(some, SQUAD_1.predict(some, features, logits));
    assertEquals(f1 > 99 && f1 <= 100, true, `${f1}`);
  },
);

Deno.test("null scores are written beside SQuAD 2.0's predictions and read again, infinite ones as a number", () => {
  const examples = ["q1", "q2"].map((id) => ({ id, context: "a", question: "b", answers: [] }));
  const predictions = [{ text: "", nullScore: Infinity }, { text: "a", nullScore: -1.5 }];
  const files = SQUAD_2.submission.beside!("dev", examples, predictions);
  const text = files["SQuAD2_dev_null_odds.json"];
  assertEquals(readNullScores(text, "odds.json", examples), [
    { question: 0, score: 1e9 },
    { question: 1, score: -1.5 },
  ]);
  assertEquals(SQUAD_1.submission.beside, undefined);
});
