import { assertEquals, assertRejects } from "@std/assert";
import {
  COLA,
  findTask,
  GLUE_TASKS,
  MNLI,
  MRPC,
  QNLI,
  QQP,
  RTE,
  type SentenceExample,
  type SentenceTask,
  SST_2,
  STS_B,
  WNLI,
} from "../../../lib/bert/tasks/mod.ts";
import { dataPath, testWith } from "../../support/needs.ts";
import { assertRefuses, parquetFolder, withFiles } from "./support.ts";

const tsv = (...rows: string[]) => rows.map((row) => row.replaceAll("|", "\t") + "\n").join("");

const MNLI_HEADER = "index|promptID|pairID|genre|sentence1_binary_parse|sentence2_binary_parse|" +
  "sentence1_parse|sentence2_parse|sentence1|sentence2|label1";

/** Official layouts with invented rows; what they hold. */
const LAYOUTS: readonly [
  SentenceTask,
  Record<string, string>,
  Record<string, Omit<SentenceExample, "id">[]>,
][] = [
  [MNLI, {
    "train.tsv": tsv(
      `${MNLI_HEADER}|gold_label`,
      "0|1|1e|fiction|(|)|S|S|It rains.|It is wet.|entailment|entailment",
    ),
    "dev_matched.tsv": tsv(
      `${MNLI_HEADER}|label2|label3|label4|label5|gold_label`,
      "0|1|1n|fiction|(|)|S|S|A|B|neutral|entailment|neutral|neutral|neutral|neutral",
    ),
    "dev_mismatched.tsv": tsv(
      `${MNLI_HEADER}|label2|label3|label4|label5|gold_label`,
      "0|1|1c|letters|(|)|S|S|C|D|entailment|contradiction|contradiction|neutral|contradiction|contradiction",
    ),
    "test_matched.tsv": tsv(MNLI_HEADER.replace("|label1", ""), "0|1|h|fiction|(|)|S|S|E|F"),
    "test_mismatched.tsv": tsv(MNLI_HEADER.replace("|label1", ""), "0|1|h|letters|(|)|S|S|G|H"),
    "AX.tsv": tsv("index|sentence1|sentence2", "0|The cat sat.|It sat.", "1|It sat.|The cat sat."),
  }, {
    train: [{ a: "It rains.", b: "It is wet.", label: "entailment" }],
    dev: [{ a: "A", b: "B", label: "neutral" }],
    dev_mismatched: [{ a: "C", b: "D", label: "contradiction" }],
    test: [{ a: "E", b: "F" }],
    test_mismatched: [{ a: "G", b: "H" }],
    ax: [{ a: "The cat sat.", b: "It sat." }, { a: "It sat.", b: "The cat sat." }],
  }],
  [QQP, {
    "train.tsv": tsv(
      "id|qid1|qid2|question1|question2|is_duplicate",
      '7|1|2|What is "x"?|What\'s x?|1',
      "8|3|4|A?|B?|0",
    ),
    "test.tsv": tsv("id|question1|question2", "0|A?|B?"),
  }, {
    train: [
      { a: 'What is "x"?', b: "What's x?", label: "duplicate" },
      { a: "A?", b: "B?", label: "not_duplicate" },
    ],
    test: [{ a: "A?", b: "B?" }],
  }],
  [QNLI, {
    "dev.tsv": tsv(
      "index|question|sentence|label",
      "0|Who?|Ben did.|entailment",
      "1|Who?|It rains.|not_entailment",
    ),
    "test.tsv": tsv("index|question|sentence", "0|Who?|Ben did."),
  }, {
    dev: [
      { a: "Who?", b: "Ben did.", label: "entailment" },
      { a: "Who?", b: "It rains.", label: "not_entailment" },
    ],
    test: [{ a: "Who?", b: "Ben did." }],
  }],
  [STS_B, {
    "dev.tsv": tsv(
      "index|genre|filename|year|old_index|source1|source2|sentence1|sentence2|score",
      "0|news|f|2012|0001|none|none|A man runs.|A man is running.|4.750",
      "1|news|f|2012|0002|none|none|A|B|0.000|and what is more",
    ),
  }, {
    dev: [{ a: "A man runs.", b: "A man is running.", label: 4.75 }, { a: "A", b: "B", label: 0 }],
  }],
  [MRPC, {
    "train.tsv": "\ufeff" +
      tsv("Quality|#1 ID|#2 ID|#1 String|#2 String", '1|1|2|"No.|He said "no".').replaceAll(
        "\n",
        "\r\n",
      ),
    "test.tsv": tsv("index|#1 ID|#2 ID|#1 String|#2 String", "0|1|2|A|B"),
  }, {
    train: [{ a: '"No.', b: 'He said "no".', label: "equivalent" }],
    test: [{ a: "A", b: "B" }],
  }],
  [RTE, {
    "dev.tsv": tsv("index|sentence1|sentence2|label", "0|A|B|not_entailment"),
  }, { dev: [{ a: "A", b: "B", label: "not_entailment" }] }],
  [WNLI, {
    "dev.tsv": tsv("index|sentence1|sentence2|label", "0|A|B|0", "1|A|C|1"),
  }, {
    dev: [{ a: "A", b: "B", label: "not_entailment" }, { a: "A", b: "C", label: "entailment" }],
  }],
  [SST_2, {
    "dev.tsv": tsv("sentence|label", "it 's fine . |1"),
    "test.tsv": tsv("index|sentence", "0|it 's bad ."),
  }, { dev: [{ a: "it 's fine . ", label: "positive" }], test: [{ a: "it 's bad ." }] }],
  [COLA, {
    "train.tsv": tsv("gj04|1||It rains.", "gj04|0|*|It rain.").trimEnd(),
    "test.tsv": tsv("index|sentence", "0|It rains."),
  }, {
    train: [{ a: "It rains.", label: "acceptable" }, { a: "It rain.", label: "unacceptable" }],
    test: [{ a: "It rains." }],
  }],
];

