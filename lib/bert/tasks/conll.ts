import type { TagScheme } from "../../metrics/mod.ts";
import { readParquet } from "../../io/mod.ts";
import { type FileLayout, findFiles, readText } from "./data_files.ts";
import type { Source } from "./source.ts";
import { convertTags } from "./tag_schemes.ts";
import type { TaggingExample } from "./task.ts";
import { counted, type FilePlace, shown, TaskFileError } from "./task_file_error.ts";

/** Which columns of a file in CoNLL's format count; from 0, or negative from the last one, -1. */
export interface ConllColumns {
  /** Default 0. */
  readonly word?: number;
  /** Default -1. */
  readonly tag?: number;
}

/** A sentence of a file, and where its words stand. */
export interface ConllSentence {
  /** [N] all rows of a file have as many columns. */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
  /** How many lines `-DOCSTART-` came before it. */
  readonly document: number;
}

/**
 * The sentences of a text in CoNLL's format: a word in a line with what is known of it in columns, an empty
 * line between sentences (a line of only tabs or spaces is empty). Columns are separated by tabs if the
 * line has one, else by spaces. A line `-DOCSTART-` begins a document, and is no word.
 *
 * @param text the file
 * @param path for the sentences of errors
 * @param options `width`: how many columns a row must have, default 2; `skip`: lines that say nothing;
 *   `countDocstart`: a `-DOCSTART-` with tags is a sentence of one word, as conlleval counts it, default false
 * @throws {TaskFileError} with the line, if a row has fewer columns, or not as many as the first one; or there is
 *   no sentence
 *
 * @example
 * ```ts
 * import { readConll } from "./mod.ts";
 *
 * const [{ rows }] = readConll("EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n", "eng.train");
 * console.log(rows[0].cells); // ["EU", "NNP", "B-NP", "B-ORG"]
 * ```
 */
export function readConll(
  text: string,
  path: string,
  options: {
    readonly width?: number;
    readonly skip?: RegExp;
    readonly countDocstart?: boolean;
  } = {},
): ConllSentence[] {
  const { width = 2, skip, countDocstart = false } = options;
  const sentences: ConllSentence[] = [];
  let rows: { line: number; cells: string[] }[] = [];
  let document = 0;
  let first: { readonly line: number; readonly columns: number } | undefined;
  const end = () => {
    if (rows.length > 0) sentences.push({ rows, document });
    rows = [];
  };
  // U+0085 and other exotic line ends are parts of words in texts from the web: only line feeds count.
  text.replace(/^\ufeff/, "").split("\n").forEach((raw, i) => {
    const content = raw.replace(/\r$/, "");
    if (skip?.test(content)) return;
    if (content.trim() === "") return end();
    const cells = content.includes("\t")
      ? content.replace(/\t+$/, "").split("\t")
      : content.trim().split(/ +/);
    if (cells[0] === "-DOCSTART-") {
      end();
      document++;
      if (countDocstart && cells.length > width) {
        sentences.push({ rows: [{ line: i + 1, cells }], document });
      }
      return;
    }
    first ??= { line: i + 1, columns: cells.length };
    if (cells.length < width || cells.length !== first.columns) {
      const expected = cells.length < width
        ? `${width} or more, separated by tabs or spaces`
        : `${first.columns}, as in line ${first.line}`;
      throw new TaskFileError(
        { path, line: i + 1 },
        `${counted(cells.length, "column")} (${shown(content)}); expected ${expected}`,
      );
    }
    rows.push({ line: i + 1, cells });
  });
  end();
  if (sentences.length === 0) {
    throw new TaskFileError({ path }, "is empty; expected a word and its tag in every line");
  }
  return sentences;
}

/** Files with a word in a line. */
export interface TaggingLayout extends FileLayout {
  /** Columns of files in CoNLL's format. */
  readonly columns?: ConllColumns;
  /** The column of numbered tags in Hugging Face's files, beside "tokens". */
  readonly hubColumn?: string;
  /** The tag there of what is no word and is left out, such as CoNLL-U's joined tokens ("don't"). */
  readonly hubNoWord?: string;
  /** The tags of the task, in the order in which Hugging Face numbers them. */
  readonly labels: readonly string[];
  /** Tags of entities are converted to this scheme when they are read. Default: left as they are. */
  readonly scheme?: TagScheme;
}

