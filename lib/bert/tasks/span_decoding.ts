// T places of a window
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
    const [first] = named;
    const nullScore = first === undefined ? Infinity : null_ - first.score;
    const answered = first !== undefined && !(noAnswer && nullScore > nullThreshold);
    return {
      text: answered ? first.text : "",
      ...(answered ? { start: first.start } : {}),
      nBest: named,
      ...(noAnswer ? { nullScore } : {}),
    };
  });
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
