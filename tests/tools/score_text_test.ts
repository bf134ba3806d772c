import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { STS_B } from "../../lib/bert/tasks/mod.ts";
import { entityScores, matthewsCorrelation, spearman } from "../../lib/metrics/mod.ts";
import { golden } from "../metrics/text_golden.ts";
import { dataPath, testWith } from "../support/needs.ts";
import { runTool, withFolder } from "./run_tool.ts";

/** Runs `deno task score` on files that are written for it. */
async function score(files: Record<string, string>, ...words: string[]) {
  return await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    return await runTool(
      "score.ts",
      words.map((word) => word in files ? join(folder, word) : word),
    );
  });
}

const COLA = "x\t1\t\tIt rains.\nx\t0\t*\tIt rain.\nx\t1\t\tShe sings.\nx\t1\t\tHe sings.\n";

Deno.test("score glue gives a task's metrics for a submission", async () => {
  const files = { "dev.tsv": COLA, "p.tsv": "index\tprediction\n0\t1\n1\t1\n2\t1\n3\t0\n" };
  const words = ["glue", "--task", "cola", "--gold", "dev.tsv", "--predictions", "p.tsv"];
  const { code, stdout } = await score(files, ...words, "--json");
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout), {
    task: "CoLA",
    examples: 4,
    matthews_correlation: matthewsCorrelation([1, 0, 1, 1], [1, 1, 1, 0]),
    accuracy: 0.5,
  });
  assertMatch((await score(files, ...words)).stdout, /^matthews correlation +-0\.333333$/m);
});

Deno.test("score glue reads the gold file that is named, also where a split has that name", async () => {
  const files = { "dev": COLA, "dev.tsv": "x\t0\t*\tIt rain.\n", "p.tsv": "1\n0\n1\n1\n" };
  const words = ["glue", "--task", "CoLA", "--gold", "dev", "--predictions", "p.tsv", "--json"];
  const { stdout, stderr } = await score(files, ...words);
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout).accuracy, 1);
});

testWith({ data: "glue/STS-B" }, "score glue of a regression on the whole dev set", async () => {
  const dev = await STS_B.read(dataPath(""), "dev");
  const said = dev.map(({ a, b }) => 5 - Math.abs(a.length - b!.length) / 9);
  const { stdout } = await score(
    { "p.tsv": STS_B.submission.write(dev, said) },
    ...["glue", "--task", "STS-B", "--gold", dataPath("glue/STS-B/dev.tsv")],
    ...["--predictions", "p.tsv", "--json"],
  );
  assertEquals(JSON.parse(stdout).spearman, spearman(dev.map(({ label }) => Number(label)), said));
});

for (
  const [system, exactMatch, f1] of [
    ["LogisticRegression", "40.14", "50.98"],
    ["BERT_ensemble", "86.21", "92.20"],
  ] as const
) {
  const predictions = `squad/predictions_${system}_v1.1.json`;
  testWith({ data: predictions }, `score squad gives ${system}'s official values`, async () => {
    const words = ["squad", "--dataset", dataPath("squad/dev-v1.1.json")];
    const { stdout } = await score({}, ...words, "--predictions", dataPath(predictions), "--json");
    const found = JSON.parse(stdout);
    assertEquals([found.exact_match.toFixed(2), found.f1.toFixed(2)], [exactMatch, f1]);
  });
}

const qas = [
  { id: "q1", question: "Who?", answers: [{ text: "Anna", answer_start: 0 }] },
  { id: "q2", question: "Why?", answers: [], is_impossible: true },
  { id: "q3", question: "Whom?", answers: [{ text: "Ben", answer_start: 9 }] },
];
const squad = (questions: unknown[]) =>
  JSON.stringify({ data: [{ paragraphs: [{ context: "Anna met Ben.", qas: questions }] }] });

Deno.test("score squad knows v2.0 by its questions without an answer, and says what it left out", async () => {
  const files = { "dev.json": squad(qas), "p.json": '{"q1": "Anna!", "q2": "Ben", "other": "x"}' };
  const { code, stdout, stderr } = await score(
    files,
    ...["squad", "--dataset", "dev.json", "--predictions", "p.json", "--json"],
  );
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout), {
    exact_match: 50,
    f1: 50,
    total: 2,
    version: "2.0",
    unanswered: 1,
    has_answer: { exact_match: 100, f1: 100, total: 1 },
    no_answer: { exact_match: 0, f1: 0, total: 1 },
  });
  assertMatch(stderr, /1 answers are to no question/);
  assertMatch(stderr, /1 of 3 questions have no answer; they do not count/);
});

