import { connectedComponents, type Image, type LabelImage, type Pixels } from "../image/mod.ts";
import { watchInterrupt } from "../io/mod.ts";
import { type ContingencyTable, contingencyTable, marginal } from "./contingency_table.ts";
import { checkEmStack } from "./em_stack.ts";
import { fScore, type PrecisionRecall, precisionRecall } from "./precision_recall.ts";
import { thinnedRegions } from "./thinning.ts";
import { binarize } from "./thresholds.ts";

// Legend, after Arganda-Carreras et al. 2015 and the authors' evaluation code.
//   A  the true cells, i = 1 ...; B  the proposed regions, j = 0 (membrane), 1 ...
//   n  pixels of true cells: all sums run over these only ("foreground-restricted")
//   p_ij = (pixels of cell i in region j) / n,  a_i = sum_j p_ij,  b_j = sum_i p_ij
//   Every pixel that the proposal calls membrane counts as a region of its own ("singleton"):
//   n p_i0 = sum of n_i0 regions of probability 1/n each.

/** The Rand statistics of one slice. Counts are ordered pairs of pixels, a pixel with itself too. */
export interface RandStatistics extends PrecisionRecall {
  /** Pairs in one cell and in one region: n^2 sum p_ij^2. */
  readonly truePositives: number;
  /** Pairs in one region but in two cells: mergers. */
  readonly falsePositives: number;
  /** Pairs in one cell but in two regions: splits. */
  readonly falseNegatives: number;
  /** 1 - (sum a_i^2 + sum b_j^2 - 2 sum p_ij^2): the share of pairs on which both agree. */
  readonly randIndex: number;
}

/** The information statistics of one slice, in nats. */
export interface InformationStatistics extends PrecisionRecall {
  /** H(A), the entropy of the true cells. */
  readonly entropyOfLabels: number;
  /** H(B), the entropy of the proposed regions. */
  readonly entropyOfProposal: number;
  /** H(A|B): what the regions leave open about the cells, i.e. mergers. */
  readonly labelsGivenProposal: number;
  /** H(B|A): what the cells leave open about the regions, i.e. splits. */
  readonly proposalGivenLabels: number;
}

/** Both statistics of one slice at one threshold. */
export interface ForegroundRestricted {
  readonly rand: RandStatistics;
  readonly information: InformationStatistics;
}

/**
 * The foreground-restricted Rand statistics of one slice:
 * precision = sum p_ij^2 / sum b_j^2, recall = sum p_ij^2 / sum a_i^2.
 *
 * Source: Arganda-Carreras et al., Front. Neuroanat. 9:142 (2015), V^Rand, with the authors'
 * normalisation: pairs are counted with repetition (n^2, self pairs included).
 *
 * @param table true cells by proposed regions; true label 0 must have been left out
 * @throws {RangeError} if the table is empty
 *
 * @example
 * ```ts
 * import { contingencyTable, randStatistics } from "./mod.ts";
 *
 * const cells = Int32Array.of(1, 1, 1, 1, 0), halves = Int32Array.of(1, 1, 2, 2, 2);
 * const { precision, recall } = randStatistics(contingencyTable(cells, halves, { ignore: 0 }));
 * console.log(precision, recall); // 1 0.5: a cell split in two
 * ```
 */
export function randStatistics(table: ContingencyTable): RandStatistics {
  const { n, singletons, cells, regions, overlaps } = parts(table);
  const sumOfSquares = (counts: Iterable<number>) => {
    let sum = 0;
    for (const count of counts) sum += count * count;
    return sum;
  };
  const sumA2 = sumOfSquares(cells);
  const sumB2 = sumOfSquares(regions) + singletons;
  const sumAB2 = sumOfSquares(overlaps) + singletons;
  return {
    ...precisionRecall(sumAB2, sumB2 - sumAB2, sumA2 - sumAB2),
    truePositives: sumAB2,
    falsePositives: sumB2 - sumAB2,
    falseNegatives: sumA2 - sumAB2,
    randIndex: 1 - (sumA2 + sumB2 - 2 * sumAB2) / (n * n),
  };
}

