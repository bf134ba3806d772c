import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { onUnix } from "./run_tool.ts";
import { readSafetensors } from "../../lib/io/mod.ts";
import {
  bertConfig,
  BertForPreTraining,
  BertForSequenceClassification,
  BertModel,
  BertTokenizer,
  readBertConfig,
  sinusoidalPositions,
  SPECIAL_TOKENS,
  Vocabulary,
} from "../../lib/bert/mod.ts";
import { tf } from "../../lib/backend/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";

const TRAIN = new URL("../../tools/train.ts", import.meta.url).pathname;

/** Runs the trainer as a user does. */
async function train(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", TRAIN, ...args],
    env: { NO_COLOR: "1", TF_BACKEND: "cpu" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

const SMALL =
  "--layers 1 --hidden 16 --heads 2 --vocab-size 90 --length 16 --predictions 3 --batch 4 --duplicates 1"
    .split(" ");

Deno.test("train bert pre-trains on a folder of text, goes on where it stopped, and writes a model that loads", async () => {
  const folder = await Deno.makeTempDir();
  const corpus = join(folder, "corpus"), out = join(folder, "model");
  await Deno.mkdir(corpus);
  const documents = Array.from(
    { length: 12 },
    (_, d) =>
      Array.from({ length: 4 }, (_, s) => `the cat number ${d} saw ${s} dogs in the old garden.`)
        .join("\n"),
  );
  await Deno.writeTextFile(join(corpus, "a.txt"), documents.join("\n\n"));
  const command = [
    "bert",
    "--pretrain",
    "--corpus",
    corpus,
    "--out",
    out,
    ...SMALL,
    "--every",
    "2",
    "--json",
  ];
  const first = await train(...command, "--steps", "4", "--half");
  assertEquals(first.code, 0, first.stderr);
  const result = JSON.parse(first.stdout);
  assert(result.heldOut.mlmLoss > 0);
  assertMatch(first.stderr, /step 2: masked/);
  const model = await BertForPreTraining.load(out);
  assertEquals(model.loaded!.missing, []);
  const tokenizer = await BertTokenizer.load(out);
  assertEquals(tokenizer.vocabulary.size, model.config.vocabSize);
  assertMatch(await Deno.readTextFile(join(out, "README.md")), /4 steps/);
  model.dispose();

  const begun = await train(
    ...["bert", "--pretrain", "--corpus", corpus, "--out", join(folder, "begun"), ...SMALL],
    ...["--steps", "2", "--learning-rate", "1e-12", "--init", "0.5", "--sinusoids", "100"],
    ...["--masked-share", "0.4"],
  );
  assertEquals(begun.code, 0, begun.stderr);
  const untrained = await BertForPreTraining.load(join(folder, "begun"));
  const { config } = untrained;
  const places = untrained.parameters.get("bert.embeddings.position_embeddings.weight")!;
  const table = sinusoidalPositions(config.maxPositions, config.hiddenSize, {
    std: 0.5,
    base: 100,
  });
  const furthest = tf.max(tf.abs(tf.sub(places, table)));
  assert((await furthest.data())[0] < 1e-9);
  furthest.dispose();
  table.dispose();
  untrained.dispose();

  const second = await train(...command, "--steps", "6");
  assertEquals(second.code, 0, second.stderr);
  assertMatch(second.stderr, /step 6: masked/);
  assert(!second.stderr.includes("step 4:"), "steps 1 to 4 are not made again");

  const longer = ["bert", "--pretrain", "--corpus", corpus, "--out", join(folder, "longer")];
  const start = [...longer, "--start", out, "--predictions", "3", "--batch", "4", "--json"];
  const tooLong = await train(...start, "--length", "17", "--steps", "1");
  assertEquals(tooLong.code, 1);
  assertMatch(tooLong.stderr, /--length is 17, but the position table of .+ ends at 16: pre-train/);
  const both = await train(...start, "--layers", "2");
  assertMatch(both.stderr, /--layers and --start .+ exclude each other/);
  const third = await train(...start, "--length", "12", "--steps", "1", "--learning-rate", "1e-9");
  assertEquals(third.code, 0, third.stderr);
  const values = async (at: string) =>
    [...(await readSafetensors(join(at, "model.safetensors"))).tensors.values()]
      .flatMap(({ data }) => [...data as Float32Array]);
  const [before, after] = [await values(out), await values(join(folder, "longer"))];
  assertEquals(after.length, before.length);
  assert(
    after.every((v, i) => Math.abs(v - before[i]) < 1e-6),
    "it begins with the first's weights",
  );
  await Deno.remove(folder, { recursive: true });
});

/** A folder with a tiny encoder, and RTE's files with eight rows. */
async function tinyEncoderAndRte() {
  const folder = await Deno.makeTempDir();
  const model = join(folder, "model"), data = join(folder, "data");
  await Deno.mkdir(model);
  await Deno.mkdir(join(data, "RTE"), { recursive: true });
  const vocabulary = new Vocabulary([...SPECIAL_TOKENS, "a", "b", "c", "d"]);
  const config = bertConfig({ vocabSize: vocabulary.size, hiddenSize: 8, layers: 1, heads: 2 });
  const bert = new BertModel(config, { random: createRandom(1) });
  await bert.save(model);
  bert.dispose();
  await Deno.writeTextFile(join(model, "vocab.txt"), vocabulary.toText());
  const rows = Array.from(
    { length: 8 },
    (_, i) => `${i}\t${"abcd"[i % 4]} a\tb ${"abcd"[i % 3]}\t${i % 2 ? "" : "not_"}entailment\n`,
  );
  const text = `index\tsentence1\tsentence2\tlabel\n${rows.join("")}`;
  for (const split of ["train", "dev"]) {
    await Deno.writeTextFile(join(data, "RTE", `${split}.tsv`), text);
  }
  return { folder, model, data };
}

Deno.test("train bert --task fine-tunes once a seed, writes models and predictions, and sums up their scores", async () => {
  const { folder, model, data } = await tinyEncoderAndRte();
  const out = join(folder, "out");
  const command = ["bert", "--task", "rte", "--model", model, "--data", data, "--out", out];
  const recipe = ["--epochs", "2", "--batch", "4", "--every", "2"];
  const { code, stdout, stderr } = await train(...command, ...recipe, "--seeds", "1,2", "--json");
  assertEquals(code, 0, stderr);
  const { scores, runs, headline, train: rows } = JSON.parse(stdout);
  assertEquals([headline, rows], ["accuracy", 8]);
  assertEquals(runs.map((run: { seed: number; steps: number }) => [run.seed, run.steps]), [[1, 4], [
    2,
    4,
  ]]);
  const all = runs.map((run: { scores: { accuracy: number } }) => run.scores.accuracy);
  assertEquals(scores.accuracy.mean, (all[0] + all[1]) / 2);
  const trained = await BertForSequenceClassification.load(join(out, "seed_2"));
  assertEquals(trained.loaded!.missing, []);
  trained.dispose();
  const predictions = await Deno.readTextFile(join(out, "seed_1", "dev_RTE.tsv"));
  assertEquals(predictions.trim().split("\n").length, 9);
  assertMatch(stderr, /test: no predictions, its file is not there/);

  const limits = ["--limit", "4", "--dev-limit", "3"];
  const few = await train(
    ...[...command.slice(0, -1), join(folder, "few"), ...limits],
    ...["--record", "--no-dropout", "--json"],
  );
  assertEquals(few.code, 0, few.stderr);
  assertEquals(JSON.parse(few.stdout).recipe.dropout, false);
  const order: number[][] = JSON.parse(
    await Deno.readTextFile(join(folder, "few", "start", "order.json")),
  );
  assertEquals(order.map((batch) => batch.toSorted()), [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]]);
  const tensors = async (at: string) =>
    (await readSafetensors(join(at, "model.safetensors"))).tensors;
  const [begun, encoder] = [await tensors(join(folder, "few", "start")), await tensors(model)];
  assertEquals(
    begun.get("bert.embeddings.word_embeddings.weight")!.data,
    encoder.get("embeddings.word_embeddings.weight")!.data,
    "what a run begins with is recorded, not what it ends with",
  );
  assertEquals([JSON.parse(few.stdout).train, JSON.parse(few.stdout).dev], [4, 3]);
  const ids = (await Deno.readTextFile(join(folder, "few", "dev_RTE.tsv"))).trim().split("\n")
    .slice(1);
  assertEquals(ids.map((row) => row.split("\t")[0]), ["0", "2", "5"]); // of 8, evenly spread
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train bert chooses SQuAD 2.0's silence on the dev set, as score squad finds it, and writes what it takes", async () => {
  const { folder, model, data } = await tinyEncoderAndRte();
  const out = join(folder, "out"), dataset = join(data, "dev-v2.0.json");
  const qas = Array.from({ length: 8 }, (_, i) => ({
    id: `q${i}`,
    question: `${"abcd"[i % 4]} ?`,
    ...(i % 3
      ? { answers: [{ text: "b", answer_start: 2 }] }
      : { answers: [], is_impossible: true }),
  }));
  const text = JSON.stringify({ data: [{ paragraphs: [{ context: "a b c d a", qas }] }] });
  await Deno.writeTextFile(dataset, text);
  await Deno.writeTextFile(join(data, "train-v2.0.json"), text);
  const { code, stdout, stderr } = await train(
    ...["bert", "--task", "SQuAD2", "--model", model, "--data", data, "--out", out, "--json"],
    ...["--epochs", "3", "--batch", "4", "--learning-rate", "1e-2", "--length", "16"],
  );
  assertEquals(code, 0, stderr);
  const [{ scores, nullThreshold }] = JSON.parse(stdout).runs;
  assertMatch(stderr, /silent above -?[\d.]+, chosen on "dev"/);

  const predictions = join(out, "dev_SQuAD2_dev_predictions.json");
  const odds = join(out, "SQuAD2_dev_null_odds.json");
  const read = async (path: string) => JSON.parse(await Deno.readTextFile(path));
  const [said, nullOdds] = [await read(predictions), await read(odds)];
  const silent = Object.keys(said).filter((id) => said[id] === "");
  assertEquals(silent, Object.keys(said).filter((id) => nullOdds[id] > nullThreshold));

  const { stdout: scored } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", TRAIN.replace("train.ts", "score.ts"), "squad", "--json"],
      ...["--dataset", dataset, "--predictions", predictions],
      ...["--na-probs", odds, "--na-threshold", "1e9"],
    ],
  }).output();
  const official = JSON.parse(new TextDecoder().decode(scored));
  assertEquals([official.f1, official.best_f1], [scores.f1, scores.f1]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train bert scores every split that has labels, keeps their files apart, and refuses a broken one", async () => {
  const { folder, model, data } = await tinyEncoderAndRte();
  await Deno.mkdir(join(data, "MNLI"));
  const rows = (labels: readonly string[]) =>
    `index\tsentence1\tsentence2${labels.length > 0 ? "\tgold_label" : ""}\n` +
    ["a b", "c d", "b a"].map((a, i) => `${i}\t${a}\td\t${labels[i] ?? ""}`.trimEnd() + "\n")
      .join("");
  const put = (name: string, text: string) => Deno.writeTextFile(join(data, "MNLI", name), text);
  const labelled = rows(["neutral", "entailment", "contradiction"]);
  for (const name of ["train", "dev_matched", "dev_mismatched"]) await put(`${name}.tsv`, labelled);
  await put("test_mismatched.tsv", rows([]));
  const out = join(folder, "out");
  const command = ["bert", "--task", "MNLI", "--model", model, "--data", data, "--epochs", "1"];
  const { code, stdout, stderr } = await train(...command, "--out", out, "--json");
  assertEquals(code, 0, stderr);
  const [{ others }] = JSON.parse(stdout).runs;
  assertEquals(Object.keys(others), ["dev_mismatched"]);
  assert(others.dev_mismatched.accuracy >= 0);
  assertMatch(stderr, /test: no predictions, its file is not there/);
  const files = (await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name);
  assertEquals(files.filter((name) => name.endsWith(".tsv")).sort(), [
    "MNLI-mm.tsv",
    "dev_MNLI-m.tsv",
    "dev_mismatched_MNLI-mm.tsv",
  ]);

  await put("test_mismatched.tsv", rows([]).replace("1\tc d\td", "1"));
  const broken = await train(...command, "--out", join(folder, "broken"));
  assertEquals(broken.code, 1);
  assertMatch(broken.stderr, /^error: .*test_mismatched\.tsv, line 3: 1 column; expected 3/m);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train bert does not go on with a run of another recipe under its name, and says when one was finished", async () => {
  const { folder, model, data } = await tinyEncoderAndRte();
  const out = join(folder, "out");
  const command = ["bert", "--task", "RTE", "--model", model, "--data", data, "--out", out];
  const first = await train(...command, "--batch", "4", "--epochs", "1", "--json");
  assertEquals(first.code, 0, first.stderr);
  const again = await train(...command, "--batch", "4", "--epochs", "1", "--json");
  assertMatch(again.stderr, /it was finished before, after step 2; it is scored again/);
  assertEquals(JSON.parse(again.stdout).scores, JSON.parse(first.stdout).scores);
  const cases: [string[], RegExp][] = [
    [["--learning-rate", "1e-2"], /out holds a run with learningRate 0\.00005, this one has 0\.01/],
    [["--seed", "2"], /out holds a run with seed 1, this one has 2: give another --out/],
    [["--limit", "4"], /out holds a run with examples 8, this one has 4/],
  ];
  for (const [options, sentence] of cases) {
    const other = await train(...command, "--batch", "4", "--epochs", "1", ...options);
    assertEquals(other.code, 1);
    assertMatch(other.stderr, /^error: /m);
    assertMatch(other.stderr, sentence);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run is known by its data and weights, not by the names of their folders; a refused one blocks no other", async () => {
  const { folder, model, data } = await tinyEncoderAndRte();
  const out = join(folder, "out");
  const command = ["bert", "--task", "RTE", "--data", data, "--out", out, "--epochs", "1"];
  const refused = await train(...command, "--model", model, "--batch", "0");
  assertMatch(refused.stderr, /^error: batchSize is a whole number/m);
  const first = await train(...command, "--model", `${model}/`, "--batch", "4", "--json");
  assertEquals(first.code, 0, first.stderr);
  assertEquals(JSON.parse(first.stdout).model, "model");

  const twin = join(folder, "twin", "model");
  await Deno.mkdir(twin, { recursive: true });
  for (const name of ["config.json", "vocab.txt"]) {
    await Deno.copyFile(join(model, name), join(twin, name));
  }
  const config = await readBertConfig(join(twin, "config.json"));
  const bert = new BertModel(config, { random: createRandom(2) });
  await bert.save(twin);
  bert.dispose();
  const other = await train(...command, "--model", twin, "--batch", "4");
  assertMatch(other.stderr, /^error: .*out holds a run with weights [0-9a-f]{12}, this one has/m);

  const file = join(data, "RTE", "train.tsv");
  const text = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, text.replace("\tentailment", "\tnot_entailment"));
  const corrected = await train(...command, "--model", model, "--batch", "4");
  assertMatch(corrected.stderr, /^error: .*out holds a run with data [0-9a-f]{12}, this one has/m);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train bert says in a sentence what is missing", async () => {
  const says = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await train(...args);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  };
  await says(["bert"], /^error: say what to do/);
  await says(["bert", "--task", "chess"], /^error: there is no task "chess"; there are MNLI/);
  await says(["bert", "--task", "RTE", "--data", "/nowhere"], /^error: .*nowhere/);
  await says(["bert", "--task", "RTE", "--seeds", "1,x"], /^error: --seeds is "1,x"/);
  await says(["cat"], /^error: "cat" cannot be trained/);
  await says(
    ["bert", "--task", "RTE", "--dropout", "0"],
    /^error: --dropout does not go with --task/,
  );
  await says(["bert", "--pretrain", "--limit", "9"], /^error: --limit does not go with --pretrain/);
  const short = ["bert", "--task", "small_world_similarity", "--length", "2"];
  await says(short, /^error: .*there is no room even for the special tokens/m);
  await says(["bert", "--pretrain", "--corpus", "/nowhere"], /is not there: expected a folder/);
  await says(["bert", "--pretrain", "--steps", "many"], /--steps is "many", expected a number/);
  await says(["bert", "--pretrain", "--config", "huge"], /--config huge is none of tiny, mini/);
  const { code, stdout } = await train("bert", "--help");
  assertEquals(code, 0);
  assertMatch(stdout, /--vocab-size/);
});

