/**
 * What reads files from elsewhere, with good files to damage and the errors that may come of it.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { zipSync } from "fflate";
import { join } from "@std/path";
import { BertTokenizer, readBertConfig, Vocabulary } from "../../lib/bert/mod.ts";
import { findTask, readConll, readSquadJson, TaskFileError } from "../../lib/bert/tasks/mod.ts";
import {
  decodePng,
  decodeTiff,
  encodePng,
  encodeTiff,
  ImageFileError,
} from "../../lib/image/mod.ts";
import {
  CatalogueError,
  decodeSafetensors,
  encodeSafetensors,
  ParquetError,
  parseCatalogue,
  readParquet,
  SafetensorsError,
  unzip,
  ZipError,
} from "../../lib/io/mod.ts";

/** A reader of files. */
export interface Target {
  readonly name: string;
  /** Whether its files are text. */
  readonly text: boolean;
  /** Good files. */
  seeds(): Promise<Uint8Array[]>;
  /** Reads one; `folder` is an empty one of its own where the reader wants a path. */
  read(bytes: Uint8Array<ArrayBuffer>, folder: string): unknown;
  /** Whether this error is one that the reader's documentation names. */
  documented(error: unknown): boolean;
  /** Puts right what would have the damage refused at first sight, a checksum or a length. */
  repair?(bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Bytes in typed arrays that reading a file may take, in all. Raw formats: ten times the file, and 64 kB.
   */
  allowed?(bytes: Uint8Array): number;
}

const root = join(import.meta.dirname!, "..", "..");
const encode = (text: string) => new TextEncoder().encode(text);
const isA = (...kinds: (new (...args: never[]) => Error)[]) => (error: unknown) =>
  kinds.some((kind) => error instanceof kind);
/** An error of this project that has no class of its own: a sentence that names the file. */
const names = (file: string) => (error: unknown) =>
  error instanceof Error && error.message.includes(file) &&
  ["Error", "RangeError"].includes(error.constructor.name);

async function golden(ending: string): Promise<Uint8Array[]> {
  const folder = join(root, "tests", "golden", "image_files"), files: Uint8Array[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(ending)) continue;
    const bytes = await Deno.readFile(join(folder, name));
    if (bytes.length < 20_000) files.push(bytes);
  }
  return files;
}

/** A reader that wants a path. */
function ofFile(
  name: string,
  file: string,
  seeds: () => Promise<Uint8Array[]>,
  read: (path: string) => unknown,
  documented: (error: unknown) => boolean,
  fixed = 65_536,
): Target {
  return {
    name,
    text: true,
    allowed: (bytes) => fixed + 10 * bytes.length,
    seeds,
    documented,
    read(bytes, folder) {
      Deno.writeFileSync(join(folder, file), bytes);
      return read(join(folder, file));
    },
  };
}

const gray = (n: number) => ({
  data: Uint8Array.from({ length: n * n }, (_, i) => (i * 37) & 255),
  width: n,
  height: n,
});

const pieces = [
  "[PAD]",
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
  "the",
  "cat",
  "##s",
  "un",
  "##able",
  "é",
];

/** Every tokenizer has tables of a fixed size, whatever its file. */
const TOKENIZER_TABLES = 1 << 19;

const tokenizerJson = JSON.stringify({
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [{
    id: 0,
    content: "[PAD]",
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }],
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
  },
});

const squad = JSON.stringify({
  version: "1.1",
  data: [{
    title: "Anna",
    paragraphs: [{
      context: "Anna 🙂 met Ben in Bern in 1999.",
      qas: [
        { id: "q1", question: "Who?", answers: [{ text: "Anna", answer_start: 0 }] },
        { id: "q2", question: "Where?", answers: [{ text: "Bern", answer_start: 18 }] },
        { id: "q3", question: "Why?", answers: [], is_impossible: true },
      ],
    }],
  }],
});

const conll =
  "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\nPeter NNP B-NP B-PER\n" +
  "Blackburn NNP I-NP I-PER\n\n";

/** Every chunk's checksum. */
function repairPng(bytes: Uint8Array<ArrayBuffer>) {
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
}

/** A task's table, read as the task reads it. */
const glue = (task: string, text: string): Target =>
  ofFile(
    `glue-${task}`,
    "dev.tsv",
    () => Promise.resolve([encode(text)]),
    (path) => findTask(task).read(join(path, ".."), "dev"),
    isA(TaskFileError),
  );