/**
 * The foreground-restricted information statistics of one slice:
 * precision = I(A;B) / H(A), recall = I(A;B) / H(B), F = 2 I(A;B) / (H(A) + H(B)).
 *
 * Where H(A) = 0 (one true cell) precision is 0 and recall 1; where H(B) = 0 (one region) precision
 * is 1 and recall 0; so F is 0 even if both are the same single cell. The authors' convention.
 *
 * Source: Arganda-Carreras et al. 2015, V^Info; natural logarithm.
 *
 * @param table true cells by proposed regions; true label 0 must have been left out
 * @throws {RangeError} if the table is empty
 *
 * @example
 * ```ts
 * import { contingencyTable, informationStatistics } from "./mod.ts";
 *
 * const two = Int32Array.of(1, 1, 2, 2), one = Int32Array.of(1, 1, 1, 1);
 * console.log(informationStatistics(contingencyTable(two, two)).f); // 1
 * console.log(informationStatistics(contingencyTable(two, one)).f); // 0: all merged
 * ```
 */
export function informationStatistics(table: ContingencyTable): InformationStatistics {
  const { n, singletons, cells, regions, overlaps } = parts(table);
  const sumOfPLogP = (counts: Iterable<number>) => {
    let sum = 0;
    for (const count of counts) sum += (count / n) * Math.log(count / n);
    return sum;
  };
  const singletonSum = singletons === 0 ? 0 : -(singletons / n) * Math.log(n);
  const sumA = sumOfPLogP(cells);
  const sumB = sumOfPLogP(regions) + singletonSum;
  const sumAB = sumOfPLogP(overlaps) + singletonSum;
  const [hA, hB] = [0 - sumA, 0 - sumB];
  const [hAGivenB, hBGivenA] = [sumB - sumAB, sumA - sumAB];
  let precision = (hA - hAGivenB) / hA, recall = (hB - hBGivenA) / hB;
  if (hA === 0) [precision, recall] = [0, 1];
  if (hB === 0) [precision, recall] = [1, 0];
  return {
    precision,
    recall,
    f: fScore(precision, recall),
    entropyOfLabels: hA,
    entropyOfProposal: hB,
    labelsGivenProposal: hAGivenB,
    proposalGivenLabels: hBGivenA,
  };
}

/** The counts that both statistics are sums over; the pixels of region 0 become singletons. */
function parts(table: ContingencyTable) {
  const { columns, counts, total: n } = table;
  if (n === 0) {
    throw new RangeError(
      "the contingency table is empty: the label slice has no cell, so no Rand or information " +
        "score is defined",
    );
  }
  const regions = marginal(table, "columns");
  const singletons = regions.get(0) ?? 0;
  regions.delete(0);
  const overlaps = counts.filter((_, k) => columns[k] !== 0);
  return {
    n,
    singletons,
    cells: marginal(table, "rows").values(),
    regions: regions.values(),
    overlaps,
  };
}

/**
 * Both statistics for every threshold and slice. True cells and proposed regions are 4-connected
 * components; with `thin` the regions are those of {@linkcode thinnedRegions} instead.
 *
 * @param labels the true slices: 0 = membrane, any one other value = cell
 * @param proposals probabilities of cell in [0, 1], one slice per label slice, same sizes
 * @param options `thresholds` to cut at, `thin` the membranes first
 * @returns `[threshold][slice]`
 * @throws {RangeError} as {@linkcode checkEmStack} does
 * @throws {Interrupted} if the notebook's stop button was pressed
 *
 * @example
 * ```ts
 * import { foregroundRestricted } from "./mod.ts";
 *
 * const label = { data: Uint8Array.of(1, 1, 0, 1), width: 4, height: 1 };
 * const proposal = { data: Float32Array.of(1, 1, 0, 1), width: 4, height: 1 };
 * const options = { thresholds: [0.5], thin: false };
 * console.log(foregroundRestricted([label], [proposal], options)[0][0].rand.f); // 1
 * ```
 */
export function foregroundRestricted(
  labels: readonly Image<Pixels>[],
  proposals: readonly Image<Float32Array>[],
  options: { readonly thresholds: readonly number[]; readonly thin: boolean },
): ForegroundRestricted[][] {
  checkEmStack(labels, proposals);
  const cells = labels.map((label) => connectedComponents(label).data);
  const interrupt = watchInterrupt();
  return options.thresholds.map((threshold) =>
    proposals.map((proposal, z) => {
      interrupt.throwIfRequested(() => `scoring was stopped at threshold ${threshold}, slice ${z}`);
      const regions = regionsOf(proposal, threshold, options.thin);
      const table = contingencyTable(cells[z], regions.data, { ignore: 0 });
      return { rand: randStatistics(table), information: informationStatistics(table) };
    })
  );
}

function regionsOf(proposal: Image<Float32Array>, threshold: number, thin: boolean): LabelImage {
  const { width, height } = proposal;
  const binary = binarize(proposal, threshold);
  return thin
    ? thinnedRegions(binary, width, height)
    : connectedComponents({ data: binary, width, height });
}
