import type { Image, Pixels } from "../image/mod.ts";
import { COLOR_MAPS, type ColorMapName } from "./color_maps.ts";
import { chartLayout, type ChartOptions, Figure } from "./figure.ts";
import { checkImage, extent, firstChannel, imageGrid, type PanelKind } from "./image_grid.ts";
import { SOFT_INK } from "./template.ts";
import { escapeLabel } from "./mime.ts";
import { pictureBelow } from "./picture_below.ts";
import { numberText } from "./number_text.ts";

/** Options of {@linkcode heatmap}. */
export interface HeatmapOptions extends ChartOptions {
  /** Names of the rows, the first one on top. */
  rows?: readonly string[];
  /** Names of the columns. */
  columns?: readonly string[];
  /** Default `viridis`; `diverging` for numbers with a sign. */
  colors?: ColorMapName;
  /** The values at the two ends of the colours. Default smallest and largest; symmetric for `diverging`. */
  range?: readonly [number, number];
  /** What the numbers are, at the colour bar. */
  label?: string;
  /** Write the number into every cell. Default: where there are at most 100 cells. */
  numbers?: boolean;
  /** Digits of those numbers, counted from the first digit of the largest. Default 2. */
  digits?: number;
}

/** Wider or taller matrices go into the notebook as a picture, not as numbers. */
const MOST_SIDE = 128;
/** Larger ones have a PNG as their static picture, because cleaned SVG keeps no pictures. */
const MOST_DRAWN = 1600;

/**
 * A matrix in colours: attention weights, confusion counts, filters. Up to 128 × 128 the chart holds
 * the numbers, which show under the mouse; a larger matrix becomes a picture.
 *
 * @param matrix rows of numbers, or an image
 * @throws {RangeError} where rows or names have the wrong length
 *
 * @example
 * ```ts
 * import { heatmap } from "./heatmap.ts";
 * import { show } from "./show.ts";
 *
 * await show(heatmap([[0.9, 0.1], [0.2, 0.8]], {
 *   rows: ["the", "cat"],
 *   columns: ["the", "cat"],
 *   title: "Attention",
 *   label: "weight",
 * }));
 * ```
 */