for (const [task, files, expected] of LAYOUTS) {
  Deno.test(`${task.name} is read in its official layout, and from the folders around it`, async () => {
    const placed = Object.entries(files).map(([name, text]) => [`glue/${task.name}/${name}`, text]);
    await withFiles(Object.fromEntries(placed), async (folder) => {
      for (const below of ["", "/glue", `/glue/${task.name}`]) {
        for (const [split, examples] of Object.entries(expected)) {
          const found = await task.read(folder + below, split);
          assertEquals(found, examples.map((example, i) => ({ id: `${i}`, ...example })));
        }
      }
    });
  });
}

const DIAGNOSTIC_HEADER =
  "Lexical Semantics|Predicate-Argument Structure|Logic|Knowledge|Domain|Premise|" +
  "Hypothesis|Label";

Deno.test("the diagnostic set is predicted and scored with MNLI's labels, by Matthews' correlation", async () => {
  const files = {
    "glue/diagnostic/diagnostic.tsv": tsv("index|sentence1|sentence2", "0|A|B"),
    "full/AX/diagnostic-full.tsv": tsv(
      DIAGNOSTIC_HEADER,
      "Factivity|||World|News|A|B|neutral",
      "||Negation||News|A|C|contradiction",
      "||||News|A|D|entailment",
      "||||News|A|E|entailment",
    ),
  };
  await withFiles(files, async (folder) => {
    assertEquals(await MNLI.read(folder, "ax"), [{ id: "0", a: "A", b: "B" }]);
    const examples = await MNLI.read(`${folder}/full`, "ax");
    assertEquals(examples.map(({ label }) => label), [
      "neutral",
      "contradiction",
      "entailment",
      "entailment",
    ]);
    const said = ["neutral", "contradiction", "entailment", "neutral"];
    // scikit-learn: matthews_corrcoef(truth, said)
    const { accuracy, matthews_correlation } = MNLI.score(examples, said);
    assertEquals([accuracy, matthews_correlation.toFixed(6)], [0.75, "0.700000"]);
    assertEquals(MNLI.submission.fileName("ax"), "AX.tsv");
    const written = MNLI.submission.write(examples, said);
    assertEquals(written.split("\n")[2], "1\tcontradiction");
    assertEquals(MNLI.submission.read(written, "AX.tsv", examples), said);
  });
  await assertRefuses(
    { "AX.tsv": tsv("index|sentence1|sentence2", "0|A") },
    (folder) => MNLI.read(folder, "ax"),
    "AX.tsv, line 2: 2 columns; expected 3 (index, sentence1, sentence2)",
  );
});

const MSR = "\ufeff" + tsv(
  "Quality|#1 ID|#2 ID|#1 String|#2 String",
  '1|11|12|"A|B',
  "0|21|22|C|D",
  "1|31|32|E|F",
).replaceAll("\n", "\r\n");

