import { type Displayable, escapeHtml, jupyterDisplay, type Rendered } from "./mime.ts";
import { countText } from "./number_text.ts";
import { textWidth } from "./raster.ts";
import { FONT, INK, PALETTE, PAPER, SOFT_INK } from "./template.ts";

/** A feature map: a box of the diagram. */
export interface UMap {
  /** Pixels along a side. */
  readonly side: number;
  readonly channels: number;
  /** How many of the channels came across from the other side. Default 0. */
  readonly copied?: number;
}

/** What the diagram shows; the sizes come from whoever has run the network. */
export interface UShape {
  /** The maps of each contracting level in the order of the forward pass, the finest level first. */
  readonly contracting: readonly (readonly UMap[])[];
  /** The maps of the lowest level. */
  readonly bottom: readonly UMap[];
  /** The maps of each expansive level, the finest first; the first map of a level holds the copied channels. */
  readonly expanding: readonly (readonly UMap[])[];
  /** The answer. */
  readonly output: UMap;
}

/** Options of {@linkcode uDiagram}. */
export interface UDiagramOptions {
  /** Above the diagram. */
  readonly title?: string;
  /** Names of the five operations, for the legend. */
  readonly names?: Partial<Record<Operation, string>>;
}

type Operation = "convolution" | "pooling" | "upConvolution" | "copy" | "output";

const COLORS: Readonly<Record<Operation, string>> = {
  convolution: PALETTE[0],
  pooling: PALETTE[1],
  upConvolution: PALETTE[2],
  copy: "#8C959F",
  output: PALETTE[3],
};
const NAMES: Readonly<Record<Operation, string>> = {
  convolution: "3×3 convolution, ReLU",
  pooling: "2×2 max pooling",
  upConvolution: "2×2 up-convolution",
  copy: "crop and copy",
  output: "1×1 convolution",
};
const FILL = "#CFE3F1", FILL_COPIED = "#FFFFFF";
/** In CSS pixels. JupyterLab does not shrink an SVG: a wider one loses its right end beside the file browser. */
const WIDEST = 860;
const MARGIN = 24, GAP = 27, ROW_GAP = 46, TALLEST = 118;

/** A box that has its place. */
interface Box extends UMap {
  readonly left: number;
  readonly width: number;
  /** Of it the copied part, on the left. */
  readonly copiedWidth: number;
  readonly top: number;
  readonly height: number;
}

/** A network in the shape of a U, drawn as in Fig. 1 of the U-Net paper. */
export class UDiagram implements Displayable {
  readonly #shape: UShape;
  readonly #options: UDiagramOptions;

  constructor(shape: UShape, options: UDiagramOptions) {
    this.#shape = shape;
    this.#options = options;
  }

  /** `image/svg+xml` and the text. */
  render(): Rendered {
    return { data: { "image/svg+xml": this.svg(), "text/plain": this.toString() } };
  }