/** Everything that is fuzzed. */
export const TARGETS: readonly Target[] = [
  {
    name: "tiff",
    text: false,
    seeds: async () => [
      ...await golden(".tif"),
      encodeTiff([gray(8), gray(5)]),
      encodeTiff([{ data: Float32Array.of(0, 0.5, 1, 2), width: 2, height: 2 }], {
        compression: "none",
      }),
    ],
    read: (bytes) => decodeTiff(bytes, "fuzzed.tif"),
    documented: isA(ImageFileError),
    // Compressed: as much as its compression can honestly hold, in the stored type and decoded.
    allowed: (bytes) => 65_536 + 3000 * 12 * bytes.length,
  },
  {
    name: "png",
    text: false,
    seeds: async () => [
      ...await golden(".png"),
      encodePng(gray(9)),
      encodePng({ data: Uint16Array.of(1, 65535, 7, 8), width: 2, height: 2 }),
    ],
    repair: repairPng,
    read: (bytes) => decodePng(bytes, "fuzzed.png"),
    documented: isA(ImageFileError),
    allowed: (bytes) => 1 << 20 | 1033 * 12 * bytes.length,
  },
  {
    name: "safetensors",
    text: true, // its header is
    seeds: () =>
      Promise.resolve([
        encodeSafetensors(
          new Map([
            ["a", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
            ["b", { dtype: "F16", shape: [2], data: Float32Array.of(1, 2) }],
            ["c", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
          ]),
          { format: "pt" },
        ),
        encodeSafetensors(
          new Map([["x", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }]]),
        ),
      ]),
    repair(bytes) { // the header's length
      const end = bytes.subarray(8).lastIndexOf(0x7d);
      if (bytes.length >= 8) new DataView(bytes.buffer).setBigUint64(0, BigInt(end + 1), true);
    },
    read: (bytes) => decodeSafetensors(bytes, "fuzzed.safetensors"),
    documented: isA(SafetensorsError),
  },
  {
    name: "zip",
    text: false,
    seeds: () =>
      Promise.resolve([
        zipSync({ "a/b.txt": encode("hello hello hello hello"), "c": [encode("x"), { level: 0 }] }),
        zipSync({ d: new Uint8Array(2000) }),
      ]),
    read(bytes, folder) {
      Deno.writeFileSync(join(folder, "a.zip"), bytes);
      return unzip(join(folder, "a.zip"), join(folder, "out"));
    },
    documented: isA(ZipError),
    // fflate's inflate works in a window of 98 kB for each file.
    allowed: (bytes) => 1 << 20 | 10 * bytes.length,
  },
  {
    name: "parquet",
    text: false,
    seeds: () =>
      Promise.all([
        "mrpc/validation-00000-of-00001",
        "mnli/train-00001-of-00002",
        "squad_v2/validation-00000-of-00001",
        "conll2003/train-00000-of-00001",
      ].map((name) => Deno.readFile(join(root, `tests/golden/task_parquet/${name}.parquet`)))),
    read(bytes, folder) {
      Deno.writeFileSync(join(folder, "a.parquet"), bytes);
      return readParquet(join(folder, "a.parquet"));
    },
    documented: isA(ParquetError),
    // Snappy makes at most 22 bytes of one; then the values.
    allowed: (bytes) => 65_536 + 32 * bytes.length,
  },
  ofFile(
    "tokenizer.json",
    "tokenizer.json",
    () => Promise.resolve([encode(tokenizerJson)]),
    (path) => BertTokenizer.load(path),
    names("tokenizer.json"),
    TOKENIZER_TABLES,
  ),
  ofFile(
    "vocab.txt",
    "vocab.txt",
    () => Promise.resolve([encode(pieces.join("\n") + "\n")]),
    async (path) => {
      const vocabulary = await Vocabulary.fromText(path);
      new BertTokenizer(vocabulary).encode("the cats are unable");
    },
    names("vocab.txt"),
    TOKENIZER_TABLES,
  ),
  ofFile(
    "config.json",
    "config.json",
    async () => [await Deno.readFile(join(root, "data/models/small_world_bert/config.json"))],
    (path) => readBertConfig(path),
    names("config.json"),
  ),
  {
    name: "catalogue",
    text: true,
    async seeds() {
      const { format, entries } = JSON.parse(
        await Deno.readTextFile(join(root, "data/catalogue.json")),
      );
      const few = ["all-MiniLM-L6-v2", "conll2003", "glue-CoLA", "wnut17"];
      const some = Object.fromEntries(few.map((name) => [name, entries[name]]));
      return [encode(JSON.stringify({ format, entries: some }))];
    },
    read: (bytes) => parseCatalogue(new TextDecoder().decode(bytes), "fuzzed"),
    documented: isA(CatalogueError),
  },
  glue(
    "RTE",
    "index\tsentence1\tsentence2\tlabel\n0\tIt rains.\tIt is wet.\tentailment\n1\ta\tb\tnot_entailment\n",
  ),
  glue("CoLA", "gj04\t1\t\tThe cat sat.\ngj04\t0\t*\tCat the sat.\n"),
  glue(
    "STS-B",
    "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n" +
      "0\tmain\tf\t2012\t0\tn\tn\tA man walks.\tA person goes.\t4.25\n",
  ),
  {
    name: "squad",
    text: true,
    seeds: () => Promise.resolve([encode(squad)]),
    read: (bytes) => readSquadJson(new TextDecoder().decode(bytes), "fuzzed.json"),
    documented: isA(TaskFileError),
  },
  {
    name: "conll",
    text: true,
    seeds: () => Promise.resolve([encode(conll), encode(conll.replaceAll(" ", "\t"))]),
    read: (bytes) => readConll(new TextDecoder().decode(bytes), "fuzzed.conll"),
    documented: isA(TaskFileError),
  },
  ofFile(
    "conll-tags",
    "eng.testa",
    () => Promise.resolve([encode(conll)]),
    (path) => findTask("CoNLL-2003").read(join(path, ".."), "dev"),
    isA(TaskFileError),
  ),
];
