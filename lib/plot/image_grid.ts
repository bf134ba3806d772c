import type { Image, Pixels } from "../image/mod.ts";
import { type ColorMapName, labelColor, mapColor, parseColor } from "./color_maps.ts";
import { type Displayable, jupyterDisplay, type Rendered, toBase64 } from "./mime.ts";
import { countText, numberText } from "./number_text.ts";
import { LINE_HEIGHT, Raster, textWidth, wrapText } from "./raster.ts";
import { INK, LINE, PAPER, SOFT_INK } from "./template.ts";

/** How the numbers of a picture become colours. */
export type PanelKind = "gray" | "color" | "labels" | "probability" | "diverging";

/** One picture of a grid. */
export interface Panel {
  /** The numbers. */
  readonly image: Image<Pixels>;
  /** Above the picture. */
  readonly title?: string;
  /** Below the picture. */
  readonly caption?: string;
  /**
   * - `gray`: black is the lowest value of `range`, white the highest
   * - `color`: channels 1 to 3 are red, green, blue
   * - `labels`: 0 is black, every other whole number has its own colour; a single label is white
   * - `probability`: viridis over [0, 1] with a colour bar
   * - `diverging`: blue is below 0, vermilion above, with a colour bar
   *
   * Default: `labels` for `Int32Array` and `Uint32Array`, `color` for 3 or 4 channels, else `gray`.
   */
  readonly as?: PanelKind;
  /** Another colour map for `probability`. Default `viridis`. */
  readonly colors?: ColorMapName;
  /**
   * The values at the two ends of the colours. Default: [0, 1] for floating-point images that lie in
   * it, [0, 255] for bytes, [-m, m] with the largest magnitude m for `diverging`, else the smallest
   * and largest value.
   */
  readonly range?: readonly [number, number];
}

/** Options of {@linkcode imageGrid}. */
export interface ImageGridOptions {
  /** Pictures in a row. Default: up to four in one row, more in rows of three or four. */
  columns?: number;
  /** Above everything. */
  title?: string;
  /** Width of one picture in CSS pixels; a small picture is enlarged by a whole factor below it. */
  panelWidth?: number;
  /**
   * The PNG is kept below this many bytes by fewer gray levels, then fewer pixels. Default 110 000:
   * a notebook with twenty grids stays below 3 MB.
   */
  maxBytes?: number;
  /** Twice the pixels where that stays below `maxBytes`, for dense screens. Default true. */
  doubled?: boolean;
}

/** A panel ready to draw: numbers in [0, 1], classes, and the colours they mean. */
export interface Layer {
  readonly width: number;
  readonly height: number;
  readonly title?: string;
  readonly caption?: string;
  /** One value in [0, 1] a pixel (three where `rgb`); averaged where the picture shrinks. */
  readonly values?: Float32Array;
  readonly rgb?: boolean;
  /** One whole number a pixel, never averaged. */
  readonly classes?: Int32Array;
  /** The colour of a pixel. */
  readonly color: (value: number, kind: number) => number;
  /** A colour bar below. */
  readonly bar?: { map: ColorMapName; range: readonly [number, number] };
  /** Coloured squares with their meaning below. */
  readonly legend?: readonly { color: number; label: string }[];
  /** The panel in words. */
  readonly plain: string;
}

const NOT_A_NUMBER = 0xf5b5d8; // pink: in none of the colour maps

/**
 * A picture or several side by side, drawn into one PNG with titles, colour bars and legends, so
 * that it looks the same in JupyterLab, in an HTML export, on GitHub and in a slide.
 */
export class Picture implements Displayable {
  /** The pictures. */
  readonly layers: readonly Layer[];
  readonly #options: ImageGridOptions;

  constructor(layers: readonly Layer[], options: ImageGridOptions = {}) {
    this.layers = layers;
    this.#options = options;
  }

  /** `image/png` and the text. */
  render(): Rendered {
    const { png, width, height } = this.draw();
    return {
      data: { "image/png": toBase64(png), "text/plain": this.toString() },
      metadata: { "image/png": { width, height } },
    };
  }

  async [jupyterDisplay](): Promise<Record<string, unknown>> {
    return { ...(await this.render()).data };
  }

  /** The picture in words: one line a panel. */
  toString(): string {
    const title = this.#options.title;
    return [...(title ? [title] : []), ...this.layers.map((layer) => layer.plain)].join("\n");
  }

