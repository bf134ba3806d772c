import { chartLayout, type ChartOptions, Figure } from "./figure.ts";
import { escapeLabel } from "./mime.ts";
import { countText, numberText } from "./number_text.ts";
import { PALETTE } from "./template.ts";

/** One line of a chart. */
export interface Series {
  /** What the line is, for the legend. */
  name: string;
  /** Places on the horizontal axis. Default 0, 1, 2, … */
  x?: ArrayLike<number>;
  /** Values. Not finite: a gap. */
  y: ArrayLike<number>;
  /** Lower and upper end of a band around the line, for example over repeated runs. */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** A colour of one's own, `#RRGGBB`. */
  color?: string;
  /** Default solid. */
  dash?: "solid" | "dash" | "dot";
  /** Draw the points too. Default: only where there are at most 30. */
  markers?: boolean;
  /** Thin and faint, for raw values behind a smoothed line. Default false. */
  faint?: boolean;
}

/** More points than a screen has columns are thinned to the extremes of each column. */
const MOST_POINTS = 3000;

/**
 * Lines over a common axis: losses over steps, scores over epochs, learning rates.
 *
 * @param series one line, or several
 * @param options title, axes (logarithmic or not), marks
 * @throws {RangeError} where there is no series, or x, y or a band differ in length
 *
 * @example
 * ```ts
 * import { lineChart } from "./line_chart.ts";
 * import { show } from "./show.ts";
 *
 * await show(lineChart([
 *   { name: "training", x: [1, 10, 100], y: [0.9, 0.4, 0.1] },
 *   { name: "validation", x: [1, 10, 100], y: [0.9, 0.5, 0.3], dash: "dash" },
 * ], { title: "Loss", xLabel: "step", yLabel: "cross-entropy", logX: true, logY: true,
 *      annotations: [{ y: 0.2, text: "all-cell predictor" }] }));
 * ```
 */
export function lineChart(series: readonly Series[], options: ChartOptions = {}): Figure {
  if (series.length === 0) {
    throw new RangeError("lineChart was given no series; it needs at least one");
  }
  const data = series.flatMap((line, k) => traces(line, line.color ?? PALETTE[k % PALETTE.length]));
  const words = series.map((line) => seriesText(line, options));
  const summary = options.summary ??
    [`Line chart${options.title ? `: ${options.title}` : ""}`, ...words].join("\n  ");
  return new Figure(data, chartLayout(options, series.map(({ name }) => name)), summary);
}

function traces(line: Series, color: string): Record<string, unknown>[] {
  const { name, y, band } = line;
  const x = line.x ?? Array.from({ length: y.length }, (_, k) => k);
  for (
    const [what, values] of [["x", x], ["band.low", band?.low], ["band.high", band?.high]] as const
  ) {
    if (values && values.length !== y.length) {
      throw new RangeError(
        `lineChart: series "${name}" has ${values.length} values in ${what} but ${y.length} in y`,
      );
    }
  }
  const kept = thin(y);
  const at = (values: ArrayLike<number>) => kept ? kept.map((k) => values[k]) : Array.from(values);
  const markers = line.markers ?? y.length <= 30;
  const trace = {
    type: "scatter",
    mode: markers ? "lines+markers" : "lines",
    name: escapeLabel(name),
    x: at(x),
    y: at(y),
    line: { color, width: line.faint ? 1 : 2, dash: line.dash },
    ...(markers ? { marker: { color, size: 6 } } : {}),
    ...(line.faint ? { opacity: 0.35 } : {}),
  };
  if (!band) return [trace];
  const edge = {
    type: "scatter",
    mode: "lines",
    x: at(x),
    line: { width: 0 },
    showlegend: false,
    hoverinfo: "skip",
  };
  return [
    { ...edge, y: at(band.low) },
    { ...edge, y: at(band.high), fill: "tonexty", fillcolor: `${color}30` },
    trace,
  ];
}

/** The places of the lowest and highest value in each of many even parts; undefined: keep all. */
export function thin(values: ArrayLike<number>, most: number = MOST_POINTS): number[] | undefined {
  if (values.length <= most) return undefined;
  const parts = Math.floor(most / 2) - 1;
  const kept = new Set([0, values.length - 1]);
  for (let part = 0; part < parts; part++) {
    const start = Math.floor(part * values.length / parts);
    const end = Math.floor((part + 1) * values.length / parts);
    let low = start, high = start;
    for (let k = start; k < end; k++) {
      if (values[k] < values[low] || Number.isNaN(values[low])) low = k;
      if (values[k] > values[high] || Number.isNaN(values[high])) high = k;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b);
}

function seriesText({ name, x, y }: Series, options: ChartOptions): string {
  if (y.length === 0) return `${name}: no points`;
  let low = -1, high = -1;
  for (let k = 0; k < y.length; k++) {
    if (!Number.isFinite(y[k])) continue;
    if (low < 0 || y[k] < y[low]) low = k;
    if (high < 0 || y[k] > y[high]) high = k;
  }
  if (low < 0) return `${name}: no finite point among ${y.length}`;
  const where = (k: number) => `${options.xLabel ?? "x"} ${numberText(x ? x[k] : k)}`;
  return `${name}: ${numberText(y[0])} to ${numberText(y[y.length - 1])} over ` +
    `${countText(y.length, "point")}, lowest ${numberText(y[low])} at ${where(low)}, ` +
    `highest ${numberText(y[high])} at ${where(high)}`;
}
