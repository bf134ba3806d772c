import { accuracy, entityScores } from "../../metrics/mod.ts";
import { readConll } from "./conll.ts";
import { argmax, checkCounts, fromSource, type Source, type TaskText, truths } from "./source.ts";
import { type TaggingFeature, taggingFeatures } from "./tagging_features.ts";
import type { Scores, TaggingExample, TaggingTask } from "./task.ts";
import { shown, TaskFileError } from "./task_file_error.ts";

/** Where a tagging task has its examples, and its tags. */
export interface TaggingTaskOptions extends TaskText {
  /** The tags, in the order in which Hugging Face numbers them. */
  readonly labels: readonly string[];
  /** Whether tags mark entities (then these are scored) or each word by itself. Default: entities. */
  readonly entities?: boolean;
  readonly source: Source<TaggingExample>;
}

/**
 * A task that gives every word a tag: names, parts of speech. A submission has a word in a line with its
 * true and its predicted tag, separated by spaces (by tabs where the word itself has a space). Names are then
 * scored by conlleval and by `deno task score ner`.
 *
 * @example
 * ```ts
 * import { taggingTask } from "./mod.ts";
 *
 * const example = { id: "0", words: ["Anna", "sleeps"], tags: ["B-PER", "O"] };
 * const names = taggingTask({
 *   name: "names",
 *   title: "Who is named?",
 *   labels: ["O", "B-PER", "I-PER"],
 *   source: { splits: ["train", "dev"], read: () => Promise.resolve([example]) },
 * });
 * console.log(names.score([example], [["B-PER", "O"]]).f1); // 1
 * ```
 */
export function taggingTask(options: TaggingTaskOptions): TaggingTask {
  const { name, title, labels, entities = true, source } = options;
  const metrics = entities ? ["f1", "precision", "recall", "accuracy"] : ["accuracy"];
  return {
    name,
    title,
    family: "tagging",
    head: { kind: "tags", labels },
    metrics,
    headline: metrics[0],
    ...fromSource(source),

    features: (examples, tokenizer, options) =>
      taggingFeatures(name, labels, examples, tokenizer, options),

    predict(examples, features, logits) {
      if (features.length !== logits.length) {
        throw new RangeError(`${logits.length} rows of logits for ${features.length} features`);
      }
      // A word without a piece (a lone variation selector, say) cannot be asked about.
      const unasked = labels.includes("O") ? "O" : labels[0];
      const predictions = examples.map(({ words }) => words.map(() => unasked));
      (features as readonly TaggingFeature[]).forEach(({ example, words }, f) => {
        words.forEach((word, t) => {
          if (word < 0) return;
          const best = argmax(logits[f], t * labels.length, (t + 1) * labels.length);
          predictions[example][word] = labels[best];
        });
      });
      return predictions;
    },

    score(examples, predictions): Scores {
      checkCounts(name, examples.length, predictions.length);
      const truth = truths(name, examples, ({ tags }) => tags);
      if (!entities) return { accuracy: accuracy(truth.flat(), predictions.flat()) };
      const { f1, precision, recall, accuracy: ofWords } = entityScores(truth, predictions);
      return { f1, precision, recall, accuracy: ofWords };
    },

    submission: {
      fileName: (split) => `${name}_${split}.conll`,
      write: (examples, predictions) =>
        examples.map(({ words, tags }, s) =>
          words.map((word, i) =>
            [word, ...(tags ? [tags[i]] : []), predictions[s][i]]
              .join(word.includes(" ") ? "\t" : " ") + "\n"
          ).join("")
        ).join("\n"),
      read(text, path, examples) {
        const sentences = readConll(text, path);
        if (sentences.length !== examples.length) {
          throw new TaskFileError(
            { path },
            `${sentences.length} sentences; expected the ${examples.length} of the gold file`,
          );
        }
        return sentences.map(({ rows }, s) => {
          if (rows.length !== examples[s].words.length) {
            throw new TaskFileError(
              { path, line: rows[0].line },
              `the sentence has ${rows.length} words; expected the ${
                examples[s].words.length
              } of ` +
                `sentence ${s} of the gold file`,
            );
          }
          return rows.map(({ line, cells }, i) => {
            const tag = cells[cells.length - 1], word = examples[s].words[i];
            if (cells[0] !== word) {
              throw new TaskFileError(
                { path, line },
                `the word is ${shown(cells[0])}; expected ${
                  shown(word)
                }, as in sentence ${s} of the gold file`,
              );
            }
            if (labels.includes(tag)) return tag;
            throw new TaskFileError(
              { path, line },
              `the tag is "${tag}"; expected one of ${labels.join(", ")}`,
            );
          });
        });
      },
    },
  };
}

/** The tags of entities of some types: O, then B- and I- of each. */
export function entityLabels(types: readonly string[]): string[] {
  return ["O", ...types.flatMap((type) => [`B-${type}`, `I-${type}`])];
}
