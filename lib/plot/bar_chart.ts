import { chartLayout, type ChartOptions, Figure } from "./figure.ts";
import { escapeLabel } from "./mime.ts";
import { numberText } from "./number_text.ts";
import { PALETTE } from "./template.ts";

/** One group of bars of the same colour: a value a category. */
export interface BarSeries {
  /** What the bars are, for the legend. */
  name: string;
  /** A value for every category; null or NaN leaves a gap. */
  values: readonly (number | null)[];
  /** Half the length of an error bar, in the values' unit. */
  errors?: readonly number[];
}

/** Options of {@linkcode barChart}. */
export interface BarChartOptions extends ChartOptions {
  /** Bars from left to right, for long names. Default false. */
  horizontal?: boolean;
  /** Significant digits of the number at every bar; 0 writes none. Default 3. */
  digits?: number;
}

/**
 * Bars: one number a category, or several side by side.
 *
 * @param bars name and value of every bar, or categories with one or more series
 * @throws {RangeError} where a series does not have one value a category
 *
 * @example
 * ```ts
 * import { barChart } from "./bar_chart.ts";
 * import { show } from "./show.ts";
 *
 * await show(barChart({ "U-Net": 0.061, "sliding window": 0.081, "all-cell": 0.217 }, {
 *   title: "Pixel error on a held-out slice",
 *   yLabel: "pixel error",
 * }));
 * await show(barChart({
 *   categories: ["Rand error", "warping error"],
 *   series: [{ name: "here", values: [0.05, 0.0006] }, { name: "paper", values: [0.04, 0.0004] }],
 * }));
 * ```
 */
export function barChart(
  bars: Readonly<Record<string, number>> | {
    categories: readonly string[];
    series: readonly BarSeries[];
  },
  options: BarChartOptions = {},
): Figure {
  const { horizontal = false, digits = 3 } = options;
  const grouped = isGrouped(bars);
  const categories = grouped ? bars.categories : Object.keys(bars);
  const series: readonly BarSeries[] = grouped
    ? bars.series
    : [{ name: options.yLabel ?? "value", values: Object.values(bars) }];
  for (const { name, values, errors } of series) {
    if (values.length !== categories.length || (errors && errors.length !== categories.length)) {
      throw new RangeError(
        `barChart: series "${name}" has ${values.length} values` +
          `${errors ? ` and ${errors.length} errors` : ""} for ${categories.length} categories`,
      );
    }
  }
  const withErrors = series.some(({ errors }) => errors); // their bars take the place of numbers
  const names = categories.map(escapeLabel);
  const data = series.map(({ name, values, errors }, k) => {
    const color = PALETTE[k % PALETTE.length];
    const error = errors
      ? { array: errors, color: "#57606A", thickness: 1.5, width: 4 }
      : undefined;
    return {
      type: "bar",
      name: escapeLabel(name),
      orientation: horizontal ? "h" : "v",
      x: horizontal ? values : names,
      y: horizontal ? names : values,
      [horizontal ? "error_x" : "error_y"]: error,
      marker: { color },
      ...(digits > 0
        ? {
          text: values.map((value) =>
            value === null || Number.isNaN(value) ? "" : numberText(value, digits)
          ),
          textposition: withErrors ? "inside" : "outside",
          insidetextanchor: "start",
          textangle: 0,
          cliponaxis: false,
        }
        : {}),
    };
  });
  const words = categories.map((category, i) =>
    `${category}: ${
      series.map(({ name, values, errors }) => {
        const value = values[i];
        return (series.length > 1 ? `${name} ` : "") + (value === null ? "–" : numberText(value)) +
          (errors ? ` ± ${numberText(errors[i], 2)}` : "");
      }).join(", ")
    }`
  );
  const layout = chartLayout(options, series.map(({ name }) => name));
  // Bars would cover the lines of annotations.
  layout.shapes = (layout.shapes as object[]).map((shape) => ({ ...shape, layer: "above" }));
  const along = { ...layout.xaxis as object }, across = { ...layout.yaxis as object };
  const categorical = { type: "category", showgrid: false, ticks: "" };
  const full = horizontal
    ? { ...layout, xaxis: along, yaxis: { ...across, ...categorical, autorange: "reversed" } }
    : { ...layout, xaxis: { ...along, ...categorical }, yaxis: across };
  const summary = options.summary ??
    [`Bar chart${options.title ? `: ${options.title}` : ""}`, ...words].join("\n  ");
  return new Figure(data, full, summary);
}

function isGrouped(
  bars: Readonly<Record<string, number>> | {
    categories: readonly string[];
    series: readonly BarSeries[];
  },
): bars is { categories: readonly string[]; series: readonly BarSeries[] } {
  return Array.isArray(bars.categories) && Array.isArray(bars.series);
}