  /** The drawing. */
  svg(): string {
    const { contracting, bottom, expanding, output } = this.#shape;
    const { title, names = {} } = this.#options;
    const tallest = Math.max(...contracting.flat().map(({ side }) => side));
    const height = (side: number) => 14 + TALLEST * Math.sqrt(side / tallest);
    let y = title ? 62 : 34;
    const middles = [...contracting, bottom].map(([first]) => {
      const middle = y + height(first.side) / 2;
      y += height(first.side) + ROW_GAP;
      return middle;
    });

    /** One level from left to right, its first box centred on `x` where that is given. */
    const row = (maps: readonly UMap[], level: number, x?: number): Box[] => {
      const [w, c] = widths(maps[0]);
      let left = x === undefined ? MARGIN : x - (c + w) / 2; // the centre of the part that is not copied
      return maps.map((map) => {
        const [width, copiedWidth] = widths(map);
        const h = height(map.side);
        const box = { ...map, left, width, copiedWidth, top: middles[level] - h / 2, height: h };
        left += width + GAP;
        return box;
      });
    };
    const out: string[] = [], depth = contracting.length;
    const down: Box[][] = [];
    for (const [level, maps] of contracting.entries()) {
      down.push(row(maps, level, level === 0 ? undefined : centre(down[level - 1].at(-1)!)));
    }
    const low = row(bottom, depth, centre(down[depth - 1].at(-1)!));
    const up: Box[][] = [];
    for (let level = depth - 1, below = low; level >= 0; level--) {
      up[level] = row(expanding[level], level, centre(below.at(-1)!));
      below = up[level];
    }
    const [outputWidth] = widths(output), last = up[0].at(-1)!;
    const answer: Box = {
      ...output,
      left: last.left + last.width + GAP,
      width: outputWidth,
      copiedWidth: 0,
      top: middles[0] - height(output.side) / 2,
      height: height(output.side),
    };

    const rows = [...down, low].map((boxes, level) => [boxes, middles[level]] as const);
    for (
      const [boxes, middle] of [
        ...rows,
        ...up.map((boxes, k) => [boxes, middles[k]] as const),
      ]
    ) {
      for (let k = 1; k < boxes.length; k++) {
        out.push(across(boxes[k - 1], boxes[k], middle, "convolution"));
      }
    }
    for (let level = 0; level < depth; level++) {
      const next = level + 1 < depth ? down[level + 1] : low;
      const from = down[level].at(-1)!, to = next[0];
      out.push(line(centre(from), from.top + from.height + 16, centre(to), to.top - 16, "pooling"));
      const below = level + 1 < depth ? up[level + 1] : low;
      const source = below.at(-1)!, target = up[level][0];
      const x = centre(source);
      out.push(line(x, source.top - 16, x, target.top + target.height + 16, "upConvolution"));
      out.push(across(from, target, middles[level], "copy"));
      const begin = from.left + from.width, room = target.left - begin;
      const cropped = from.side === target.side ? "" : `crop ${from.side} to ${target.side}, `;
      const full = `${cropped}copy ${target.copied ?? 0} channels`;
      const note = textWidth(full) < room ? full : cropped && `${from.side} → ${target.side}`;
      out.push(text(begin + room / 2, middles[level] - 7, note, SOFT_INK, 11));
    }
    out.push(across(last, answer, middles[0], "output"));
    for (const box of [...down, low, ...up, [answer]].flat()) out.push(boxSvg(box));

    const width = answer.left + answer.width + MARGIN + 6;
    let at = MARGIN;
    const legend = (Object.keys(NAMES) as Operation[]).map((operation) => {
      const label = names[operation] ?? NAMES[operation];
      const piece = line(at, y + 4, at + 24, y + 4, operation) +
        text(at + 32, y + 8, label, INK, 12, "start");
      at += 32 + 6.6 * label.length + 24;
      return piece;
    });
    const full = { width: Math.ceil(Math.max(width, at)), height: Math.ceil(y + 24) };
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.min(WIDEST, full.width)}" ` +
      `viewBox="0 0 ${full.width} ${full.height}" font-family="${FONT}">` +
      `<rect width="${full.width}" height="${full.height}" fill="${PAPER}"/>` +
      (title ? text(MARGIN, 28, title, INK, 16, "start") : "") +
      out.join("") + legend.join("") + `</svg>`;
  }

  /** One line a level. */
  toString(): string {
    const { contracting, bottom, expanding, output } = this.#shape;
    const words = (maps: readonly UMap[]) =>
      maps.map(({ side, channels }) => `${side}² × ${channels}`).join(" → ");
    return [
      this.#options.title ?? "A U-shaped network",
      ...contracting.map((maps, level) => `  down ${level}: ${words(maps)}`),
      `  bottom: ${words(bottom)}`,
      ...expanding.map((maps, level) => `  up to ${level}: ${words(maps)}`).toReversed(),
      `  output: ${output.side}² × ${countText(output.channels, "channel")}`,
    ].join("\n");
  }

  [jupyterDisplay](): Record<string, unknown> {
    return { ...this.render().data };
  }
}