  /** Only the pixels of the first panel, at most `panelWidth` wide: a picture for another chart. */
  drawPanel(): { png: Uint8Array; width: number; height: number } {
    const [layer] = this.layers;
    const width = Math.min(layer.width, this.#options.panelWidth ?? 320);
    const height = Math.max(1, Math.round(layer.height * width / layer.width));
    const raster = new Raster(width, height, 1);
    const size = { width, height, factor: width / layer.width };
    drawLayer(raster, layer, 0, 0, size, 32, 1);
    return { png: raster.png(), width, height };
  }

  /** Draws the picture: the PNG's bytes and the size in CSS pixels at which to show it. */
  draw(): { png: Uint8Array; width: number; height: number } {
    const columns = Math.max(1, this.#options.columns ?? defaultColumns(this.layers.length));
    const panelWidth = this.#options.panelWidth ?? Math.min(380, Math.floor(900 / columns) - GAP);
    const maxBytes = this.#options.maxBytes ?? 110_000;
    const attempts: [scale: 1 | 2, levels: number, shrink: number][] = [
      [2, 64, 1],
      [1, 64, 1],
      [1, 32, 1],
      [1, 20, 1],
      [1, 24, 0.75],
      [1, 20, 0.5],
    ];
    let drawn!: { png: Uint8Array; width: number; height: number };
    for (const [scale, levels, shrink] of attempts) {
      if (scale === 2 && this.#options.doubled === false) continue;
      const raster = drawGrid(
        this.layers,
        columns,
        panelWidth,
        shrink,
        scale,
        levels,
        this.#options.title,
      );
      drawn = { png: raster.png(), width: raster.width, height: raster.height };
      if (drawn.png.length <= maxBytes) break;
    }
    return drawn;
  }
}

/**
 * Pictures side by side: gray images, label images in distinct colours, probability maps with a
 * colour bar, overlays. Large ones are averaged down to the width they are shown at.
 *
 * @param panels images, panels with a title, or pictures made by `overlay`
 * @param options columns, title, width, size in bytes
 * @throws {RangeError} where a picture's data does not fit its size
 *
 * @example
 * ```ts
 * import { imageGrid } from "./image_grid.ts";
 * import { overlay } from "./overlay.ts";
 * import { show } from "./show.ts";
 *
 * const image = { data: Float32Array.of(0, 0.5, 0.5, 1), width: 2, height: 2 };
 * const truth = { data: Int32Array.of(0, 0, 1, 1), width: 2, height: 2 };
 * const prediction = { data: Int32Array.of(0, 1, 1, 1), width: 2, height: 2 };
 * await show(imageGrid([
 *   { image, title: "Image" },
 *   { image: truth, title: "Truth" },
 *   { image, title: "Probability", as: "probability" },
 *   overlay(image, prediction, { truth, title: "Errors" }),
 * ]));
 * ```
 */
export function imageGrid(
  panels: readonly (Panel | Image<Pixels> | Picture)[],
  options: ImageGridOptions = {},
): Picture {
  const layers = panels.flatMap((panel) =>
    panel instanceof Picture ? panel.layers : [toLayer("image" in panel ? panel : { image: panel })]
  );
  return new Picture(layers, options);
}

/** A panel's numbers as values and classes with their colours. */
function toLayer(panel: Panel): Layer {
  const { image } = panel;
  checkImage(image, panel.title);
  const kind = panel.as ?? defaultKind(image);
  const { width, height, data } = image;
  const size = `${width} × ${height}`;
  const name = panel.title ? `${panel.title}: ` : "";
  const { title, caption } = panel;
  const common = { width, height, title, caption };

  if (kind === "labels") {
    const classes = Int32Array.from(firstChannel(image));
    const present = new Set(classes);
    const objects = present.size - (present.has(0) ? 1 : 0);
    let background = 0;
    for (const label of classes) if (label === 0) background++;
    const percent = numberText(100 * background / Math.max(1, classes.length), 3);
    return {
      ...common,
      classes,
      color: objects <= 1
        ? (_, label) => label === 0 ? 0x000000 : 0xffffff
        : (_, l) => labelColor(l),
      plain: `${name}${size}, ${countText(objects, "label")}, background ${percent} %`,
    };
  }

  if (kind === "color") {
    const channels = image.channels ?? 1;
    if (channels < 3) {
      throw new RangeError(
        `imageGrid: a picture shown as "color" needs 3 channels, this one has ${channels}`,
      );
    }
    const [low, high] = panel.range ?? defaultRange(data);
    const values = new Float32Array(width * height * 3);
    for (let at = 0; at < width * height; at++) {
      for (let c = 0; c < 3; c++) {
        values[3 * at + c] = (data[at * channels + c] - low) / (high - low || 1);
      }
    }
    return { ...common, values, rgb: true, color: () => 0, plain: `${name}${size}, colour` };
  }

  const source = firstChannel(image);
  const range = panel.range ??
    (kind === "probability"
      ? [0, 1] as const
      : kind === "diverging"
      ? symmetricRange(source)
      : defaultRange(source));
  const values = Float32Array.from(source, (v) => (v - range[0]) / (range[1] - range[0] || 1));
  const map = kind === "probability" ? panel.colors ?? "viridis" : kind;
  return {
    ...common,
    values,
    color: (value) => mapColor(map, value),
    bar: kind === "gray" ? undefined : { map, range },
    plain: `${name}${size}, ${valuesText(source)}`,
  };
}

/** Throws where an image's data cannot be what its size says. */
export function checkImage(image: Image<Pixels>, name = "image"): void {
  const { data, width, height, channels = 1 } = image;
  if (!(width > 0 && height > 0) || data.length !== width * height * channels) {
    throw new RangeError(
      `"${name}" says ${width} × ${height} × ${channels} but holds ${data.length} values; ` +
        `expected ${width * height * channels}`,
    );
  }
}

/** The first channel of an image. */
export function firstChannel(image: Image<Pixels>): Pixels {
  const channels = image.channels ?? 1;
  return channels === 1 ? image.data : image.data.filter((_, at) => at % channels === 0);
}

function defaultKind(image: Image<Pixels>): PanelKind {
  if (image.data instanceof Int32Array || image.data instanceof Uint32Array) return "labels";
  return (image.channels ?? 1) >= 3 ? "color" : "gray";
}

/** The range of gray values that black and white stand for where nobody says. */
export function defaultRange(data: Pixels): readonly [number, number] {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return [0, 255];
  const [low, high] = extent(data);
  return low >= 0 && high <= 1 ? [0, 1] : [low, high];
}

function symmetricRange(data: Pixels): readonly [number, number] {
  const [low, high] = extent(data);
  const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return [-most, most];
}

/** Smallest and largest finite value; [0, 1] where there is none. */
export function extent(data: ArrayLike<number>): [number, number] {
  let low = Infinity, high = -Infinity;
  for (let at = 0; at < data.length; at++) {
    const value = data[at];
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

function valuesText(data: Pixels): string {
  const [low, high] = extent(data);
  let sum = 0, finite = 0;
  for (const value of data) {
    if (Number.isFinite(value)) {
      sum += value;
      finite++;
    }
  }
  const missing = data.length - finite;
  return `values ${numberText(low)} to ${numberText(high)}, mean ${numberText(sum / finite)}` +
    (missing > 0 ? `, ${countText(missing, "pixel")} not a number (pink)` : "");
}

// ---------------------------------------------------------------------------------- drawing

const GAP = 18; // between pictures
const MARGIN = 10; // around everything
const SWATCH = 10;
const BAR_HEIGHT = 8;
const ink = parseColor(INK);
const softInk = parseColor(SOFT_INK);

function defaultColumns(panels: number): number {
  return panels <= 4 ? panels : panels === 5 || panels === 6 || panels === 9 ? 3 : 4;
}

/** One grid, drawn. `shrink` < 1 halves the resolution of the pictures, not of the letters. */
function drawGrid(
  layers: readonly Layer[],
  columns: number,
  panelWidth: number,
  shrink: number,
  scale: 1 | 2,
  levels: number,
  title?: string,
): Raster {
  // The size of every picture in CSS pixels: a whole multiple where it is enlarged.
  const sizes = layers.map((layer) => {
    const device = panelWidth * scale;
    const factor = layer.width > device ? device / layer.width : Math.floor(device / layer.width);
    return {
      factor,
      width: Math.max(1, Math.round(layer.width * factor)) / scale,
      height: Math.max(1, Math.round(layer.height * factor)) / scale,
    };
  });
  const cellWidth = Math.max(
    ...sizes.map((size) => size.width),
    Math.min(panelWidth, 120),
  );
  const texts = layers.map((layer) => ({
    title: layer.title ? wrapText(layer.title, cellWidth) : [],
    caption: layer.caption ? wrapText(layer.caption, cellWidth) : [],
    legend: legendRows(layer, cellWidth),
  }));
  const rows = Math.ceil(layers.length / columns);
  const heights = Array.from({ length: rows }, (_, row) => {
    const inRow = layers.map((_, k) => k).filter((k) => Math.floor(k / columns) === row);
    const most = (of: (k: number) => number) => Math.max(0, ...inRow.map(of));
    return {
      title: most((k) => texts[k].title.length) * LINE_HEIGHT + 4,
      picture: most((k) => sizes[k].height),
      below: most((k) =>
        (layers[k].bar ? BAR_HEIGHT + LINE_HEIGHT + 8 : 0) +
        (texts[k].legend.length > 0 ? texts[k].legend.length * (LINE_HEIGHT + 1) + 5 : 0) +
        (texts[k].caption.length > 0 ? texts[k].caption.length * LINE_HEIGHT + 4 : 0)
      ),
    };
  });
  const used = Math.min(columns, layers.length);
  const width = 2 * MARGIN + used * cellWidth + (used - 1) * GAP;
  const titleLines = title ? wrapText(title, width - 2 * MARGIN) : [];
  const titleHeight = titleLines.length > 0 ? titleLines.length * LINE_HEIGHT + 6 : 0;
  const height = 2 * MARGIN + titleHeight + (rows - 1) * GAP +
    heights.reduce((sum, row) => sum + row.title + row.picture + row.below, 0);
  const raster = new Raster(Math.ceil(width), Math.ceil(height), scale, parseColor(PAPER));

  titleLines.forEach((line, k) => raster.text(MARGIN, MARGIN + k * LINE_HEIGHT, line, ink));
  let top = MARGIN + titleHeight;
  for (let row = 0; row < rows; row++) {
    for (let k = row * columns; k < Math.min(layers.length, (row + 1) * columns); k++) {
      const left = MARGIN + (k - row * columns) * (cellWidth + GAP);
      const x = left + Math.floor((cellWidth - sizes[k].width) / 2);
      let y = top + heights[row].title;
      const titleTop = y - 4 - texts[k].title.length * LINE_HEIGHT;
      texts[k].title.forEach((line, n) =>
        raster.text(left + cellWidth / 2, titleTop + n * LINE_HEIGHT, line, ink, "center")
      );
      raster.fill(x - 1, y - 1, sizes[k].width + 2, sizes[k].height + 2, parseColor(LINE));
      drawLayer(raster, layers[k], x, y, sizes[k], levels, shrink);
      y += sizes[k].height + 6;
      const { bar } = layers[k];
      if (bar) {
        for (let i = 0; i < sizes[k].width * scale; i++) {
          const value = Math.round((levels - 1) * i / (sizes[k].width * scale - 1)) / (levels - 1);
          raster.fill(x + i / scale, y, 1 / scale, BAR_HEIGHT, mapColor(bar.map, value));
        }
        const low = numberText(bar.range[0], 3), high = numberText(bar.range[1], 3);
        raster.text(x, y + BAR_HEIGHT + 1, low, softInk);
        raster.text(x + sizes[k].width, y + BAR_HEIGHT + 1, high, softInk, "right");
        y += BAR_HEIGHT + LINE_HEIGHT + 4;
      }
      for (const entries of texts[k].legend) {
        let at = left;
        for (const entry of entries) {
          raster.fill(at, y + 3, SWATCH, SWATCH, parseColor(LINE));
          raster.fill(at + 1, y + 4, SWATCH - 2, SWATCH - 2, entry.color);
          raster.text(at + SWATCH + 5, y, entry.label, softInk);
          at += SWATCH + 5 + textWidth(entry.label) + 12;
        }
        y += LINE_HEIGHT + 1;
      }
      texts[k].caption.forEach((line, n) =>
        raster.text(left + cellWidth / 2, y + n * LINE_HEIGHT, line, softInk, "center")
      );
    }
    top += heights[row].title + heights[row].picture + heights[row].below + GAP;
  }
  return raster;
}

/** Legend entries in rows that fit the width. */
function legendRows(layer: Layer, width: number): { color: number; label: string }[][] {
  const rows: { color: number; label: string }[][] = [];
  let used = Infinity;
  for (const entry of layer.legend ?? []) {
    const label = wrapText(entry.label, 1e9)[0] ?? "";
    const needed = SWATCH + 5 + textWidth(label) + 12;
    if (used + needed - 12 > width) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1].push({ color: entry.color, label });
    used += needed;
  }
  return rows;
}

/** The pixels of one picture. */
function drawLayer(
  raster: Raster,
  layer: Layer,
  x: number,
  y: number,
  size: { width: number; height: number; factor: number },
  levels: number,
  shrink: number,
): void {
  const columns = Math.round(size.width * raster.scale),
    rows = Math.round(size.height * raster.scale);
  const left = Math.round(x * raster.scale), top = Math.round(y * raster.scale);
  // The grid on which values are taken: the picture's own where it is enlarged, else the device's.
  const own = size.factor >= 1 && shrink === 1;
  const takenColumns = own
    ? layer.width
    : Math.max(1, Math.round(Math.min(columns, layer.width) * shrink));
  const takenRows = own
    ? layer.height
    : Math.max(1, Math.round(Math.min(rows, layer.height) * shrink));
  const colors = new Uint32Array(takenColumns * takenRows);
  const channels = layer.rgb ? 3 : 1;
  const values = layer.values &&
    shrinkByArea(layer.values, layer.width, layer.height, channels, takenColumns, takenRows);
  const step = (value: number) =>
    Math.round(Math.min(1, Math.max(0, value)) * (levels - 1)) / (levels - 1);
  for (let row = 0; row < takenRows; row++) {
    const fromRow = Math.floor((row + 0.5) * layer.height / takenRows);
    for (let column = 0; column < takenColumns; column++) {
      const at = row * takenColumns + column;
      const fromColumn = Math.floor((column + 0.5) * layer.width / takenColumns);
      const kind = layer.classes ? layer.classes[fromRow * layer.width + fromColumn] : 0;
      if (layer.rgb) {
        for (let c = 0; c < 3; c++) {
          const byte = Math.round(255 * step(values![3 * at + c]));
          colors[at] |= byte << (16 - 8 * c);
        }
      } else if (values && Number.isNaN(values[at])) colors[at] = NOT_A_NUMBER;
      else colors[at] = layer.color(values ? step(values[at]) : 0, kind);
    }
  }
  for (let row = 0; row < rows; row++) {
    const from = Math.floor((row + 0.5) * takenRows / rows) * takenColumns;
    const to = (top + row) * raster.columns + left;
    for (let column = 0; column < columns; column++) {
      raster.pixels[to + column] =
        colors[from + Math.floor((column + 0.5) * takenColumns / columns)];
    }
  }
}

/** Values averaged over the area that every new pixel covers: first along rows, then along columns. */
export function shrinkByArea(
  values: Float32Array,
  width: number,
  height: number,
  channels: number,
  newWidth: number,
  newHeight: number,
): Float32Array {
  if (newWidth === width && newHeight === height) return values;
  const rows = new Float32Array(newWidth * height * channels);
  for (let x = 0; x < newWidth; x++) {
    for (const [from, weight] of covered(x, width, newWidth)) {
      for (let y = 0; y < height; y++) {
        for (let c = 0; c < channels; c++) {
          rows[(y * newWidth + x) * channels + c] += weight *
            values[(y * width + from) * channels + c];
        }
      }
    }
  }
  const result = new Float32Array(newWidth * newHeight * channels);
  const length = newWidth * channels; // of a row
  for (let y = 0; y < newHeight; y++) {
    for (const [from, weight] of covered(y, height, newHeight)) {
      for (let k = 0; k < length; k++) result[y * length + k] += weight * rows[from * length + k];
    }
  }
  return result;
}

/** The old pixels under new pixel `k`, with the share that each has in it. */
function covered(k: number, length: number, newLength: number): [from: number, weight: number][] {
  const start = k * length / newLength, end = (k + 1) * length / newLength;
  const parts: [number, number][] = [];
  for (let from = Math.floor(start); from < Math.min(length, end - 1e-9); from++) {
    parts.push([from, (Math.min(from + 1, end) - Math.max(from, start)) / (end - start)]);
  }
  return parts;
}
