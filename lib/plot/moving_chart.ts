import { escapeHtml } from "./mime.ts";
import { numberText } from "./number_text.ts";
import { textWidth } from "./raster.ts";
import { FONT, GRID, INK, LINE, PAPER, SIZE, SOFT_INK } from "./template.ts";

/** One line of a moving chart. */
export interface MovingLine {
  /** For the legend. */
  name: string;
  /** Places on the horizontal axis, rising. */
  x: readonly number[];
  /** Values; not finite: a gap. */
  y: readonly number[];
  /** `#RRGGBB`. */
  color: string;
  /** CSS pixels. */
  width: number;
  /** 0 to 1. */
  opacity: number;
  /** Draw the points too. */
  markers: boolean;
}

/** One panel: lines over a vertical axis of their own. */
export interface MovingPanel {
  /** Name of the vertical axis. */
  label: string;
  /** Powers of ten at equal distances. */
  log: boolean;
  /** The axis starts at 0. */
  fromZero: boolean;
  /** Lines, the first one at the back. */
  lines: readonly MovingLine[];
}

/** A chart of one or more panels, one below the other, over a common horizontal axis. */
export interface MovingChart {
  /** First line. */
  title: string;
  /** Second line. */
  subtitle: string;
  /** Name of the horizontal axis. */
  xLabel: string;
  /** Ends of the horizontal axis. */
  xRange: readonly [number, number];
  /** Panels from top to bottom, with the share of the height of each. */
  panels: readonly (MovingPanel & { share: number })[];
  /** CSS pixels. */
  height: number;
}

const LEFT = 76, RIGHT = 28, TOP = 92, BOTTOM = 52, BETWEEN = 26;

/**
 * A chart as SVG in two milliseconds or so, without Plotly: for pictures that live a quarter of a
 * second. (JupyterLab's Plotly renderer draws a chart once and passes over later states of the same
 * output, so a moving chart cannot be Plotly's.)
 */
export function movingSvg(
  { title, subtitle, xLabel, xRange, panels, height }: MovingChart,
): string {
  const { width } = SIZE;
  const x = scale(xRange, [LEFT, width - RIGHT], false);
  const room = height - TOP - BOTTOM - BETWEEN * (panels.length - 1);
  const out: string[] = [
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    text(LEFT, 30, title, { size: 16 }),
    text(LEFT, 50, subtitle, { size: 12, color: SOFT_INK }),
  ];
  let at = LEFT;
  for (const { name, color, width: thick, opacity } of panels.flatMap(({ lines }) => lines)) {
    out.push(
      `<path d="M${at} 72h24" stroke="${color}" stroke-width="${thick}" stroke-opacity="${opacity}"/>`,
      text(at + 30, 76, name, { size: 12 }),
    );
    at += 30 + textWidth(name) + 18;
  }

  let top = TOP;
  for (const [k, panel] of panels.entries()) {
    const bottom = top + room * panel.share;
    const ends = valueRange(panel);
    const y = scale(ends, [bottom, top], panel.log);
    for (const tick of panel.log ? logTicks(...ends) : ticks(...ends, (bottom - top) / 45)) {
      const v = round(y(tick));
      out.push(
        `<path d="M${LEFT} ${v}H${width - RIGHT}" stroke="${GRID}"/>`,
        text(LEFT - 8, v + 4, numberText(tick, 3), { size: 12, color: SOFT_INK, anchor: "end" }),
      );
    }
    for (const tick of ticks(...xRange, 6)) {
      const h = round(x(tick));
      out.push(`<path d="M${h} ${round(top)}V${round(bottom)}" stroke="${GRID}"/>`);
      if (k === panels.length - 1) {
        out.push(
          text(h, bottom + 18, numberText(tick), { size: 12, color: SOFT_INK, anchor: "middle" }),
        );
      }
    }
    out.push(
      `<path d="M${LEFT} ${round(top)}V${round(bottom)}H${
        width - RIGHT
      }" fill="none" stroke="${LINE}"/>`,
    );
    for (const line of panel.lines) out.push(lineSvg(line, x, y));
    const middle = round((top + bottom) / 2);
    out.push(
      `<g transform="translate(18 ${middle}) rotate(-90)">` +
        `${text(0, 0, panel.label, { size: 13, anchor: "middle" })}</g>`,
    );
    top = bottom + BETWEEN;
  }
  out.push(text((LEFT + width - RIGHT) / 2, height - 14, xLabel, { size: 13, anchor: "middle" }));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${FONT}">${out.join("")}</svg>`;
}

function lineSvg(line: MovingLine, x: Scale, y: Scale): string {
  let d = "", pen = false, dots = "";
  for (let k = 0; k < line.x.length; k++) {
    const px = x(line.x[k]), py = y(line.y[k]);
    if (!Number.isFinite(py)) {
      pen = false;
      continue;
    }
    d += `${pen ? "L" : "M"}${round(px)} ${round(py)}`;
    pen = true;
    dots += `M${round(px)} ${round(py)}h0`;
  }
  const stroke = `fill="none" stroke="${line.color}" stroke-opacity="${line.opacity}"`;
  return `<path class="line" d="${d}" ${stroke} stroke-width="${line.width}" stroke-linejoin="round"/>` +
    (line.markers || line.x.length === 1
      ? `<path d="${dots}" ${stroke} stroke-width="6" stroke-linecap="round"/>`
      : "");
}

type Scale = (value: number) => number;

function scale(
  [low, high]: readonly [number, number],
  [from, to]: [number, number],
  log: boolean,
): Scale {
  const f = log ? Math.log10 : (value: number) => value;
  return (value) => from + (f(value) - f(low)) / (f(high) - f(low)) * (to - from);
}

/** Ends of a panel's axis: all values with a little air. */
function valueRange({ lines, log, fromZero }: MovingPanel): [number, number] {
  let low = Infinity, high = -Infinity;
  for (const { y } of lines) {
    for (const value of y) {
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low / 1.15, high * 1.15];
  if (fromZero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const air = (high - low || Math.abs(high) || 1) * 0.06;
  return [fromZero && low === 0 ? 0 : low - air, high + air];
}

/** Round numbers between two ends, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => {
    return Number(((first + k) * step).toPrecision(12));
  });
}

/** Powers of ten between two ends; 2 and 5 times them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const factors = high / low < 100 ? [1, 2, 5] : [1];
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= low && tick <= high) found.push(tick);
    }
  }
  const every = Math.ceil(found.length / 8);
  return found.filter((_, k) => k % every === 0);
}

const round = (value: number) => Math.round(value * 10) / 10;

function text(
  x: number,
  y: number,
  words: string,
  { size, color = INK, anchor = "start" }: { size: number; color?: string; anchor?: string },
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${color}" ` +
    `text-anchor="${anchor}">${escapeHtml(words)}</text>`;
}
