import {
  type Displayable,
  escapeLabel,
  jupyterDisplay,
  type MimeBundle,
  type Rendered,
} from "./mime.ts";
import { type PlotlyJson, staticSvg } from "./static_svg.ts";
import type { Picture } from "./image_grid.ts";
import { textWidth } from "./raster.ts";
import { SIZE, TEMPLATE } from "./template.ts";

/** A chart: Plotly's traces and layout in our template, and a sentence that says what is in it. */
export class Figure implements Displayable {
  /** Traces and layout as plain JSON, the template included. */
  readonly json: PlotlyJson;
  /** The chart in words and numbers, for readers without pictures. */
  readonly summary: string;
  readonly #picture?: Picture;

  /**
   * @param data Plotly traces; typed arrays are welcome
   * @param layout Plotly layout; what is absent comes from the template
   * @param summary the chart in words
   * @param picture the static picture, where it is not to be Plotly's SVG
   */
  constructor(
    data: readonly Record<string, unknown>[],
    layout: Record<string, unknown>,
    summary: string,
    picture?: Picture,
  ) {
    this.json = {
      data: data.map((trace) => plain(trace) as Record<string, unknown>),
      layout: {
        ...SIZE,
        template: TEMPLATE,
        ...(plain(layout) as Record<string, unknown>),
      },
    };
    this.summary = summary;
    this.#picture = picture;
  }

  /** The interactive chart, the static picture and the summary in one bundle. */
  async render(): Promise<Rendered> {
    const still = this.#picture?.render();
    return {
      data: {
        "application/vnd.plotly.v1+json": { ...this.json, config: CONFIG },
        ...(still ? still.data : { "image/svg+xml": await staticSvg(this.json) }),
        "text/plain": this.summary,
      },
      metadata: still?.metadata,
    };
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    return (await this.render()).data;
  }
}

/** No button that sends the data to Plotly's servers. */
const CONFIG = { displaylogo: false, responsive: false, showSendToCloud: false };

/**
 * A chart of one's own: any Plotly traces and layout in the template of this project.
 *
 * @param data traces, https://plotly.com/javascript/reference/
 * @param layout layout; what is absent comes from the template
 * @param summary the chart in words, for readers without pictures
 *
 * @example
 * ```ts
 * import { figure } from "./figure.ts";
 * import { show } from "./show.ts";
 *
 * const angle = Float32Array.from({ length: 50 }, (_, k) => k / 8);
 * await show(figure(
 *   [{ x: angle, y: angle.map(Math.sin), name: "sin" }],
 *   { title: { text: "A wave" } },
 *   "One and a half periods of a sine.",
 * ));
 * ```
 */
export function figure(
  data: readonly Record<string, unknown>[],
  layout: Record<string, unknown> = {},
  summary = "A chart.",
): Figure {
  return new Figure(data, layout, summary);
}

/**
 * A value as JSON that is small: typed arrays become lists, fractions keep five significant digits
 * (a screen shows three), what is not finite becomes null (a gap in the line).
 */
function plain(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isInteger(value)
      ? value
      : Number.isFinite(value)
      ? Number(value.toPrecision(5))
      : null;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).filter(([, v]) => v !== undefined).map(([key, v]) => [key, plain(v)]),
    );
  }
  return value;
}

/** A mark on a chart. */
export interface Annotation {
  /** Where on the horizontal axis; absent: a line across at `y`. */
  x?: number | string;
  /** Where on the vertical axis; absent: a line from bottom to top at `x`. */
  y?: number;
  /** What is there. */
  text: string;
}

/** Options that every chart understands. */
export interface ChartOptions {
  /** What the chart shows, or better: what is to be seen in it. */
  title?: string;
  /** Name of the horizontal axis, with its unit. */
  xLabel?: string;
  /** Name of the vertical axis, with its unit. */
  yLabel?: string;
  /** Powers of ten at equal distances on the horizontal axis. Default false. */
  logX?: boolean;
  /** Powers of ten at equal distances on the vertical axis. Default false. */
  logY?: boolean;
  /** Ends of the horizontal axis, in its own units also where it is logarithmic. */
  xRange?: readonly [number, number];
  /** Ends of the vertical axis, in its own units also where it is logarithmic. */
  yRange?: readonly [number, number];
  /** Points with a text, and lines across the chart: a published number, a step where something changes. */
  annotations?: readonly Annotation[];
  /** CSS pixels. Default 720. */
  width?: number;
  /** CSS pixels. Default 400. */
  height?: number;
  /** Replaces the summary that the chart writes by itself. */
  summary?: string;
}

/** The part of a Plotly layout that {@linkcode ChartOptions} describe. */
export function chartLayout(
  options: ChartOptions,
  legend: readonly string[] = [],
): Record<string, unknown> {
  const { title, xLabel, yLabel, logX, logY, xRange, yRange, annotations = [] } = options;
  const position = (value: number | string | undefined, log?: boolean) =>
    typeof value === "number" && log ? Math.log10(value) : value;
  const range = (ends: readonly [number, number] | undefined, log?: boolean) =>
    ends?.map((end) => position(end, log));
  const lines = annotations.filter(({ x, y }) => (x === undefined) !== (y === undefined));
  return {
    ...(title ? { title: { text: escapeLabel(title) } } : {}),
    width: options.width,
    height: options.height,
    showlegend: legend.length > 1,
    margin: {
      t: (title ? 48 : 20) + (legend.length > 1 ? legendHeight(legend, options.width) : 0),
    },
    xaxis: {
      ...(xLabel ? { title: { text: escapeLabel(xLabel) } } : {}),
      ...(logX ? { type: "log" } : {}),
      range: range(xRange, logX),
    },
    yaxis: {
      ...(yLabel ? { title: { text: escapeLabel(yLabel) } } : {}),
      ...(logY ? { type: "log" } : {}),
      range: range(yRange, logY),
    },
    shapes: lines.map(({ x, y }) => ({
      type: "line",
      layer: "between",
      line: { color: "#8C959F", width: 1.5, dash: "dash" },
      ...(y === undefined
        ? { x0: x, x1: x, y0: 0, y1: 1, yref: "paper" } // shapes take the value itself on log axes
        : { x0: 0, x1: 1, xref: "paper", y0: y, y1: y }),
    })),
    annotations: annotations.map(({ x, y, text }) => ({
      text: escapeLabel(text),
      font: { size: 12, color: "#57606A" },
      bgcolor: "rgba(255,255,255,0.8)",
      ...(x === undefined
        ? {
          xref: "paper",
          x: 1,
          xanchor: "right",
          y: position(y, logY),
          yanchor: "bottom",
          showarrow: false,
        }
        : y === undefined
        ? {
          yref: "paper",
          y: 1,
          yanchor: "top",
          x: position(x, logX),
          xanchor: "left",
          xshift: 4,
          showarrow: false,
        }
        : {
          x: position(x, logX),
          y: position(y, logY),
          ax: 24,
          ay: -32,
          arrowcolor: "#8C959F",
          arrowwidth: 1,
        }),
    })),
  };
}

/** Height of the legend above a chart: Plotly sets it in columns where one row is too short. */
export function legendHeight(names: readonly string[], width: number = SIZE.width): number {
  const room = width - 110;
  const widths = names.map((name) => textWidth(name) + 48);
  const one = widths.reduce((sum, entry) => sum + entry, 0) <= room;
  const columns = Math.max(1, Math.floor(room / Math.max(...widths)));
  return 8 + 19 * (one ? 1 : Math.ceil(names.length / columns));
}
