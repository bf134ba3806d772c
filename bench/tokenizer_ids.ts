/**
 * Random Unicode sentences through our tokenizer and through Hugging Face's Rust `tokenizers`, cased and uncased,
 * under bert-base-uncased's vocabulary: every id and every offset must be the same.
 *
 *     DATA_DIR=... deno run -A bench/tokenizer_ids.ts [COUNT] [SEED]        (default 100000 and 2)
 *
 * Needs a Python with `tokenizers` (`PYTORCH_PYTHON`, else `python3`). The tests hold the same two to the same ids
 * on stored sentences, and on 149,671 texts of GLUE, SQuAD and the speeches; this is for as many new ones as one likes.
 * Ends with exit code 1 at a difference.
 *
 * @module
 */
import { join } from "@std/path";
import { BertTokenizer } from "../lib/bert/mod.ts";

const [count = "100000", seed = "2"] = Deno.args;
const data = Deno.env.get("DATA_DIR");
if (!data) {
  console.error(
    "DATA_DIR is not set: expected a folder with bert_vocab/bert-base-uncased-vocab.txt.",
  );
  Deno.exit(2);
}
const vocabulary = join(data, "bert_vocab", "bert-base-uncased-vocab.txt");
const folder = await Deno.makeTempDir();
const script = decodeURIComponent(new URL("tokenizer_peer.py", import.meta.url).pathname);
const { success, stdout } = await new Deno.Command(Deno.env.get("PYTORCH_PYTHON") ?? "python3", {
  args: [script, vocabulary, seed, count, folder],
  stderr: "inherit",
}).output();
if (!success) {
  console.error("Python failed: PYTORCH_PYTHON must name one that has `tokenizers`.");
  Deno.exit(2);
}
const read = async (name: string) => JSON.parse(await Deno.readTextFile(join(folder, name)));
const sentences: string[] = await read("sentences.json");
const differ = { ids: 0, offsets: 0 };
let pieces = 0;
for (const name of ["uncased", "cased"]) {
  const tokenizer = await BertTokenizer.load(vocabulary, { lowercase: name === "uncased" });
  const expected: [number[], [number, number][]][] = await read(`${name}.json`);
  sentences.forEach((sentence, i) => {
    const { inputIds, offsets } = tokenizer.encode(sentence);
    const [ids, places] = expected[i];
    pieces += ids.length;
    const tell = (what: keyof typeof differ, ours: string, theirs: string) => {
      if (ours === theirs) return;
      if (differ[what]++ >= 5) return;
      console.error(
        `${name}, sentence ${i}: ${
          JSON.stringify(sentence)
        }\n  ${what} here  ${ours}\n  ${what} there ${theirs}`,
      );
    };
    tell("ids", inputIds.join(" "), ids.join(" "));
    tell("offsets", offsets.join(" "), places.join(" "));
  });
}
await Deno.remove(folder, { recursive: true });
const version = new TextDecoder().decode(stdout).trim();
console.log(
  `${sentences.length} sentences, seed ${seed}, cased and uncased, ${pieces} pieces; ` +
    `tokenizers ${version}: ${differ.ids} differ in an id, ` +
    `${differ.offsets} in an offset`,
);
Deno.exit(differ.ids === 0 ? 0 : 1);