/** Widths of a box and of the copied part of it: they grow with the logarithm of the channels. */
function widths({ channels, copied = 0 }: UMap): [width: number, copied: number] {
  const of = (count: number) => count === 0 ? 0 : 6 + 2.6 * Math.log2(count);
  return [of(channels - copied) + of(copied), of(copied)];
}

/** The middle of the part of a box that was computed on this side. */
const centre = ({ left, width, copiedWidth }: Box) => left + (copiedWidth + width) / 2;
const round = (value: number) => Math.round(value * 10) / 10;

function boxSvg(box: Box): string {
  const { left, top, width, height, copiedWidth, side, channels, copied } = box;
  const rect = (x: number, w: number, fill: string) =>
    `<rect x="${round(x)}" y="${round(top)}" width="${round(w)}" height="${round(height)}" ` +
    `fill="${fill}" stroke="${INK}" stroke-width="0.8"/>`;
  const told = `${side} × ${side} pixels, ${countText(channels, "channel")}` +
    (copied ? `, ${copied} of them copied` : "");
  return `<g class="map"><title>${escapeHtml(told)}</title>` +
    (copiedWidth > 0 ? rect(left, copiedWidth, FILL_COPIED) : "") +
    rect(left + copiedWidth, width - copiedWidth, FILL) +
    text(left + width / 2, top - 4, String(channels), INK, 11) +
    text(left + width / 2, top + height + 12, `${side}²`, SOFT_INK, 10.5) + `</g>`;
}

const across = (from: Box, to: Box, y: number, operation: Operation) =>
  line(from.left + from.width + 3, y, to.left - 3, y, operation);

/** An arrow. */
function line(x1: number, y1: number, x2: number, y2: number, operation: Operation): string {
  const color = COLORS[operation], length = Math.hypot(x2 - x1, y2 - y1);
  const ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  const foot = [x2 - 7 * ux, y2 - 7 * uy];
  const head = [[x2, y2], [foot[0] - 4 * uy, foot[1] + 4 * ux], [
    foot[0] + 4 * uy,
    foot[1] - 4 * ux,
  ]]
    .map((point) => point.map(round).join(" ")).join("L");
  return `<g class="${operation}"><path d="M${round(x1)} ${round(y1)}L${
    foot.map(round).join(" ")
  }" ` +
    `fill="none" stroke="${color}" stroke-width="2.4"/><path d="M${head}Z" fill="${color}"/></g>`;
}

function text(
  x: number,
  y: number,
  words: string,
  color: string,
  size: number,
  anchor: "start" | "middle" = "middle",
): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${color}" ` +
    `text-anchor="${anchor}">${escapeHtml(words)}</text>`;
}

/**
 * Draws a U-shaped network with the sizes that it is given, as in Fig. 1 of the U-Net paper: boxes are feature maps
 * (channels above, side below; what was copied is white), arrows are operations.
 *
 * @param shape the maps of every level, for example as a forward pass has shown them
 * @param options title and names
 * @throws {RangeError} if the two paths have not the same number of levels, or a level has no map
 *
 * @example
 * ```ts
 * import { show } from "./show.ts";
 * import { uDiagram } from "./u_diagram.ts";
 *
 * const map = (side: number, channels: number, copied?: number) => ({ side, channels, copied });
 * await show(uDiagram({
 *   contracting: [[map(44, 1), map(42, 8), map(40, 8)]],
 *   bottom: [map(20, 8), map(18, 16), map(16, 16)],
 *   expanding: [[map(32, 16, 8), map(30, 8), map(28, 8)]],
 *   output: map(28, 2),
 * }));
 * ```
 */
export function uDiagram(shape: UShape, options: UDiagramOptions = {}): UDiagram {
  const { contracting, bottom, expanding } = shape;
  if (contracting.length === 0 || contracting.length !== expanding.length) {
    throw new RangeError(
      `a U has as many levels on the left as on the right, at least one; got ${contracting.length} and ` +
        `${expanding.length}`,
    );
  }
  if ([...contracting, bottom, ...expanding].some((maps) => maps.length === 0)) {
    throw new RangeError("every level of a U has at least one map");
  }
  return new UDiagram(shape, options);
}
