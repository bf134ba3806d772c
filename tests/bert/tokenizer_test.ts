import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BertTokenizer, Vocabulary } from "../../lib/bert/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { basicTokenize, HUGGING_FACE_CHARACTERS, wordPiece } from "../../lib/bert/mod.ts";
import { dataPath, testWith } from "../support/needs.ts";

interface Golden {
  vocabulary: string[];
  sentences: string[];
  uncased: { ids: number[]; offsets: number[][]; words: (number | null)[] }[];
  cased: { ids: number[]; offsets: number[][]; words: (number | null)[] }[];
  files: Record<string, { texts: number; sha256: string }>;
}
const golden: Golden = JSON.parse(
  await Deno.readTextFile(
    new URL("../golden/bert_tokenizer/reference.json", import.meta.url),
  ),
);

const SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const small = new Vocabulary([...SPECIALS, "un", "##aff", "##able", "!", "mask", "[", "]", "a"]);

for (const [name, lowercase] of [["uncased", true], ["cased", false]] as const) {
  Deno.test(`random Unicode becomes the ids, offsets and word numbers of Hugging Face's Rust library (${name})`, () => {
    const tokenizer = new BertTokenizer(new Vocabulary(golden.vocabulary), { lowercase });
    golden.sentences.forEach((sentence, i) => {
      const { inputIds, offsets, wordIds } = tokenizer.encode(sentence);
      assertEquals(Array.from(inputIds), golden[name][i].ids, JSON.stringify(sentence));
      assertEquals(offsets, golden[name][i].offsets, JSON.stringify(sentence));
      assertEquals(wordIds, golden[name][i].words, JSON.stringify(sentence));
    });
  });
}

for (const [file, { texts, sha256 }] of Object.entries(golden.files)) {
  testWith(
    { data: file },
    `all ${texts} texts of ${file} become the ids and offsets of Hugging Face's Rust library`,
    async () => {
      const tokenizer = await BertTokenizer.load(
        dataPath("bert_vocab/bert-base-uncased-vocab.txt"),
      );
      const numbers: number[] = [];
      const lines = await readTexts(dataPath(file));
      assertEquals(lines.length, texts);
      for (const line of lines) {
        const { inputIds, offsets } = tokenizer.encode(line);
        for (const id of inputIds) numbers.push(id);
        numbers.push(-1);
        for (const [start, end] of offsets) numbers.push(start, end);
        numbers.push(-2);
      }
      const bytes = new Uint8Array(Int32Array.from(numbers).buffer); // little-endian machines only
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      assertEquals(Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join(""), sha256);
    },
  );
}

/** As `texts` of tests/golden/bert_tokenizer/generate.py. */
async function readTexts(path: string): Promise<string[]> {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await Deno.readFile(path));
  if (!path.endsWith(".json")) return text.split("\n");
  type Squad = {
    data: { paragraphs: { context: string; qas: { question: string }[] }[] }[];
  };
  return (JSON.parse(text) as Squad).data.flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ context, qas }) => [context, ...qas.map(({ question }) => question)])
  );
}

Deno.test("the one-pass tokenizer agrees with the readable BasicTokenizer and WordPiece", () => {
  const vocabulary = new Vocabulary(golden.vocabulary);
  const google = new BertTokenizer(vocabulary, { style: "google", lowercase: true });
  const huggingFace = new BertTokenizer(vocabulary, { lowercase: true });
  for (const sentence of [...golden.sentences, "ΟΔΟΣ ΟΔΟΣ! Σ ΑΣ.Β aΣ\u0301b İSTANBUL ĲSSEL"]) {
    const read = basicTokenize(sentence).flatMap((word) => wordPiece(word, vocabulary));
    assertEquals(google.tokenize(sentence), read, JSON.stringify(sentence));
    if (sentence.includes("[") || /Σ/.test(sentence.normalize("NFD"))) continue; // they differ by design
    const rules = HUGGING_FACE_CHARACTERS;
    const theirs = basicTokenize(sentence, { rules }).flatMap((word) =>
      wordPiece(word, vocabulary, { maxInputCharsPerWord: 100 })
    );
    assertEquals(huggingFace.tokenize(sentence), theirs, JSON.stringify(sentence));
  }
});

