/*
 * Names and parts of speech. CoNLL-2003 cannot be handed on (its texts are Reuters'); the layout is that of
 * the files that its owners build: word, part of speech, chunk and entity, separated by spaces, in IOB1.
 */
import { conllFiles, type TaggingLayout } from "./conll.ts";
import { entityLabels, taggingTask } from "./tagging_task.ts";
import type { TaggingTask } from "./task.ts";

function entityTask(
  name: string,
  types: readonly string[],
  layout: Pick<TaggingLayout, "folders" | "files">,
): TaggingTask {
  const labels = entityLabels(types);
  return taggingTask({
    name,
    title: "Which words name somebody or something, and what kind?",
    labels,
    source: conllFiles({ ...layout, labels, scheme: "BIO2" }),
  });
}

/** CoNLL-2003 (Tjong Kim Sang and De Meulder 2003): Devlin 2019, Sect. 5.3. */
export const CONLL_2003: TaggingTask = entityTask("CoNLL-2003", ["PER", "ORG", "LOC", "MISC"], {
  folders: ["conll2003", "CoNLL-2003", "conll2003/conll2003"],
  files: {
    train: ["eng.train", "train.txt"],
    dev: ["eng.testa", "valid.txt", "dev.txt"],
    test: ["eng.testb", "test.txt"],
  },
});

/** Emerging entities in short texts of the web (Derczynski 2017). */
export const WNUT_17: TaggingTask = entityTask(
  "WNUT-2017",
  ["corporation", "creative-work", "group", "location", "person", "product"],
  {
    folders: ["wnut17", "wnut_17", "WNUT-2017", "wnut_17/wnut_17"],
    files: {
      train: ["wnut17train.conll", "train.conll"],
      dev: ["emerging.dev.conll", "dev.conll"],
      test: ["emerging.test.annotated", "emerging.test.annotated.conll", "test.conll"],
    },
  },
);

/** Sentences of Wikipedia with the kinds of CoNLL-2003 (Balasuriya 2009); it has no dev set. */
export const WIKIGOLD: TaggingTask = entityTask("wikigold", ["PER", "ORG", "LOC", "MISC"], {
  folders: ["wikigold"],
  files: { train: "train.conll", test: "test.conll" },
});

/** The universal parts of speech (de Marneffe 2021). */
const UPOS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
  .split(" ");

/**
 * Is the word a noun or a verb? Parts of speech of the English Web Treebank (Silveira 2014); two columns,
 * or CoNLL-U as Universal Dependencies publish it (whose dev set is read by its file's name), or Hugging Face's
 * parquet files.
 */
export const UD_EWT_POS: TaggingTask = taggingTask({
  name: "UD-EWT-POS",
  title: "Which part of speech is the word?",
  labels: UPOS,
  entities: false,
  source: conllFiles({
    folders: ["ud_ewt_pos", "UD_English-EWT", "ud_ewt", "en_ewt"],
    files: {
      train: ["train.tsv", "en_ewt-ud-train.conllu"],
      test: ["test.tsv", "en_ewt-ud-test.conllu"],
    },
    hubColumn: "upos",
    hubNoWord: "_",
    labels: UPOS,
  }),
});
