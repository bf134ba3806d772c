import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { BertForPreTraining, BertTokenizer } from "../../lib/bert/mod.ts";

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

  const second = await train(...command, "--steps", "6");
  assertEquals(second.code, 0, second.stderr);
  assertMatch(second.stderr, /step 6: masked/);
  assert(!second.stderr.includes("step 4:"), "steps 1 to 4 are not made again");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("train bert says in a sentence what is missing", async () => {
  const says = async (args: string[], sentence: RegExp) => {
    const { code, stderr } = await train(...args);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  };
  await says(["bert"], /^error: say what to do/);
  await says(["cat"], /^error: "cat" cannot be trained/);
  await says(["bert", "--pretrain", "--corpus", "/nowhere"], /is not there: expected a folder/);
  await says(["bert", "--pretrain", "--steps", "many"], /--steps is "many", expected a number/);
  await says(["bert", "--pretrain", "--config", "huge"], /--config huge is none of tiny, mini/);
  const { code, stdout } = await train("bert", "--help");
  assertEquals(code, 0);
  assertMatch(stdout, /--vocab-size/);
});