Deno.test("every offset cuts its own piece out of the original text", () => {
  const pieces = ["h", "é", "l", "o", "w", "🙂"].flatMap((c) => [c, "##" + c]);
  const tokenizer = new BertTokenizer(new Vocabulary([...SPECIALS, ...pieces]), {
    lowercase: false,
  });
  const random = createRandom(1);
  for (let trial = 0; trial < 200; trial++) {
    const text = Array.from(
      { length: 30 },
      () => random.pick(["h", "é", "l", "o", "w", "🙂", " ", "\u200b"]),
    ).join("");
    const { inputIds, offsets } = tokenizer.encode(text);
    tokenizer.pieces(inputIds).slice(1, -1).forEach((piece, i) => {
      const [start, end] = offsets[i + 1];
      assertEquals(text.slice(start, end), piece.replace("##", ""));
    });
  }
});

Deno.test("a pair is [CLS] A [SEP] B [SEP] with types 0 and 1, and padding attends to nothing", () => {
  const tokenizer = new BertTokenizer(small, { lowercase: true });
  const e = tokenizer.encode("Unaffable!", "a", { maxLength: 10, padding: "maxLength" });
  assertEquals(
    tokenizer.pieces(e.inputIds).join(" "),
    "[CLS] un ##aff ##able ! [SEP] a [SEP] [PAD] [PAD]",
  );
  assertEquals(Array.from(e.tokenTypeIds), [0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
  assertEquals(Array.from(e.attentionMask), [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
  assertEquals(e.wordIds, [null, 0, 0, 0, 1, null, 0, null, null, null]);
  assertEquals(e.offsets[2], [2, 5]);
});

Deno.test("[MASK] in a text is protected as in Hugging Face, or split as in google-research/bert", () => {
  assertEquals(new BertTokenizer(small).tokenize("a[MASK]a"), ["a", "[MASK]", "a"]);
  assertEquals(new BertTokenizer(small, { style: "google" }).tokenize("a[MASK]a"), [
    "a",
    "[",
    "mask",
    "]",
    "a",
  ]);
});

Deno.test("a text given as words keeps the words' numbers and offsets within each word", () => {
  const tokenizer = new BertTokenizer(small, { lowercase: true });
  const { wordIds, offsets } = tokenizer.encode(["a", "", "unaffable!", "[MASK]"]);
  assertEquals(wordIds, [null, 0, 2, 2, 2, 2, 3, null]);
  assertEquals(offsets[5], [9, 10]);
});

Deno.test("truncating a pair shortens the longer text as Hugging Face and as google-research/bert do", () => {
  const a = (n: number) => "a ".repeat(n);
  const halves = (style: "huggingface" | "google", nA: number, nB: number) => {
    const e = new BertTokenizer(small, { style }).encode(a(nA), a(nB), { maxLength: 10 });
    const b = e.tokenTypeIds.filter((type) => type === 1).length - 1;
    return [e.inputIds.length - 3 - b, b];
  };
  // What the Rust library gives for the same sizes (room for 7).
  assertEquals(halves("huggingface", 10, 10), [3, 4]);
  assertEquals(halves("huggingface", 3, 20), [3, 4]);
  assertEquals(halves("huggingface", 20, 3), [4, 3]);
  assertEquals(halves("huggingface", 12, 10), [4, 3]);
  assertEquals(halves("huggingface", 10, 12), [3, 4]);
  assertEquals(halves("huggingface", 2, 12), [2, 5]);
  // `_truncate_seq_pair`: pop from the longer one, from B when equal.
  const pop = (nA: number, nB: number) => {
    while (nA + nB > 7) nA > nB ? nA-- : nB--;
    return [nA, nB];
  };
  for (let nA = 0; nA < 12; nA++) {
    for (let nB = 0; nB < 12; nB++) assertEquals(halves("google", nA, nB), pop(nA, nB));
  }
});

Deno.test("a text that does not fit is an error that gives both lengths", () => {
  const tokenizer = new BertTokenizer(small);
  assertThrows(
    () => tokenizer.encode("a a a", "a", { maxLength: 6, truncation: "none" }),
    Error,
    "7 pieces (3 + 1 + 3 special), maxLength is 6",
  );
  assertThrows(
    () => tokenizer.encode("a a a a a", "a", { maxLength: 6, truncation: "second" }),
    Error,
    "cannot remove",
  );
  assertEquals(
    tokenizer.encode("a a a", "a", { maxLength: 6, truncation: "first" }).inputIds.length,
    6,
  );
  assertThrows(() => tokenizer.encode("a", "a", { maxLength: 2 }), Error, "special tokens");
  assertThrows(
    () => tokenizer.encode("a", undefined, { padding: "maxLength" }),
    Error,
    "maxLength",
  );
});

Deno.test("a batch is padded to its longest text", () => {
  const tokenizer = new BertTokenizer(small);
  const batch = tokenizer.encodeBatch(["a", { a: "a a", b: "a" }]);
  assertEquals([batch.batch, batch.length], [2, 6]);
  assertEquals(Array.from(batch.attentionMask), [1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  assertThrows(() => tokenizer.encodeBatch(["a", "a a"], { padding: "none" }), Error, "one length");
});

Deno.test("decoding joins the pieces as Hugging Face does", () => {
  const words = ["i", "do", "not", "'", "s", ".", "token", "##t", "!", "n't"];
  const tokenizer = new BertTokenizer(new Vocabulary([...SPECIALS, ...words]));
  const ids = (text: string) => text.split(" ").map((piece) => tokenizer.vocabulary.id(piece));
  // Both answers are those of `Tokenizer.decode` of the Rust library.
  assertEquals(tokenizer.decode(ids("[CLS] i do not ' s . [SEP] [MASK]")), "i do not ' s.");
  assertEquals(tokenizer.decode(ids("token ##t ! do not")), "tokent! do not");
  assertEquals(tokenizer.decode(ids("[CLS] i"), { skipSpecialTokens: false }), "[CLS] i");
  assertEquals(tokenizer.decode(ids("i ."), { cleanUp: false }), "i .");
});

Deno.test("a tokenizer is read from vocab.txt, from tokenizer.json and from their folder", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(folder + "/vocab.txt", [...SPECIALS, "A", "b"].join("\r\n"));
  await Deno.writeTextFile(folder + "/tokenizer_config.json", `{"do_lower_case":true}`);
  assertEquals((await BertTokenizer.load(folder + "/vocab.txt")).lowercase, false); // it has an A
  assertEquals((await BertTokenizer.load(folder)).lowercase, true);
  assertEquals((await BertTokenizer.load(folder, { lowercase: false })).lowercase, false);
  const json = {
    added_tokens: [{ id: 7, content: "[MASK]" }],
    normalizer: { type: "BertNormalizer", lowercase: false, strip_accents: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      max_input_chars_per_word: 5,
      vocab: { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "A": 5, "b": 4, "##A": 6 },
    },
  };
  await Deno.writeTextFile(folder + "/tokenizer.json", JSON.stringify(json));
  const tokenizer = await BertTokenizer.load(folder);
  assertEquals(Array.from(tokenizer.encode("Á[MASK]AA AAAAAA").inputIds), [2, 5, 7, 5, 6, 1, 3]);

  const { "[UNK]": _, ...others } = json.model.vocab;
  const without = { ...json, model: { ...json.model, vocab: { ...others, "<unk>": 1 } } };
  await Deno.writeTextFile(folder + "/tokenizer.json", JSON.stringify(without));
  await assertRejects(
    () => BertTokenizer.load(folder),
    Error,
    "no [UNK]",
  );

  json.model.type = "BPE";
  await Deno.writeTextFile(folder + "/tokenizer.json", JSON.stringify(json));
  await assertRejects(
    () => BertTokenizer.load(folder),
    Error,
    `model.type is "BPE", expected "WordPiece"`,
  );
  await Deno.writeTextFile(folder + "/tokenizer.json", "{");
  await assertRejects(() => BertTokenizer.load(folder), Error, "is not JSON");
  await assertRejects(() => BertTokenizer.load(folder + "/no"), Error, "is not there");
  await Deno.remove(folder, { recursive: true });
});

testWith(
  { model: "all-MiniLM-L6-v2" },
  "MiniLM's tokenizer.json gives the ids that transformers gave",
  async () => {
    const { modelPath } = await import("../support/needs.ts");
    const tokenizer = await BertTokenizer.load(modelPath("all-MiniLM-L6-v2"));
    const { cases } = JSON.parse(
      await Deno.readTextFile(
        new URL("../golden/minilm_reference/reference.json", import.meta.url),
      ),
    );
    for (const { text_a, text_b, tokens } of cases) {
      assertEquals(
        tokenizer.pieces(tokenizer.encode(text_a, text_b ?? undefined).inputIds),
        tokens,
      );
    }
  },
);