const TINY = "--count 9 --size 48 --base 1 --tile 220 --augment views --every 2 --views 1 --json"
  .split(" ");

Deno.test("train unet learns, looks on, keeps the best weights, and scores them on the last six slices", async () => {
  const out = await Deno.makeTempDir();
  const options = ["--validation", "1", "--validate-every", "2", "--steps", "4", "--out", out];
  const { code, stdout, stderr } = await train("unet", ...TINY, ...options, "--half");
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /2 slices of EM phantom, 1 more to look on; scored on 6 of EM phantom/);
  const result = JSON.parse(stdout);
  assertEquals(result, JSON.parse(await Deno.readTextFile(join(out, "result.json"))));
  for (const name of ["pixelError", "randError", "warpingError", "vRand", "vInfo"]) {
    const error = result.oneView[name];
    assert(error >= 0 && error <= 1, `${name} is ${error}`);
  }
  assertEquals(result.sevenViews, undefined);
  const rows = (await Deno.readTextFile(join(out, "log.jsonl"))).trim().split("\n")
    .map((line) => JSON.parse(line));
  assertEquals(rows.map(({ step }) => step), [2, 4]);
  for (const { loss, validationError } of rows) assert(loss > 0 && validationError > 0);
  assertEquals(result.best.error, Math.min(...rows.map((row) => row.validationError)));

  const file = join(out, "unet.safetensors");
  const again = await train("unet", ...TINY, "--evaluate", file);
  assertEquals(again.code, 0, again.stderr);
  const scored = JSON.parse(again.stdout).oneView;
  for (const name of ["pixelError", "randError"]) { // 16-bit weights: nearly the same
    assert(Math.abs(scored[name] - result.oneView[name]) < 0.01, `${name}: ${scored[name]}`);
  }
  await Deno.remove(out, { recursive: true });
});