Deno.test("MRPC is made from the original corpus as GLUE makes it", async () => {
  const files = {
    "MRPC/msr_paraphrase_train.txt": MSR,
    "MRPC/msr_paraphrase_test.txt": MSR,
    "MRPC/dev_ids.tsv": "21\t22\n",
  };
  await withFiles(files, async (folder) => {
    assertEquals(await MRPC.read(folder, "train"), [
      { id: "0", a: '"A', b: "B", label: "equivalent" },
      { id: "1", a: "E", b: "F", label: "equivalent" },
    ]);
    assertEquals(await MRPC.read(folder, "dev"), [
      { id: "0", a: "C", b: "D", label: "not_equivalent" },
    ]);
    const test = await MRPC.read(folder, "test");
    assertEquals(test.map(({ a, label }) => [a, label]), [['"A', undefined], ["C", undefined], [
      "E",
      undefined,
    ]]);
    const labelled = await MRPC.read(`${folder}/MRPC`, "msr_paraphrase_test.txt");
    assertEquals(labelled.map(({ label }) => label), [
      "equivalent",
      "not_equivalent",
      "equivalent",
    ]);
  });
});

Deno.test("the original MRPC without GLUE's list, or with another one, is refused", async () => {
  const original = { "msr_paraphrase_train.txt": MSR };
  const cases: [Record<string, string>, string][] = [
    [original, "dev_ids.tsv: there is no such file; expected GLUE's list of the pairs"],
    [{ ...original, "dev_ids.tsv": "\n" }, "dev_ids.tsv: is empty"],
    [
      { ...original, "dev_ids.tsv": "21\t22\n21\t99\n" },
      'dev_ids.tsv, line 2: 2 columns, "21 99"; expected two, the "#1 ID" and "#2 ID" of a pair in',
    ],
    [{ ...original, "dev_ids.tsv": "21\n" }, 'dev_ids.tsv, line 1: 1 column, "21"; expected two'],
  ];
  for (const [files, sentence] of cases) {
    await assertRefuses(files, (folder) => MRPC.read(folder, "dev"), sentence);
  }
});

