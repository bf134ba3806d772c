// T places of a window
import { answerF1 } from "../../metrics/mod.ts";
import type { Answer, PredictOptions, SpanExample, SpanPrediction } from "./task.ts";
import type { SpanWindow } from "./span_windows.ts";

interface Candidate extends Answer {
  /** Start logit plus end logit. */
  readonly score: number;
}

/**
 * The best answers to every question over all windows of its passage (Devlin 2019, Sect. 4.2 and 4.3;
 * google-research/bert, run_squad.py): the sum of the start and the end logit ranks the pairs of the
 * `nBest` best starts and ends that lie in the passage, in order, at most `maxAnswerLength` pieces apart,
 * and begin where the window shows most context. An answer's text is cut out of the passage by the
 * pieces' offsets. (Our choice: the 2018 code has to search for the text, because its pieces do not know
 * where they stand; ours do.)
 *
 * @param examples questions
 * @param windows of all of them, from `spanWindows`
 * @param logits for every window its start logits, then its end logits; what lies beyond T is padding
 * @param noAnswer whether a question may have no answer (v2.0): its score is the smallest over the
 *   windows of the start plus the end logit at [CLS]
 * @returns one for each question; `text` is "" if there is no answer, or no place for one
 *
 * @example
 * ```ts
 * import { BertTokenizer, Vocabulary } from "../mod.ts";
 * import { decodeSpans } from "./span_decoding.ts";
 * import { spanWindows } from "./span_windows.ts";
 *
 * const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "who", "anna", "met", "ben"];
 * const tokenizer = new BertTokenizer(new Vocabulary(pieces));
 * const example = { id: "1", context: "Anna met Ben", question: "Who?", answers: [] };
 * const windows = spanWindows([example], tokenizer); // 8 places: [CLS] who [UNK] [SEP] anna met ben [SEP]
 * const start = [0, 0, 0, 0, 5, 1, 2, 0], end = [0, 0, 0, 0, 1, 0, 3, 0];
 * const [{ text, nBest }] = decodeSpans([example], windows, [Float32Array.of(...start, ...end)], false);
 * console.log(text, nBest?.[1].text); // Anna met Ben Anna
 * ```
 */
export function decodeSpans(
  examples: readonly SpanExample[],
  windows: readonly SpanWindow[],
  logits: readonly Float32Array[],
  noAnswer: boolean,
  options: PredictOptions = {},
): SpanPrediction[] {
  const { nBest = 20, nullThreshold = 0 } = options;
  if (windows.length !== logits.length) {
    throw new RangeError(`${logits.length} rows of logits for ${windows.length} windows`);
  }
  const candidates: Candidate[][] = examples.map(() => []);
  const nulls = new Float64Array(examples.length).fill(Infinity);
  windows.forEach((window, w) => {
    const { example } = window;
    const half = logits[w].length / 2;
    nulls[example] = Math.min(nulls[example], logits[w][0] + logits[w][half]);
    candidates[example].push(
      ...candidatesOf(examples[example].context, window, logits[w], options),
    );
  });
  return candidates.map((found, example) => {
    found.sort((a, b) => b.score - a.score);
    const texts = new Set<string>();
    const best: Candidate[] = [];
    for (const candidate of found) {
      if (best.length === nBest) break;
      if (texts.has(candidate.text)) continue;
      texts.add(candidate.text);
      best.push(candidate);
    }
    const null_ = nulls[example];
    const probabilities = softmax([
      ...best.map(({ score }) => score),
      ...(noAnswer ? [null_] : []),
    ]);
    const named = best.map((candidate, i) => ({ ...candidate, probability: probabilities[i] }));
    const nullScore = best.length === 0 ? Infinity : null_ - best[0].score;
    const ranked = { nBest: named, ...(noAnswer ? { nullScore } : {}) };
    return withNullThreshold({ text: "", ...ranked }, nullThreshold);
  });
}

/**
 * The same prediction with another threshold for silence.
 *
 * @param prediction with its n-best list; one without `nullScore` (v1.1) always answers
 * @param threshold "no answer" is said if its score is better by more than this
 */