Deno.test("train unet changes in a recipe what is asked for, and begins where it is told to", async () => {
  const out = await Deno.makeTempDir();
  const options = [
    "--recipe",
    "paper",
    "--augment",
    "rigid",
    "--weights",
    "none",
    "--dropout",
    "0",
  ];
  const shape = ["--padding", "same", "--tile", "48", "--release2015"];
  const command = ["unet", ...TINY, ...shape, "--steps", "1"]; // of two --tile the last counts
  const first = await train(...command, ...options.slice(0, 2), "--out", join(out, "a"));
  assertEquals(first.code, 0, first.stderr);
  const start = join(out, "a", "unet.safetensors");
  const { code, stdout, stderr } = await train(
    ...command,
    ...options,
    ...["--start", start, "--learning-rate", "1e-9", "--out", join(out, "b")],
  );
  assertEquals(code, 0, stderr);
  const { recipe, config } = JSON.parse(stdout);
  assertEquals(recipe.optimizer, { name: "sgd", momentum: 0.99 });
  assertEquals([recipe.weightMap, recipe.schedule, recipe.dropoutRate], [false, "constant", 0]);
  assertEquals([config.padding, config.release2015], ["same", true]);
  const values = async (name: string) =>
    [...(await readSafetensors(join(out, name, "unet.safetensors"))).tensors.values()]
      .flatMap(({ data }) => [...data as Float32Array]);
  const [a, b] = [await values("a"), await values("b")];
  assert(a.every((v, i) => Math.abs(v - b[i]) < 1e-5), "the second run began with the first's");
  await Deno.remove(out, { recursive: true });
});

