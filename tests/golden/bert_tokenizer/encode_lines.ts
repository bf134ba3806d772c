// Helper of compare.py: reads { vocab, lowercase, style, texts } as JSON from the file given, writes one JSON line
// [ids, offsets, wordIds] per text.
import { BertTokenizer, Vocabulary } from "../../../lib/bert/mod.ts";

const [file] = Deno.args;
const { vocab, lowercase, style, texts } = JSON.parse(await Deno.readTextFile(file));
const tokenizer = new BertTokenizer(
  Array.isArray(vocab) ? new Vocabulary(vocab) : await Vocabulary.fromText(vocab),
  { lowercase, style },
);
const lines = texts.map((text: string) => {
  const { inputIds, offsets, wordIds } = tokenizer.encode(text);
  return JSON.stringify([Array.from(inputIds), offsets, wordIds]);
});
await Deno.writeTextFile(file + ".out", lines.join("\n"));
