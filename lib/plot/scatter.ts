import { chartLayout, type ChartOptions, Figure } from "./figure.ts";
import { extent } from "./image_grid.ts";
import { escapeLabel } from "./mime.ts";
import { countText, numberText } from "./number_text.ts";
import { PALETTE } from "./template.ts";

/** A cloud of points of one colour. */
export interface Points {
  /** What the points are, for the legend. */
  name: string;
  /** Places on the horizontal axis. */
  x: ArrayLike<number>;
  /** Places on the vertical axis. */
  y: ArrayLike<number>;
  /** A text for every point, shown under the mouse. */
  labels?: readonly string[];
  /** Write the labels beside the points too. Default false. */
  write?: boolean;
}

/** Options of {@linkcode scatter}. */
export interface ScatterOptions extends ChartOptions {
  /** A thin line where x = y: predicted against true. Default false. */
  diagonal?: boolean;
  /** The same unit has the same length on both axes. Default false. */
  equalAxes?: boolean;
}

/**
 * Points in the plane: predicted against true values, embeddings after a projection.
 *
 * @throws {RangeError} where x, y and labels differ in length
 *
 * @example
 * ```ts
 * import { scatter } from "./scatter.ts";
 * import { show } from "./show.ts";
 *
 * await show(scatter([{ name: "pairs", x: [0, 1, 2], y: [0.2, 0.9, 2.1] }], {
 *   title: "Predicted against true similarity",
 *   diagonal: true,
 * }));
 * ```
 */
export function scatter(points: readonly Points[], options: ScatterOptions = {}): Figure {
  for (const { name, x, y, labels } of points) {
    if (x.length !== y.length || (labels && labels.length !== y.length)) {
      throw new RangeError(
        `scatter: "${name}" has ${x.length} x, ${y.length} y` +
          `${labels ? ` and ${labels.length} labels` : ""}; they must be as many`,
      );
    }
  }
  const data = points.map(({ name, x, y, labels, write }, k) => ({
    type: "scatter",
    mode: write ? "markers+text" : "markers",
    name: escapeLabel(name),
    x,
    y,
    ...(labels
      ? { text: labels.map(escapeLabel), textposition: "top center", textfont: { size: 11 } }
      : {}),
    marker: {
      color: PALETTE[k % PALETTE.length],
      size: y.length > 500 ? 4 : 7,
      opacity: y.length > 100 ? 0.6 : 0.85,
    },
  }));
  const layout = chartLayout(options, points.map(({ name }) => name));
  if (options.equalAxes) {
    layout.yaxis = { ...layout.yaxis as object, scaleanchor: "x", constrain: "domain" };
    layout.xaxis = { ...layout.xaxis as object, constrain: "domain" };
  }
  if (options.diagonal) {
    const ends = points.flatMap(({ x, y }) => [...extent(x), ...extent(y)]);
    const [low, high] = extent(ends);
    layout.shapes = [...layout.shapes as unknown[], {
      type: "line",
      layer: "between",
      x0: low,
      y0: low,
      x1: high,
      y1: high,
      line: { color: "#8C959F", width: 1 },
    }];
  }
  const words = points.map(({ name, x, y }) => {
    const [left, right] = extent(x), [low, high] = extent(y);
    return `${name}: ${countText(y.length, "point")}, x ${numberText(left)} to ${
      numberText(right)
    }, ` +
      `y ${numberText(low)} to ${numberText(high)}`;
  });
  const summary = options.summary ??
    [`Scatter${options.title ? `: ${options.title}` : ""}`, ...words].join("\n  ");
  return new Figure(data, layout, summary);
}
