import type { LabelImage } from "../image/mod.ts";
import { watchInterrupt } from "../io/mod.ts";
import { contingencyTable, marginal } from "./contingency_table.ts";
import { checkLabelPair } from "./label_pair.ts";

/** One reference object and what was found of it. */
export interface SegObject {
  /** Index of the frame in the arrays given. */
  readonly frame: number;
  /** The reference object's label. */
  readonly label: number;
  /** Its pixels. */
  readonly size: number;
  /** The label of the result object that covers more than half of it; `null` if none does. */
  readonly match: number | null;
  /** Pixels that both share; 0 without a match. */
  readonly intersection: number;
  /** |R and S| / |R or S| of the matched pair; 0 without a match. */
  readonly jaccard: number;
}

/** SEG with its parts. */
export interface SegMeasure {
  /** The mean Jaccard index over all reference objects of all frames: 1 is perfect. */
  readonly seg: number;
  /** One row per reference object, by frame and label. */
  readonly objects: readonly SegObject[];
}

/**
 * SEG, the Cell Tracking Challenge's segmentation score.
 *
 * A result object S matches a reference object R if it covers more than half of it:
 * |R and S| > 0.5 |R|, strictly, so that at most one can. A matched object scores the Jaccard index
 * |R and S| / |R or S|, an unmatched one 0, and SEG is the mean over the reference objects of all
 * frames (not the mean of the frames' means). Result objects without a reference cost nothing, and
 * one result object may match several reference objects.
 *
 * Source: Maska et al., Bioinformatics 30:1609 (2014); the "IOU" of Ronneberger et al. 2015, Table 2,
 * is by all appearance this number, which the paper does not say.
 *
 * @param reference the annotated frames
 * @param result the same frames as segmented
 * @param options `names` of the frames for errors
 * @throws {RangeError} a sentence that names the frame: no frames, different counts or sizes, a
 * negative label, a reference frame without any object
 *
 * @example
 * ```ts
 * import { segMeasure } from "./mod.ts";
 *
 * const reference = { data: Int32Array.of(1, 1, 1, 1, 0, 2, 2, 2, 2, 0), width: 10, height: 1 };
 * const result = { data: Int32Array.of(0, 5, 5, 5, 5, 5, 0, 6, 6, 0), width: 10, height: 1 };
 * const { seg, objects } = segMeasure([reference], [result]);
 * console.log(objects.map(({ jaccard }) => jaccard)); // [0.5, 0]: half of object 2 is not enough
 * console.log(seg); // 0.25
 * ```
 */
export function segMeasure(
  reference: readonly LabelImage[],
  result: readonly LabelImage[],
  options: {
    readonly names?: {
      readonly reference?: readonly string[];
      readonly result?: readonly string[];
    };
  } = {},
): SegMeasure {
  const { names = {} } = options;
  if (reference.length !== result.length) {
    throw new RangeError(
      `${reference.length} reference frames but ${result.length} result frames: every annotated ` +
        `frame needs its result`,
    );
  }
  if (reference.length === 0) throw new RangeError("there is no frame to score: give at least one");
  const interrupt = watchInterrupt();
  const objects = reference.flatMap((truth, frame) => {
    interrupt.throwIfRequested(() =>
      `scoring was stopped at frame ${frame} of ${reference.length}`
    );
    const name = names.reference?.[frame] ?? `reference frame ${frame}`;
    checkLabelPair(truth, result[frame], {
      truth: name,
      result: names.result?.[frame] ?? `result frame ${frame}`,
    });
    const found = matchObjects(truth, result[frame], frame);
    if (found.length === 0) {
      throw new RangeError(
        `${name} is empty: all its labels are 0, so there is no object to find; leave out frames ` +
          `that were not annotated`,
      );
    }
    return found;
  });
  const seg = objects.reduce((sum, { jaccard }) => sum + jaccard, 0) / objects.length;
  return { seg, objects };
}

function matchObjects(reference: LabelImage, result: LabelImage, frame: number): SegObject[] {
  const table = contingencyTable(reference.data, result.data);
  const referenceSizes = marginal(table, "rows"), resultSizes = marginal(table, "columns");
  referenceSizes.delete(0);
  const matches = new Map<number, { match: number; intersection: number; jaccard: number }>();
  for (let k = 0; k < table.counts.length; k++) {
    const [label, match, intersection] = [table.rows[k], table.columns[k], table.counts[k]];
    if (label === 0 || match === 0) continue;
    const size = referenceSizes.get(label)!;
    if (2 * intersection <= size) continue;
    const union = size + resultSizes.get(match)! - intersection;
    matches.set(label, { match, intersection, jaccard: intersection / union });
  }
  const none = { match: null, intersection: 0, jaccard: 0 };
  return [...referenceSizes.keys()].sort((a, b) => a - b).map((label) => ({
    frame,
    label,
    size: referenceSizes.get(label)!,
    ...(matches.get(label) ?? none),
  }));
}