Deno.test("score squad has v2.0's rules where the file says so, though every question has an answer", async () => {
  const answered = [qas[0], qas[2]];
  const newer = JSON.stringify({ version: "v2.0", ...JSON.parse(squad(answered)) });
  const files = { "old.json": squad(answered), "new.json": newer, "p.json": '{"q1": "Anna"}' };
  const found = async (dataset: string) => {
    const words = ["squad", "--dataset", dataset, "--predictions", "p.json", "--json"];
    const { version, exact_match, total } = JSON.parse((await score(files, ...words)).stdout);
    return { version, exact_match, total };
  };
  assertEquals(await found("old.json"), { version: "1.1", exact_match: 50, total: 2 });
  assertEquals(await found("new.json"), { version: "2.0", exact_match: 100, total: 1 });
});

Deno.test("score squad asks the answers whether there is one, as the official script does", async () => {
  const files = {
    "dev.json": squad([{ ...qas[0], is_impossible: true }, qas[1]]),
    "p.json": '{"q1": "Anna"}',
  };
  const words = ["squad", "--dataset", "dev.json", "--predictions", "p.json", "--json"];
  assertEquals(JSON.parse((await score(files, ...words)).stdout).exact_match, 100);
});

Deno.test("score squad finds the thresholds of v2.0, and falls silent above the one that is given", async () => {
  const files = {
    "dev.json": squad(qas),
    "p.json": '{"q1": "Anna", "q2": "Ben", "q3": "Anna"}',
    "odds.json": '{"q1": -2.5, "q2": 3, "q3": 4, "other": 0}',
    "few.json": '{"q1": 1, "q2": 0.5}',
    "words.json": '{"q1": 1, "q2": "no", "q3": 0}',
  };
  const words = ["squad", "--dataset", "dev.json", "--predictions", "p.json", "--na-probs"];
  const { stdout } = await score(files, ...words, "odds.json", "--na-threshold", "3.5", "--json");
  const { exact_match, f1, total: _, version: __, unanswered: ___, ...parts } = JSON.parse(stdout);
  assertAlmostEquals(exact_match, 100 / 3); // q3 falls silent, and has an answer
  assertAlmostEquals(f1, 100 / 3);
  assertEquals(parts, {
    has_answer: { exact_match: 50, f1: 50, total: 2 },
    no_answer: { exact_match: 0, f1: 0, total: 1 },
    best_exact: 200 / 3,
    best_exact_thresh: -2.5,
    best_f1: 200 / 3,
    best_f1_thresh: -2.5,
  });
  assertMatch((await score(files, ...words, "odds.json")).stdout, /^best_f1_thresh -2.5$/m);
  const refusals: [string[], RegExp][] = [
    [["few.json"], /few\.json: has no number for question q3/],
    [["words.json"], /words\.json, line 1: the value of question q2 is "no"; expected a number/],
    [["odds.json", "--na-threshold", "high"], /--na-threshold is "high", expected a number/],
  ];
  for (const [more, sentence] of refusals) {
    const { code, stderr } = await score(files, ...words, ...more);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  }
  const old = { ...files, "dev.json": squad([qas[0]]) };
  const { stderr } = await score(old, ...words, "odds.json");
  assertMatch(stderr, /--na-probs is for v2\.0, but every question/);
});

Deno.test("score ner counts a -DOCSTART- with tags as conlleval does", async () => {
  const { text, conlleval } = golden.files.find(({ text }) => text.startsWith("-DOCSTART-"))!;
  const { stdout } = await score({ "out.txt": text }, "ner", "--file", "out.txt", "--json");
  const found = JSON.parse(stdout);
  assertEquals([found.words, found.conlleval.accuracy], [conlleval.words, conlleval.accuracy]);
  assertEquals(found.conlleval.fb1, conlleval.f1);
});

Deno.test("score ner gives seqeval's shares, conlleval's percent and the strict reading", async () => {
  const { truth, predicted, seqeval, strict, conlleval } = golden.entities.find(({ truth }) =>
    truth.length > 2
  )!;
  const text = truth.map((tags, s) =>
    tags.map((tag, i) => `w x ${tag} ${predicted[s][i]}\n`).join("")
  ).join("\n");
  const { stdout } = await score({ "out.txt": text }, "ner", "--file", "out.txt", "--json");
  const found = JSON.parse(stdout);
  ["precision", "recall", "f1"].forEach((name, i) => {
    assertAlmostEquals(found[name], seqeval[i], 1e-14);
    assertAlmostEquals(found.strict[name], strict[i], 1e-14);
  });
  assertEquals(found.conlleval.fb1, conlleval!.f1);
  assertEquals(found.conlleval.accuracy, conlleval!.accuracy);
  assertEquals(found.types, Object.fromEntries(entityScores(truth, predicted).types));
  const report = (await score({ "out.txt": text }, "ner", "--file", "out.txt")).stdout;
  assertMatch(report, /^entities +precision +recall +F1 +found$/m);
});