export function heatmap(
  matrix: readonly ArrayLike<number>[] | Image<Pixels>,
  options: HeatmapOptions = {},
): Figure {
  const image = toImage(matrix);
  const { data, width, height } = image;
  for (
    const [what, names, length] of [
      ["rows", options.rows, height],
      ["columns", options.columns, width],
    ] as const
  ) {
    if (names && names.length !== length) {
      throw new RangeError(`heatmap: ${names.length} names for ${length} ${what}`);
    }
  }
  const colors = options.colors ?? "viridis";
  const [smallest, largest] = extent(data);
  const most = Math.max(Math.abs(smallest), Math.abs(largest)) || 1;
  const [low, high] = options.range ??
    (colors === "diverging" ? [-most, most] : [smallest, largest]);
  const large = width > MOST_SIDE || height > MOST_SIDE;

  const layout = chartLayout({ ...options, ...sizeOf(width, height, options) });
  const names = (list?: readonly string[]) =>
    list
      ? { tickmode: "array", tickvals: list.map((_, k) => k), ticktext: list.map(escapeLabel) }
      : {};
  const axis = {
    showgrid: false,
    showline: false,
    constrain: "domain",
    ticklen: 4,
    tickcolor: "rgba(0,0,0,0)",
  };
  layout.xaxis = { ...layout.xaxis as object, ...axis, ...names(options.columns) };
  layout.yaxis = {
    ...layout.yaxis as object,
    ...axis,
    ...names(options.rows),
    autorange: options.yRange ? undefined : "reversed",
    scaleanchor: "x",
  };
  const bar = {
    colorscale: COLOR_MAPS[colors],
    colorbar: {
      thickness: 12,
      outlinewidth: 0,
      tickfont: { size: 12, color: SOFT_INK },
      ...(options.label
        ? { title: { text: escapeLabel(options.label), side: "right", font: { size: 13 } } }
        : {}),
    },
  };
  const summary = options.summary ??
    `Heat map${options.title ? `: ${options.title}` : ""}, ${height} × ${width}\n  ` +
      extremesText(image, options);
  const kind: PanelKind = colors === "gray" || colors === "diverging" ? colors : "probability";
  const still = width * height > MOST_DRAWN
    ? imageGrid([{
      image,
      as: kind,
      colors,
      range: [low, high],
      title: options.title,
      caption: options.label,
    }], {
      panelWidth: 400,
      maxBytes: 60_000,
      doubled: false, // JupyterLab's Plotly renderer shows it pixel by pixel until the mouse comes
    })
    : undefined;

  if (large) {
    // The picture lies under the axes; an invisible point brings the colour bar.
    layout.images = [pictureBelow({ image, as: kind, colors, range: [low, high] })];
    layout.xaxis = { ...layout.xaxis as object, range: options.xRange ?? [-0.5, width - 0.5] };
    layout.yaxis = {
      ...layout.yaxis as object,
      autorange: undefined,
      range: options.yRange ?? [height - 0.5, -0.5],
    };
    const carrier = {
      type: "scatter",
      mode: "markers",
      x: [-1e9],
      y: [-1e9],
      hoverinfo: "skip",
      marker: { ...bar, color: [low], cmin: low, cmax: high, showscale: true },
    };
    return new Figure([carrier], layout, summary, still);
  }

  const decimals = Math.max(0, (options.digits ?? 2) - Math.ceil(Math.log10(most)));
  const cellText = (value: number) =>
    Number.isFinite(value) && !Number.isInteger(value) && decimals <= 6
      ? value.toFixed(decimals)
      : numberText(value, options.digits ?? 2);
  const numbers = options.numbers ?? width * height <= 100;
  const z = Array.from({ length: height }, (_, y) => data.slice(y * width, (y + 1) * width));
  const trace = {
    type: "heatmap",
    z,
    zmin: low,
    zmax: high,
    ...bar,
    hovertemplate: "row %{y}, column %{x}: %{z}<extra></extra>",
    ...(numbers
      ? {
        text: z.map((row) => Array.from(row, (value) => cellText(value))),
        texttemplate: "%{text}",
        textfont: { size: 11 },
      }
      : {}),
  };
  return new Figure([trace], layout, summary, still);
}

function toImage(matrix: readonly ArrayLike<number>[] | Image<Pixels>): Image<Pixels> {
  if ("data" in matrix) {
    checkImage(matrix, "matrix");
    return { data: firstChannel(matrix), width: matrix.width, height: matrix.height };
  }
  const width = matrix[0]?.length ?? 0;
  const data = new Float64Array(width * matrix.length);
  matrix.forEach((row, y) => {
    if (row.length !== width) {
      throw new RangeError(`heatmap: row ${y} has ${row.length} numbers, row 0 has ${width}`);
    }
    data.set(row, y * width);
  });
  if (data.length === 0) throw new RangeError("heatmap was given no numbers");
  return { data, width, height: matrix.length };
}

/** Height from the shape of the matrix, so that cells are square and nothing is empty. */
function sizeOf(width: number, height: number, options: HeatmapOptions) {
  const wide = options.width ?? 560;
  const side = Math.min(wide - 190, 400 * Math.max(1, width / height));
  const tall = Math.min(640, Math.max(180, Math.round(side * height / width) + 120));
  return { width: wide, height: options.height ?? tall };
}

function extremesText({ data, width }: Image<Pixels>, { rows, columns }: HeatmapOptions): string {
  const [low, high] = extent(data);
  const place = (value: number) => {
    const at = data.indexOf(value);
    const y = Math.floor(at / width), x = at % width;
    return `row ${rows?.[y] ?? y}, column ${columns?.[x] ?? x}`;
  };
  if (data.indexOf(low) < 0) return "no finite number";
  return `smallest ${numberText(low)} at ${place(low)}, largest ${numberText(high)} at ${
    place(high)
  }`;
}