Deno.test("train unet says in a sentence what is wrong with an option", async () => {
  const says = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await train("unet", ...args);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  };
  await says(["--recipe", "old"], /--recipe is "old", expected modern or paper/);
  await says(["--tile", "310"], /UNet tile side 310 is not 16k\+60/);
  await says(["--views", "3"], /--views is 3, expected 1 or 7/);
  await says(["--validation=-1"], /--validation is -1, expected a number of slices/);
  await says(["--evaluate", "/nowhere", ...TINY], /\/nowhere cannot be read/);
});

Deno.test("train unet-ablation changes one thing at a time, and does nothing twice", async () => {
  const out = await Deno.makeTempDir();
  const sizes = "--count 7 --size 48 --base 1 --tile 220 --steps 1 --json".split(" ");
  const first = await train("unet-ablation", ...sizes, "--out", out);
  assertEquals(first.code, 0, first.stderr);
  const { rows } = JSON.parse(first.stdout);
  assertEquals(rows.map((row: { condition: string }) => row.condition), [
    "full recipe",
    "no weight map",
    "no elastic deformation",
    "padding, no overlap",
    "the paper's optimizer",
  ]);
  const settings = async (name: string) =>
    JSON.parse(await Deno.readTextFile(join(out, `${name}-1`, "result.json")));
  const full = await settings("full_recipe");
  for (
    const [name, ...different] of [
      ["no_weight_map", "weightMap"],
      ["no_elastic_deformation", "augmentation"],
      ["padding_no_overlap"],
      ["the_paper_s_optimizer", "optimizer", "learningRate", "schedule", "warmup"],
    ]
  ) {
    const { recipe, config, tileSide } = await settings(name);
    const changed = Object.keys(recipe).filter((key) =>
      JSON.stringify(recipe[key]) !== JSON.stringify(full.recipe[key])
    );
    assertEquals(changed, different, name);
    assertEquals(
      [config.padding, tileSide],
      name === "padding_no_overlap" ? ["same", 48] : ["valid", 220],
    );
  }
  const second = await train("unet-ablation", ...sizes, "--out", out);
  assertEquals(second.stdout, first.stdout);
  assert(!second.stderr.includes("loss"), "nothing is trained again");
  await Deno.remove(out, { recursive: true });
});

