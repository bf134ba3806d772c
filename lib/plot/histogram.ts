import { chartLayout, type ChartOptions, Figure } from "./figure.ts";
import { extent } from "./image_grid.ts";
import { escapeLabel } from "./mime.ts";
import { countText, numberText } from "./number_text.ts";
import { PALETTE } from "./template.ts";

/** Options of {@linkcode histogram}. */
export interface HistogramOptions extends ChartOptions {
  /** How many intervals of equal width. Default 40. */
  bins?: number;
  /** Where the first begins and the last ends; values outside are left out and the summary says how many. */
  range?: readonly [number, number];
  /** Shares that add up to 1 in place of counts. Default false. */
  shares?: boolean;
}

/**
 * How often values fall into each interval. Only the counts go into the notebook, so a million
 * values cost as little as ten.
 *
 * @param values one set of values, or several by name, drawn over one another
 * @throws {RangeError} where `bins` is not a positive whole number
 *
 * @example
 * ```ts
 * import { histogram } from "./histogram.ts";
 * import { show } from "./show.ts";
 *
 * await show(histogram([0.1, 0.2, 0.2, 0.7], { title: "Gray values", xLabel: "gray", bins: 10 }));
 * ```
 */
export function histogram(
  values: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>,
  options: HistogramOptions = {},
): Figure {
  const { bins = 40, shares = false } = options;
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`histogram was given ${bins} bins; it needs a whole number of at least 1`);
  }
  const sets = isList(values) ? [["values", values] as const] : Object.entries(values);
  const ends = sets.flatMap(([, set]) => extent(set));
  let [low, high] = options.range ?? extent(ends);
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const step = (high - low) / bins;
  const words: string[] = [];
  const data = sets.map(([name, set], k) => {
    const { counts, outside } = count(set, low, high, bins);
    const inside = set.length - outside;
    const most = counts.indexOf(Math.max(...counts));
    words.push(
      `${name}: ${countText(set.length, "value")}, most (${
        countText(counts[most], "value")
      }) between ${numberText(low + most * step)} and ${numberText(low + (most + 1) * step)}` +
        (outside > 0 ? `, ${outside} outside or not a number` : ""),
    );
    return {
      type: "bar",
      name: escapeLabel(name),
      x: Array.from(counts, (_, bin) => low + (bin + 0.5) * step),
      y: shares ? counts.map((n) => n / Math.max(1, inside)) : counts,
      width: step,
      marker: { color: PALETTE[k % PALETTE.length], line: { width: 0 } },
      opacity: sets.length > 1 ? 0.6 : 1,
    };
  });
  const layout = chartLayout(
    { yLabel: shares ? "share" : "count", ...options },
    sets.map(([name]) => name),
  );
  layout.barmode = "overlay";
  layout.bargap = 0;
  const summary = options.summary ??
    [`Histogram${options.title ? `: ${options.title}` : ""}`, ...words].join("\n  ");
  return new Figure(data, layout, summary);
}

function isList(
  values: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>,
): values is ArrayLike<number> {
  return Array.isArray(values) || ArrayBuffer.isView(values);
}

/** Values per interval; the last interval includes its upper end. */
function count(values: ArrayLike<number>, low: number, high: number, bins: number) {
  const counts = new Array<number>(bins).fill(0);
  let outside = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (!(value >= low && value <= high)) outside++;
    else counts[Math.min(bins - 1, Math.floor((value - low) / (high - low) * bins))]++;
  }
  return { counts, outside };
}
