import type { Image, Pixels } from "../image/mod.ts";
import { chartLayout, type ChartOptions, Figure } from "./figure.ts";
import { pictureBelow } from "./picture_below.ts";
import { countText, numberText } from "./number_text.ts";
import { GRID, LINE, PALETTE } from "./template.ts";

/** An arrow from (x, y) to (x + dx, y + dy); y grows downwards, as in a picture. */
export interface Arrow {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

/** Options of {@linkcode arrows}. */
export interface ArrowsOptions extends ChartOptions {
  /** Faint, under the arrows. */
  readonly image?: Image<Pixels>;
  /** Arrows that stand out: drawn thicker and in another colour, with a dot at the foot. */
  readonly bold?: readonly Arrow[];
  /** How much longer than they are the arrows are drawn. Default 1. */
  readonly scale?: number;
}

/**
 * Arrows over a picture: displacements, gradients.
 *
 * @param field arrows in the units of the axes
 * @param options the picture below, arrows that stand out, title
 * @throws {RangeError} if there is no arrow
 *
 * @example
 * ```ts
 * import { arrows } from "./arrows.ts";
 * import { show } from "./show.ts";
 *
 * const wind = [0, 10, 20].map((x) => ({ x, y: 5, dx: 4, dy: x / 5 }));
 * await show(arrows(wind, { title: "It turns" }));
 * ```
 */
export function arrows(field: readonly Arrow[], options: ArrowsOptions = {}): Figure {
  const { image, bold = [], scale = 1 } = options;
  const all = [...field, ...bold];
  if (all.length === 0) throw new RangeError("arrows was given none; it needs at least one");
  const lengths = all.map(({ dx, dy }) => Math.hypot(dx, dy));
  const layout = chartLayout({ width: 560, height: 560, ...options });
  const ends = (of: (arrow: Arrow) => readonly number[]) => {
    const values = all.flatMap(of);
    const [low, high] = [Math.min(...values), Math.max(...values)], air = 0.05 * (high - low || 1);
    return [low - air, high + air];
  };
  const side = (length?: number) => length === undefined ? [] : [-0.5, length - 0.5];
  const xRange = ends(({ x, dx }) => [x, x + scale * dx, ...side(image?.width)]);
  const yRange = ends(({ y, dy }) => [y, y + scale * dy, ...side(image?.height)]);
  const axis = { constrain: "domain", gridcolor: GRID };
  layout.xaxis = { ...layout.xaxis as object, ...axis, range: options.xRange ?? xRange };
  layout.yaxis = {
    ...layout.yaxis as object,
    ...axis,
    range: options.yRange ?? yRange.toReversed(),
    scaleanchor: "x",
  };
  layout.showlegend = false;
  if (image) {
    layout.images = [{ ...pictureBelow({ image }), opacity: 0.35 }];
  }
  const traces = [
    ...(field.length > 0 ? [shafts(field, scale, { color: PALETTE[0], width: 1.3 })] : []),
    ...(bold.length > 0
      ? [shafts(bold, scale, { color: PALETTE[1], width: 3 }), {
        type: "scatter",
        mode: "markers",
        x: bold.map(({ x }) => x),
        y: bold.map(({ y }) => y),
        text: bold.map(({ dx, dy }) => `(${numberText(dx, 3)}, ${numberText(dy, 3)})`),
        hovertemplate: "%{text}<extra></extra>",
        marker: { color: PALETTE[1], size: 9, line: { color: LINE, width: 1 } },
        cliponaxis: false,
      }]
      : []),
  ];
  const summary = options.summary ??
    `${countText(all.length, "arrow")}${options.title ? `: ${options.title}` : ""}, ` +
      `lengths ${numberText(Math.min(...lengths), 3)} to ${numberText(Math.max(...lengths), 3)}`;
  return new Figure(traces, layout, summary);
}

/** Every arrow as one stroke: foot, tip, one barb, tip, the other barb, and a gap. */
function shafts(
  field: readonly Arrow[],
  scale: number,
  line: { readonly color: string; readonly width: number },
) {
  const x: (number | null)[] = [], y: (number | null)[] = [];
  for (const arrow of field) {
    const dx = scale * arrow.dx, dy = scale * arrow.dy;
    const tipX = arrow.x + dx, tipY = arrow.y + dy;
    const barb = (turn: number) =>
      [tipX - 0.28 * (dx + turn * dy), tipY - 0.28 * (dy - turn * dx)] as const;
    const [left, right] = [barb(0.55), barb(-0.55)];
    x.push(arrow.x, tipX, left[0], tipX, right[0], null);
    y.push(arrow.y, tipY, left[1], tipY, right[1], null);
  }
  return { type: "scatter", mode: "lines", x, y, line, hoverinfo: "skip", cliponaxis: false };
}