testWith(
  { data: "glue/MRPC/msr_paraphrase_train.txt" },
  "the original MRPC gives the same rows as GLUE's files",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["msr_paraphrase_train.txt", "msr_paraphrase_test.txt", "dev_ids.tsv"]) {
        await Deno.copyFile(dataPath(`glue/MRPC/${name}`), `${folder}/${name}`);
      }
      for (const split of MRPC.splits) {
        assertEquals(await MRPC.read(folder, split), await MRPC.read(dataPath(""), split), split);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** Examples of train, dev and test. */
const SIZES: readonly [SentenceTask, number, number, number?][] = [
  [COLA, 8551, 1043, 1063],
  [SST_2, 67349, 872],
  [MRPC, 3668, 408, 1725],
  [RTE, 2490, 277, 3000],
  [STS_B, 5749, 1500, 1379],
  [WNLI, 635, 71, 146],
];

for (const [task, ...sizes] of SIZES) {
  testWith(
    { data: `glue/${task.name}` },
    `${task.name} has the ${sizes.join(" + ")} examples that GLUE lists`,
    async () => {
      for (const [i, size] of sizes.entries()) {
        const examples = await task.read(dataPath(""), ["train", "dev", "test"][i]);
        assertEquals(examples.length, size);
        assertEquals(examples.every(({ label }) => (label === undefined) === (i === 2)), true);
      }
    },
  );
}

Deno.test("Hugging Face's parquet files give the same examples, with names of classes and without", async () => {
  const mrpc = await MRPC.read(parquetFolder, "dev");
  assertEquals(mrpc.map(({ label }) => label), ["equivalent", "not_equivalent"]);
  assertEquals(mrpc[1].b, "It snows – café 😀.");
  assertEquals(await MRPC.read(parquetFolder, "test"), [{ id: "0", a: "One.", b: "Two." }]);
  const mnli = await MNLI.read(parquetFolder, "train"); // in two parts, classes by number only
  assertEquals(mnli.map(({ id, a, label }) => [id, a, label]), [
    ["0", "P0", "entailment"],
    ["1", "Q", "contradiction"],
    ["2", "P1", "neutral"],
    ["3", "Q", "contradiction"],
  ]);
  assertEquals((await MNLI.read(parquetFolder, "dev_mismatched"))[0].label, "neutral");
  assertEquals((await STS_B.read(parquetFolder, "dev")).map(({ label }) => label), [3.8, 5]);
  assertEquals(await STS_B.read(parquetFolder, "test"), [{ id: "0", a: "A", b: "C" }]);
});

Deno.test("a file is also read by its name", async () => {
  await withFiles({ "mine.tsv": tsv("sentence|label", "x|0") }, async (folder) => {
    assertEquals((await SST_2.read(folder, "mine.tsv"))[0].label, "negative");
  });
});

Deno.test("a row that is not what the task expects is refused with file, line, found and expected", async () => {
  const dev = (...rows: string[]) => ({ "dev.tsv": tsv(...rows) });
  const header = "index|sentence1|sentence2|label";
  const cases: [SentenceTask, Record<string, string>, string][] = [
    [
      RTE,
      dev(header, "0|A|B|entailment", "1|A|B|maybe"),
      'dev.tsv, line 3: the label is "maybe"; expected entailment or not_entailment',
    ],
    [
      RTE,
      dev(header, "0|A|B|entailment", "1|A|B"),
      "dev.tsv, line 3: 3 columns; expected 4 (index, sentence1, sentence2, label)",
    ],
    [
      RTE,
      dev(header, "0|A|B|entailment", "", "1|A|B|entailment"),
      "dev.tsv, line 3: 1 column; expected 4",
    ],
    [RTE, dev(header), "dev.tsv, line 2: the file ends after its header"],
    [RTE, { "dev.tsv": "\ufeff\n" }, "dev.tsv: is empty"],
    [RTE, dev("a|b|c", "1|2|3"), 'dev.tsv, line 1: there is no column "sentence1"'],
    [
      RTE,
      dev("index|sentence1|label", "0|A|entailment"),
      'dev.tsv, line 2: there is no second text; expected a column "sentence2"',
    ],
    [COLA, dev("x|1||fine", "x|1|fine"), "dev.tsv, line 2: 3 columns; expected 4"],
    [COLA, dev("x|2||fine"), 'dev.tsv, line 1: the label is "2"; expected 0 or 1'],
    [
      STS_B,
      dev("sentence1|sentence2|score", "A|B|5.1"),
      'line 2: the label is "5.1"; expected a number from 0 to 5',
    ],
    [STS_B, dev("sentence1|sentence2|score", "A|B|"), 'line 2: the label is ""; expected a number'],
  ];
  for (const [task, files, sentence] of cases) {
    await assertRefuses(files, (folder) => task.read(folder, "dev"), sentence);
  }
});

Deno.test("a broken row in a thousand of QQP's training file is left out, more are refused", async () => {
  const header = "id|qid1|qid2|question1|question2|is_duplicate";
  const rows = Array.from({ length: 1999 }, (_, i) => `${i}|1|2|a${i}|b|${i % 2}`);
  const torn = ["c", "d|1"]; // a question with a line break in it
  const files = (most: number) => ({ "train.tsv": tsv(header, ...rows.slice(0, most), ...torn) });
  await withFiles(files(1999), async (folder) => {
    const examples = await QQP.read(folder, "train");
    assertEquals([examples.length, examples[1998].a], [1999, "a1998"]);
  });
  for (const most of [3, 1997]) {
    await assertRefuses(
      files(most),
      (folder) => QQP.read(folder, "train"),
      `train.tsv, line ${most + 2}: 1 column; expected 6`,
    );
  }
  const { "train.tsv": text } = files(1999);
  const dev = { "dev.tsv": text };
  await assertRefuses(dev, (folder) => QQP.read(folder, "dev"), "line 2001: 1 column; expected 6");
});

Deno.test("a parquet file's unknown label, and one that is no number, are refused with the row", async () => {
  const cases = {
    unknown_label: ", row 1: the label is 2; expected 0 or 1",
    no_label: ", row 1: the label is null; expected 0 or 1",
    no_sentence:
      ': there is no column "#1 String" or "sentence1"; the columns are "tokens, ner_tags"',
  };
  await assertRejects(
    () => STS_B.read(`${parquetFolder}/broken/no_number`, "dev"),
    Error,
    ", row 1: the label is null; expected a number from 0 to 5",
  );
  for (const [folder, sentence] of Object.entries(cases)) {
    await assertRejects(
      () => MRPC.read(`${parquetFolder}/broken/${folder}`, "dev"),
      Error,
      `validation-00000-of-00001.parquet${sentence}`,
    );
  }
});

Deno.test("files that are absent are named, with the places that were looked in", async () => {
  await assertRefuses(
    { "MRPC/readme.txt": "x" },
    (folder) => MRPC.read(folder, "dev"),
    "there is no dev.tsv, msr_paraphrase_train.txt or validation-00000-of-00001.parquet",
  );
  await assertRefuses(
    { "dev.tsv": "x" },
    (folder) => MRPC.read(folder, "validation"),
    '"validation" is no split either: there are train, dev, test',
  );
  await assertRefuses(
    {},
    (folder) => MRPC.read(`${folder}/absent`, "dev"),
    "there is no such folder; expected one that holds dev.tsv",
  );
  await assertRejects(
    () => MRPC.read(`${parquetFolder}/mnli`, "train"), // premise and hypothesis: not MRPC's columns
    Error,
    'there is no column "#1 String" or "sentence1"',
  );
});

Deno.test("bytes that are not UTF-8, and a parquet file whose parts are not all there, are refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/dev.tsv`, Uint8Array.of(0x61, 0xff, 0x0a));
    await assertRejects(() => COLA.read(folder, "dev"), Error, "dev.tsv: is not UTF-8 text");
    await Deno.copyFile(
      `${parquetFolder}/mnli/train-00000-of-00002.parquet`,
      `${folder}/train-00000-of-00002.parquet`,
    );
    await assertRejects(() => MNLI.read(folder, "train"), Error, "1 of its 2 parts");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a submission is written as GLUE wants it and read back", () => {
  const examples = ["0", "1", "2"].map((id) => ({ id, a: "x", b: "y", label: "equivalent" }));
  const predictions = ["equivalent", "not_equivalent", "equivalent"];
  const text = MRPC.submission.write(examples, predictions);
  assertEquals(text, "index\tprediction\n0\t1\n1\t0\n2\t1\n");
  const { read } = MRPC.submission;
  for (
    const form of [
      text,
      text.replace(/.*\n/, ""),
      "2\t1\r\n0\tequivalent\r\n1\t0",
      "1\n0\n1\n",
      "label\n1\n0\n1\n",
    ]
  ) {
    assertEquals(read(form, "p", examples), predictions, form);
  }
  assertEquals(MNLI.submission.fileName("dev_mismatched"), "MNLI-mm.tsv");
  assertEquals(RTE.submission.fileName("test"), "RTE.tsv");
});

