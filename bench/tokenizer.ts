/**
 * Texts per second of our tokenizer beside `@huggingface/tokenizers` (JavaScript), on the same
 * texts in the same run. Ours also gives offsets and word numbers; theirs gives ids alone.
 *
 * Run with `deno run -A bench/tokenizer.ts`; with DATA_DIR set it takes bert-base-uncased's
 * vocabulary and the speeches of pretrain_text, otherwise made-up words.
 */
import { join } from "@std/path";
import { Tokenizer } from "@huggingface/tokenizers";
import { BertTokenizer, SPECIAL_TOKENS, Vocabulary } from "../lib/bert/mod.ts";
import { createRandom } from "../lib/random/mod.ts";

const { vocabulary, texts } = await material();
const characters = texts.reduce((sum, text) => sum + text.length, 0);

const ours = new BertTokenizer(vocabulary, { lowercase: true });
const theirs = new Tokenizer(tokenizerJson(vocabulary), {});

for (const text of texts.slice(0, 500)) {
  const a = Array.from(ours.encode(text).inputIds).join();
  if (a !== theirs.encode(text).ids.join()) throw new Error(`the two differ on ${text}`);
}

const rows = [
  { name: "lib/bert", run: () => texts.forEach((text) => ours.encode(text)) },
  { name: "@huggingface/tokenizers", run: () => texts.forEach((text) => theirs.encode(text)) },
].map(({ name, run }) => ({ name, seconds: best(run, 5) }));
for (const { name, seconds } of rows) {
  console.log(
    `${name.padEnd(24)} ${(texts.length / seconds).toFixed(0).padStart(8)} texts/s  ` +
      `${(characters / seconds / 1e6).toFixed(2).padStart(6)} million characters/s`,
  );
}
console.log(`ratio ${(rows[1].seconds / rows[0].seconds).toFixed(1)}`);

function best(run: () => void, times: number): number {
  let least = Infinity;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least / 1000;
}

async function material(): Promise<{ vocabulary: Vocabulary; texts: string[] }> {
  const data = Deno.env.get("DATA_DIR");
  if (data) {
    const speeches = join(data, "pretrain_text", "state_union_1945_2006.txt");
    return {
      vocabulary: await Vocabulary.fromText(
        join(data, "bert_vocab", "bert-base-uncased-vocab.txt"),
      ),
      texts: (await Deno.readTextFile(speeches)).split("\n").slice(0, 5000),
    };
  }
  const random = createRandom(1);
  const syllable = () => random.pick("bcdfglmnprstv") + random.pick("aeiou");
  const words = Array.from({ length: 5000 }, () => syllable() + syllable() + syllable());
  const pieces = new Set([...SPECIAL_TOKENS, ..."abcdefghijklmnopqrstuvwxyz.,"]);
  for (const letter of "abcdefghijklmnopqrstuvwxyz") pieces.add("##" + letter);
  for (const word of words.slice(0, 2500)) {
    pieces.add(word);
    pieces.add("##" + word.slice(2));
  }
  const sentence = () => Array.from({ length: 20 }, () => random.pick(words)).join(" ") + ".";
  return {
    vocabulary: new Vocabulary([...pieces]),
    texts: Array.from({ length: 5000 }, sentence),
  };
}

/** The same tokenizer as Hugging Face writes it down. */
function tokenizerJson(vocabulary: Vocabulary) {
  const special = (token: string) => ({ SpecialToken: { id: token, type_id: 0 } });
  const ids = (token: string) => ({ id: token, ids: [vocabulary.id(token)], tokens: [token] });
  return {
    added_tokens: SPECIAL_TOKENS.map((content) => ({
      id: vocabulary.id(content),
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [special("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, special("[SEP]")],
      pair: [],
      special_tokens: { "[CLS]": ids("[CLS]"), "[SEP]": ids("[SEP]") },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.pieces.map((piece, id) => [piece, id])),
    },
  };
}
