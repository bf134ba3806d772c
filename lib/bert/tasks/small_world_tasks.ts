/*
 * The generated small world as tasks of every family, so that all of them run on a machine that has
 * nothing. The world is the one that data/models/small_world_bert was pre-trained on.
 */
import { createSmallWorld, type SmallWorld } from "../../datasets/mod.ts";
import { createRandom, type Random } from "../../random/mod.ts";
import { choiceTask } from "./choice_task.ts";
import { sentenceTask } from "./sentence_task.ts";
import type { Source } from "./source.ts";
import { spanTask } from "./span_task.ts";
import { entityLabels, taggingTask } from "./tagging_task.ts";
import type { ChoiceTask, SentenceTask, SpanTask, TaggingTask, TaskExample } from "./task.ts";

/** How many examples each split has. */
const SIZES: Readonly<Record<string, number>> = { train: 1000, dev: 300 };

let world: SmallWorld | undefined;

/** The world of `deno task train bert --pretrain` with its default seed. */
function theWorld(): SmallWorld {
  return world ??= createSmallWorld(createRandom(1).fork("world"), { people: 40, towns: 8 });
}

/** Writes `count` examples; their ids are replaced. */
type Writer<Example> = (world: SmallWorld, count: number, random: Random) => Example[];

/**
 * Draws the splits: no example twice, and none of dev in train. The folder that a reader is given is not
 * looked at.
 */
function generated<Example extends TaskExample>(write: Writer<Example>): Source<Example> {
  const draw = (split: string, taken: Set<string>): Example[] => {
    const found: Example[] = [];
    const random = createRandom(1).fork(split);
    while (found.length < SIZES[split]) {
      for (const example of write(theWorld(), SIZES[split], random)) {
        const said = JSON.stringify({ ...example, id: "" });
        if (taken.has(said) || found.length === SIZES[split]) continue;
        taken.add(said);
        found.push({ ...example, id: `${found.length}` });
      }
    }
    return found;
  };
  return {
    splits: Object.keys(SIZES),
    read(_folder, split) {
      if (!Object.hasOwn(SIZES, split)) {
        throw new RangeError(`the small world has no split "${split}"; there are train and dev`);
      }
      const taken = new Set<string>();
      const train = draw("train", taken);
      return Promise.resolve(split === "train" ? train : draw("dev", taken));
    },
  };
}

/** Does the second text follow from the first? As RTE. */
export const WORLD_ENTAILMENT: SentenceTask = sentenceTask({
  name: "small_world_entailment",
  title: "Does the second text follow from the first?",
  family: "pair",
  answer: { labels: ["entailment", "not_entailment"], metrics: ["accuracy"] },
  source: generated((world, count, random) =>
    world.entailments(count, random).map((pair) => ({ id: "", ...pair }))
  ),
});

/** Do two sentences say the same? As MRPC. */
export const WORLD_PARAPHRASE: SentenceTask = sentenceTask({
  name: "small_world_paraphrase",
  title: "Do the two sentences say the same?",
  family: "pair",
  answer: { labels: ["different", "same"], metrics: ["f1", "accuracy"] },
  source: generated((world, count, random) =>
    world.paraphrases(count, random).map((pair) => ({ id: "", ...pair }))
  ),
});

/** How much do two sentences have in common? As STS-B: 5 the same, 3 all but the answer, 0 nothing. */
export const WORLD_SIMILARITY: SentenceTask = sentenceTask({
  name: "small_world_similarity",
  title: "How similar in meaning are the two sentences, from 0 to 5?",
  family: "pair",
  answer: { range: [0, 5], metrics: ["spearman", "pearson"] },
  source: generated((world, count, random) =>
    world.paraphrases(count, random).map(({ a, b, label }, i, pairs) =>
      i % 3 === 2
        ? { id: "", a, b: pairs[i - 1].b, label: 0 }
        : { id: "", a, b, label: label === "same" ? 5 : 3 }
    )
  ),
});

/** Is the guest content? As SST-2. */
export const WORLD_SENTIMENT: SentenceTask = sentenceTask({
  name: "small_world_sentiment",
  title: "Is the guest content?",
  family: "single",
  answer: { labels: ["negative", "positive"], metrics: ["accuracy"] },
  source: generated((world, count, random) =>
    world.sentiments(count, random).map(({ text, label }) => ({ id: "", a: text, label }))
  ),
});

/** Is it English? As CoLA. */
export const WORLD_ACCEPTABILITY: SentenceTask = sentenceTask({
  name: "small_world_acceptability",
  title: "Is the sentence acceptable English?",
  family: "single",
  answer: { labels: ["unacceptable", "acceptable"], metrics: ["matthews_correlation", "accuracy"] },
  source: generated((world, count, random) =>
    world.acceptability(count, random).map(({ text, label }) => ({ id: "", a: text, label }))
  ),
});

/** Which sentence comes next? As SWAG; the wrong ones stand in other documents. */
export const WORLD_CONTINUATION: ChoiceTask = choiceTask({
  name: "small_world_continuation",
  title: "Which of the four sentences comes next?",
  choices: 4,
  source: generated((world, count, random) => {
    const documents = world.documents(count, random);
    return documents.map((sentences, d) => {
      const at = random.int(2, sentences.length);
      const wrong = [1, 2, 3].map((k) => random.pick(documents[(d + k) % count].slice(1)));
      const label = random.int(0, 4);
      const choices = [...wrong.slice(0, label), sentences[at], ...wrong.slice(label)];
      return { id: "", a: sentences.slice(at - 2, at).join(" "), choices, label };
    });
  }),
});

/** Where does the answer stand? As SQuAD 1.1. */
export const WORLD_QUESTIONS: SpanTask = spanTask({
  name: "small_world_questions",
  title: "Where in the passage does the answer to the question stand?",
  noAnswer: false,
  source: generated((world, count, random) =>
    world.passages(Math.ceil(count / 3), random).flatMap(({ context, questions }) =>
      questions.map(({ id, question, answer }) => ({ id, context, question, answers: [answer] }))
    )
  ),
});

/** Who and what is named? As CoNLL-2003. */
export const WORLD_NAMES: TaggingTask = taggingTask({
  name: "small_world_names",
  title: "Which words name somebody or something, and what kind?",
  labels: entityLabels(["PER", "ORG", "LOC", "MISC"]),
  source: generated((world, count, random) =>
    world.tagged(count, random).map((sentence) => ({ id: "", ...sentence }))
  ),
});