export function withNullThreshold(prediction: SpanPrediction, threshold: number): SpanPrediction {
  const { start: _, text: __, ...rest } = prediction;
  const best = rest.nBest?.[0];
  const silent = best === undefined || (rest.nullScore ?? -Infinity) > threshold;
  return silent ? { text: "", ...rest } : { text: best.text, start: best.start, ...rest };
}

/**
 * The threshold with the best F1 (Devlin 2019, Sect. 4.3: "the threshold tau is selected on the dev set to
 * maximize F1"), as the official script looks for it: silence everywhere first, then the questions speak
 * in the order of their null scores.
 *
 * @param examples questions, some without an answer
 * @param predictions with n-best lists and null scores
 * @returns the threshold, and the F1 with it in percent
 * @throws {RangeError} if there is not one prediction for each question, or one has no null score
 *
 * @example
 * ```ts
 * import { bestNullThreshold } from "./span_decoding.ts";
 *
 * const guess = { text: "Ben", start: 9, score: 5, probability: 1 };
 * const examples = [[{ text: "Ben", start: 9 }], []].map((answers, i) => ({
 *   id: `${i}`, context: "Anna met Ben", question: "Who?", answers,
 * }));
 * const predictions = [1, 2].map((nullScore) => ({ text: "", nBest: [guess], nullScore }));
 * console.log(bestNullThreshold(examples, predictions)); // { threshold: 1, f1: 100 }
 * ```
 */
export function bestNullThreshold(
  examples: readonly SpanExample[],
  predictions: readonly SpanPrediction[],
): { threshold: number; f1: number } {
  const gains = predictions.map(({ nBest = [], nullScore }, i) => {
    if (nullScore === undefined || examples.length !== predictions.length) {
      throw new RangeError(
        `a threshold needs a prediction with a null score for each of ${examples.length} questions; ` +
          `there are ${predictions.length}, and number ${i} has ${nullScore ?? "none"}`,
      );
    }
    const { answers } = examples[i];
    const said = nBest[0]?.text ?? "";
    // What speaking wins or loses against silence.
    const gain = answers.length > 0
      ? Math.max(...answers.map(({ text }) => answerF1(said, text, true)))
      : said === ""
      ? 0
      : -1;
    return { nullScore, gain };
  }).sort((a, b) => a.nullScore - b.nullScore);
  let sum = examples.filter(({ answers }) => answers.length === 0).length;
  let best = { sum, threshold: -Infinity };
  gains.forEach(({ nullScore, gain }, i) => {
    sum += gain;
    const isLastOfEquals = gains[i + 1]?.nullScore !== nullScore;
    if (isLastOfEquals && sum > best.sum) best = { sum, threshold: nullScore };
  });
  return { threshold: best.threshold, f1: 100 * best.sum / examples.length };
}

function candidatesOf(
  context: string,
  { encodings: [encoding], maxContext }: SpanWindow,
  logits: Float32Array,
  { nBest = 20, maxAnswerLength = 30 }: PredictOptions,
): Candidate[] {
  const T = encoding.inputIds.length, half = logits.length / 2;
  if (!(half >= T)) {
    throw new RangeError(`a window of ${T} places has ${half} start logits and as many end logits`);
  }
  const { offsets, tokenTypeIds, wordIds } = encoding;
  const found: Candidate[] = [];
  for (const from of largest(logits.subarray(0, T), nBest)) {
    if (!maxContext[from]) continue;
    for (const to of largest(logits.subarray(half, half + T), nBest)) {
      const inPassage = tokenTypeIds[to] === 1 && wordIds[to] !== null;
      if (!inPassage || to < from || to - from + 1 > maxAnswerLength) continue;
      const start = offsets[from][0];
      const text = context.slice(start, offsets[to][1]);
      found.push({ text, start, score: logits[from] + logits[half + to] });
    }
  }
  return found;
}

/** The places of the n largest values, largest first; of equals the first. */
function largest(values: Float32Array, n: number): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a]).slice(0, n);
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