/**
 * The examples of files in CoNLL's format (any columns; in CoNLL-U, by the name `.conllu`, the word is the
 * second and the tag the fourth one), and of Hugging Face's parquet files.
 *
 * @param layout where the files are and what stands in them
 */
export function conllFiles(layout: TaggingLayout): Source<TaggingExample> {
  const { labels, scheme } = layout;
  const known = new Set(labels);
  const check = (tags: readonly string[], placeOf: (word: number) => FilePlace) => {
    let converted: readonly string[];
    try {
      converted = scheme ? convertTags(tags, scheme) : tags;
    } catch {
      converted = tags; // of no scheme: the wrong tag is named below
    }
    const wrong = converted.findIndex((tag) => !known.has(tag));
    if (wrong >= 0) {
      throw new TaskFileError(
        placeOf(wrong),
        `the tag is ${shown(tags[wrong])}; expected one of ${labels.join(", ")}`,
      );
    }
    return converted;
  };

  async function fromText(path: string): Promise<TaggingExample[]> {
    const isConllU = path.endsWith(".conllu");
    const { word, tag } = isConllU ? CONLL_U : { word: 0, tag: -1, ...layout.columns };
    const width = Math.max(2, ...[word, tag].map((at) => at < 0 ? -at : at + 1));
    const options = { width, ...(isConllU ? { skip: CONLL_U.skip } : {}) };
    const sentences = readConll(await readText(path), path, options);
    const hasDocuments = sentences.some(({ document }) => document > 0);
    return sentences.map(({ rows, document }, i) => ({
      id: `${i}`,
      words: rows.map(({ cells }) => cells.at(word)!),
      tags: check(rows.map(({ cells }) => cells.at(tag)!), (at) => ({ path, line: rows[at].line })),
      ...(hasDocuments ? { document } : {}),
    }));
  }

  async function fromParquet(path: string): Promise<TaggingExample[]> {
    const { hubColumn = "ner_tags" } = layout;
    const { rows, classNames, columns } = await readParquet(path);
    if (!columns.includes("tokens") || !columns.includes(hubColumn)) {
      throw new TaskFileError(
        { path },
        `the columns are ${columns.join(", ")}; expected tokens and ${hubColumn}`,
      );
    }
    if (rows.length === 0) throw new TaskFileError({ path }, "holds no sentence");
    const names = classNames.get(hubColumn) ?? labels;
    return rows.map((row, i) => {
      const words = row.tokens as string[], numbers = row[hubColumn] as (number | string)[];
      const count = (list: unknown) => Array.isArray(list) ? list.length : "no";
      if (count(words) !== count(numbers) || !Array.isArray(words)) {
        throw new TaskFileError(
          { path, row: i + 1 },
          `${count(words)} tokens and ${
            count(numbers)
          } ${hubColumn}; expected a tag for every token`,
        );
      }
      const tags = numbers.map((tag) => typeof tag === "number" ? names[tag] ?? `${tag}` : tag);
      const isWord = (_: string, w: number) => tags[w] !== layout.hubNoWord;
      return {
        id: `${i}`,
        words: words.filter(isWord),
        tags: check(tags.filter(isWord), () => ({ path, row: i + 1 })),
      };
    });
  }

  return {
    splits: Object.keys(layout.files),
    ...(Object.hasOwn(layout.files, "dev") ? {} : { developmentSplit: "test" }),
    async read(folder, split) {
      const { paths, parquet } = await findFiles(layout, folder, split);
      if (!parquet) return await fromText(paths[0]);
      return (await Promise.all(paths.map(fromParquet))).flat()
        .map((example, i) => ({ ...example, id: `${i}` }));
    },
  };
}

/** CoNLL-U's columns; its comments, multi-word tokens (1-2) and empty nodes (8.1) are no words. */
const CONLL_U = { word: 1, tag: 3, skip: /^(?:#|\d+[-.])/ } as const;