Deno.test({
  ...onUnix(
    "Ctrl-C in train bert saves after the step in progress, exits 130, and the run goes on from there",
  ),
  async fn() {
    const out = await Deno.makeTempDir(), corpus = join(out, "corpus");
    await Deno.mkdir(corpus);
    const document = "the cat saw a dog.\nthe dog saw the cat.\nboth went home.\n";
    await Deno.writeTextFile(join(corpus, "a.txt"), Array(12).fill(document).join("\n"));
    const words = [
      "bert",
      "--pretrain",
      "--corpus",
      corpus,
      "--out",
      out,
      "--every",
      "1",
      ...SMALL,
    ];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "train", ...words, "--steps", "100000"], // through tools/start.ts
      env: { NO_COLOR: "1", TF_BACKEND: "cpu" },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let told = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (!told.includes("step 2:") && (told + text).includes("step 2:")) child.kill("SIGINT");
      told += text;
    }
    assertEquals((await child.status).code, 130, told);
    assertMatch(told, /stopped and saved; the same command goes on from there/);
    const { metadata } = await readSafetensors(join(out, "checkpoint.safetensors"));
    const [last] = told.match(/\d+(?=: masked[^\n]*\n(?!.*: masked))/s) ?? [];
    assertEquals(metadata.step, last);
    await Deno.remove(out, { recursive: true });
  },
});