Deno.test("what cannot be scored is refused with a sentence: file, line, found, expected", async () => {
  const files = {
    "dev.tsv": COLA,
    "wrong.tsv": COLA.replace("\t0\t*", "\t3\t*"),
    "short.tsv": "x\t1\t\tfine\nx\t1\n",
    "empty.tsv": "",
    "test.tsv": "index\tsentence\n0\tIt rains.\n",
    "ok.tsv": "1\n1\n1\n0\n",
    "one.tsv": "0\t1\n",
    "others.tsv": "7\t1\n",
    "label.tsv": "0\t1\n1\tmaybe\n",
    "dev.json": squad(qas),
    "shifted.json": squad([{ ...qas[0], answers: [{ text: "Anna", answer_start: 1 }] }]),
    "answers.json": '{"q1": "Anna"}',
    "strangers.json": '{"a": "Anna"}',
    "half.json": '{"q1": "An',
    "tags.txt": "Anna NNP B-PER\n",
    "columns.txt": "Anna B-PER O\nmet\n",
    "prediction.txt": "Anna NNP B-NP B-PER B-PER\nmet VBD B-VP O\n",
    "line.json": '{"q1": "Anna",\n\n"q2": "Ben"\n"q3": ""}',
    "quoted.json": '{"q1":\nNaN\n}',
  };
  const glue = (
    gold: string,
    predictions: string,
  ) => ["glue", "--task", "CoLA", "--gold", gold, "--predictions", predictions];
  const squad_ = (
    dataset: string,
    predictions: string,
  ) => ["squad", "--dataset", dataset, "--predictions", predictions];
  const cases: [string[], RegExp][] = [
    [glue("wrong.tsv", "ok.tsv"), /wrong\.tsv, line 2: the label is "3"; expected 0 or 1/],
    [glue("short.tsv", "ok.tsv"), /short\.tsv, line 2: 2 columns; expected 4/],
    [glue("empty.tsv", "ok.tsv"), /empty\.tsv: is empty/],
    [glue("test.tsv", "one.tsv"), /test\.tsv: example 0 has no label, as in a test file/],
    [glue("absent.parquet", "ok.tsv"), /absent\.parquet does not exist: --gold names a file/],
    [glue("dev.tsv", "empty.tsv"), /empty\.tsv: is empty; expected predictions/],
    [glue("dev.tsv", "one.tsv"), /one\.tsv: there is no prediction for example 1/],
    [glue("dev.tsv", "others.tsv"), /others\.tsv, line 1: index "7" is no example/],
    [
      glue("dev.tsv", "label.tsv"),
      /label\.tsv, line 2: the prediction is "maybe"; expected 0 or 1/,
    ],
    [glue("absent.tsv", "ok.tsv"), /absent\.tsv does not exist: --gold names a file/],
    [glue("dev.tsv", "absent.tsv"), /absent\.tsv does not exist: --predictions names a file/],
    [["glue", "--task", "SQuAD"], /SQuAD is not scored here; --task is one of MNLI/],
    [["glue", "--task", "x"], /there is no task "x"/],
    [["glue"], /--task is missing/],
    [
      squad_("shifted.json", "answers.json"),
      /shifted\.json, line 1: question q1: the passage has "nna " at answer_start 1; expected the answer, "Anna"/,
    ],
    [squad_("dev.json", "strangers.json"), /strangers\.json: none of its 1 ids/],
    [squad_("dev.json", "half.json"), /half\.json, line 1: is not JSON: Unterminated string/],
    [squad_("dev.json", "line.json"), /line\.json, line 4: is not JSON: Expected ',' or '}'/],
    [
      squad_("dev.json", "quoted.json"),
      /quoted\.json, line 2: is not JSON: Unexpected token 'N'\n/,
    ],
    [["ner", "--file", "tags.txt"], /tags\.txt, line 1: the true tag is "NNP"; expected O, or B/],
    [["ner", "--file", "columns.txt"], /columns\.txt, line 2: 1 column \("met"\); expected 2/],
    [
      ["ner", "--file", "prediction.txt"],
      /prediction\.txt, line 2: 4 columns \("met VBD B-VP O"\); expected 5, as in line 1/,
    ],
    [["ner", "--file", "empty.tsv"], /empty\.tsv: is empty/],
  ];
  for (const [words, sentence] of cases) {
    const { code, stdout, stderr } = await score(files, ...words);
    assertEquals([code, stdout], [1, ""], words.join(" "));
    assertMatch(stderr, sentence);
    assertMatch(stderr, /^error: /m);
    assertEquals(stderr.includes("    at "), false, `a stack was printed: ${stderr}`);
  }
});