Deno.test("a regression's submission keeps every digit on dev, and the range on test", () => {
  const dev = [{ id: "0", a: "x", b: "y", label: 2 }], test = [{ id: "0", a: "x", b: "y" }];
  assertEquals(STS_B.submission.write(dev, [5.25]), "index\tprediction\n0\t5.25\n");
  assertEquals(STS_B.submission.write(test, [5.25]), "index\tprediction\n0\t5\n");
  assertEquals(STS_B.submission.read("0\t5.25\n", "p", dev), [5.25]);
});

Deno.test("predictions for other examples, twice, missing or of no class are refused", async () => {
  const examples = ["0", "1"].map((id) => ({ id, a: "x", b: "y" }));
  const cases: [string, string][] = [
    [
      "index\tprediction\n0\t1\n7\t1\n",
      'line 3: index "7" is no example of the gold file, whose indices are 0 to 1',
    ],
    ["0\t1\n0\t1\n", "line 2: a second prediction for index 0"],
    ["0\t1\n", "there is no prediction for example 1; expected one for each of the 2"],
    ["0\t1\n1\t2\n", 'line 2: the prediction is "2"; expected 0 or 1'],
    ["1\n0\n1\n", "line 3: prediction 3 of 3; the gold file has 2 examples"],
    ["0.1\t0.9\t3\n", "line 1: 3 columns; expected two"],
    ["", "is empty"],
  ];
  for (const [text, sentence] of cases) {
    await assertRejects(
      () => Promise.resolve().then(() => MRPC.submission.read(text, "p.tsv", examples)),
      Error,
      sentence,
    );
  }
});

Deno.test("every task of GLUE is found by its name in any spelling, and knows its headline", () => {
  for (const task of GLUE_TASKS) {
    assertEquals(findTask(task.name.toLowerCase().replace("-", "_")), task);
    assertEquals(task.metrics.includes(task.headline), true);
  }
});
