import { encode } from "fast-png";
import { toBase64 } from "./mime.ts";
import { LINE_HEIGHT, textWidth } from "./raster.ts";
import { FONT } from "./template.ts";

/** A Plotly figure in the form of its JSON. */
export interface PlotlyJson {
  /** Traces. */
  data: readonly Record<string, unknown>[];
  /** Axes, titles, sizes. */
  layout: Record<string, unknown>;
}

// deno-lint-ignore no-explicit-any -- jsdom and the Plotly that lives in it carry no types
type Untyped = any;

let browser: Promise<{ window: Untyped; paintings: Painting[] }> | undefined;

/**
 * A Plotly figure as a static SVG, without a browser: Plotly draws into jsdom. The first call loads
 * both (about a second), a figure then takes 0.1 to 0.4 s. The same figure gives the same text, so a
 * notebook that runs again does not change.
 *
 * jsdom has no layout: the sizes of texts come from a table of letter widths. It has no canvas
 * either: heat maps are caught where Plotly hands over their pixels.
 *
 * Styles leave as attributes (`fill="…"` in place of `style="fill:…"`) and small heat maps as paths
 * in place of embedded pictures: sites that clean SVG, GitHub among them, keep those.
 */
export async function staticSvg(figure: PlotlyJson): Promise<string> {
  const { window, paintings } = await (browser ??= openBrowser());
  paintings.length = 0;
  const traces = figure.data.map((trace, k) => ({ ...trace, uid: `t${k}` }));
  // Plotly wants the arrays of its own window.
  window.__figure = JSON.stringify({ data: traces, layout: figure.layout });
  const json = window.eval("JSON.parse(__figure)");
  const svg: string = await window.Plotly.toImage(json, {
    format: "svg",
    imageDataOnly: true,
    width: figure.layout.width,
    height: figure.layout.height,
  });
  return tidy(svg, paintings);
}

async function openBrowser(): Promise<{ window: Untyped; paintings: Painting[] }> {
  const [{ JSDOM }, plotly] = await Promise.all([
    import("jsdom"),
    import("plotly.js-dist-min/plotly.min.js", { with: { type: "text" } }),
  ]);
  const { window }: Untyped = new JSDOM("<!doctype html><body></body>", {
    runScripts: "outside-only",
  });
  Object.assign(window, { TextEncoder, TextDecoder });
  window.URL.createObjectURL = () => "blob:";
  window.URL.revokeObjectURL = () => {};
  window.matchMedia = () => ({
    matches: false,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {},
  });
  const svg = window.SVGElement.prototype;
  svg.getBBox = function () {
    return textBox(this);
  };
  svg.getBoundingClientRect = function () {
    const { x, y, width, height } = pageBox(this);
    return { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height };
  };
  svg.getComputedTextLength = function () {
    return textBox(this).width;
  };
  // Asked of the shafts of arrows only, which are straight.
  svg.getTotalLength = function () {
    const [ax, ay, bx, by] = ends(this);
    return Math.hypot(bx - ax, by - ay);
  };
  svg.getPointAtLength = function (length: number) {
    const [ax, ay, bx, by] = ends(this);
    const share = length / (Math.hypot(bx - ax, by - ay) || 1);
    return { x: ax + share * (bx - ax), y: ay + share * (by - ay) };
  };
  const paintings: Painting[] = [];
  const canvas = window.HTMLCanvasElement.prototype;
  canvas.getContext = function () {
    return this.__painting ??= new Painting(this, window);
  };
  canvas.toDataURL = function () {
    paintings.push(this.getContext());
    return `data:painting,${paintings.length - 1}`;
  };
  window.eval(plotly.default);
  return { window, paintings };
}

// ------------------------------------------------------------------------------- sizes of texts

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A shift, rotation or scaling: x' = a x + c y + e, y' = b x + d y + f, as in SVG's `matrix`. */
type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** The transform that an element's attribute asks for. */
function ownTransform(element: Untyped): Matrix {
  let matrix: Matrix = [1, 0, 0, 1, 0, 0];
  const text: string = element.getAttribute?.("transform") ?? "";
  for (const [, name, list] of text.matchAll(/(translate|rotate|scale)\(([^)]*)\)/g)) {
    const [p = 0, q, r] = list.split(/[\s,]+/).map(Number);
    if (name === "translate") matrix = times(matrix, [1, 0, 0, 1, p, q ?? 0]);
    else if (name === "scale") matrix = times(matrix, [p, 0, 0, q ?? p, 0, 0]);
    else {
      const cos = Math.cos(p * Math.PI / 180), sin = Math.sin(p * Math.PI / 180);
      const x = q ?? 0, y = r ?? 0;
      matrix = times(matrix, [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y]);
    }
  }
  return matrix;
}

function times(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}

/** The box around a transformed box. */
function transformed(box: Box, [a, b, c, d, e, f]: Matrix): Box {
  const xs: number[] = [], ys: number[] = [];
  for (const x of [box.x, box.x + box.width]) {
    for (const y of [box.y, box.y + box.height]) {
      xs.push(a * x + c * y + e);
      ys.push(b * x + d * y + f);
    }
  }
  const x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** The box on the page: the element's own, seen through the transforms of all it stands in. */
function pageBox(element: Untyped): Box {
  let box = textBox(element);
  for (let at = element; at?.getAttribute; at = at.parentElement) {
    box = transformed(box, ownTransform(at));
  }
  return box;
}

/** The box of an SVG text, or of the texts and rectangles in a group, without its own transform. */
function textBox(element: Untyped): Box {
  const tag = element.tagName.toLowerCase();
  if (tag === "text" || tag === "tspan") {
    const size = fontSize(element);
    const lines = [...element.querySelectorAll("tspan.line")] as Untyped[];
    const parts = lines.length > 0 ? lines : [element];
    const width = Math.max(...parts.map((part) => inkWidth(part, size)));
    const height = parts.length * LINE_HEIGHT * size / 12;
    const anchor = element.style?.textAnchor || element.getAttribute("text-anchor");
    const x = Number(element.getAttribute("x") ?? 0);
    const y = Number(element.getAttribute("y") ?? 0);
    return {
      x: x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0),
      y: y - 0.93 * size,
      width,
      height,
    };
  }
  if (tag === "rect") {
    const value = (name: string) => Number(element.getAttribute(name) ?? 0);
    return { x: value("x"), y: value("y"), width: value("width"), height: value("height") };
  }
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (const child of element.children ?? []) {
    const inner = textBox(child);
    if (inner.width === 0 && inner.height === 0) continue;
    const box = transformed(inner, ownTransform(child));
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Width of a text whose parts may be smaller (exponents: `font-size: 70%`). */
function inkWidth(node: Untyped, size: number): number {
  if (node.nodeType === 3) return textWidth(node.textContent) * size / 12;
  const own = /^([\d.]+)(px|%)/.exec(node.style?.fontSize ?? "");
  const inner = !own ? size : own[2] === "%" ? size * Number(own[1]) / 100 : Number(own[1]);
  let width = 0;
  for (const child of node.childNodes) width += inkWidth(child, inner);
  return width;
}

/** First and last point of a path. */
function ends(path: Untyped): number[] {
  const numbers = (path.getAttribute("d") ?? "").match(/-?\d+(\.\d+)?(e-?\d+)?/g)?.map(Number) ??
    [];
  return numbers.length < 4 ? [0, 0, 0, 0] : [...numbers.slice(0, 2), ...numbers.slice(-2)];
}

function fontSize(element: Untyped): number {
  for (let at = element; at?.style; at = at.parentElement) {
    const size = /^([\d.]+)px/.exec(at.style.fontSize);
    if (size) return Number(size[1]);
  }
  return 12;
}

// ------------------------------------------------------------------------------- the canvas

/** As much of a canvas context as Plotly's heat maps use: it receives finished pixels. */
class Painting {
  pixels: Uint8ClampedArray = new Uint8ClampedArray(0);
  width = 0;
  height = 0;
  constructor(readonly canvas: Untyped, readonly window: Untyped) {}

  createImageData(width: number, height: number) {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }
  putImageData(image: { width: number; height: number; data: ArrayLike<number> }) {
    this.width = image.width;
    this.height = image.height;
    this.pixels = Uint8ClampedArray.from(image.data);
  }
  measureText(text: string) {
    return { width: textWidth(text) };
  }
  fillRect() {}
  clearRect() {}
  save() {}
  restore() {}

  /** The painting as PNG. */
  toDataUrl(): string {
    const png = encode({
      width: this.width,
      height: this.height,
      data: this.pixels,
      channels: 4,
      depth: 8,
    }, { zlib: { level: 9 } });
    return `data:image/png;base64,${toBase64(png)}`;
  }

  /**
   * The painting as rectangles: Plotly paints every cell of a heat map as a block of pixels. Equal
   * neighbouring rows and columns are one; undefined where more than `most` blocks are left.
   */
  toPaths(x: number, y: number, width: number, height: number, most: number): string | undefined {
    if (this.width === 0 || this.height === 0) return undefined;
    const pixels = new Uint32Array(this.pixels.buffer);
    const columns = boundaries(this.width, (a, b) => {
      for (let row = 0; row < this.height; row++) {
        if (pixels[row * this.width + a] !== pixels[row * this.width + b]) return false;
      }
      return true;
    });
    const rows = boundaries(this.height, (a, b) => {
      for (let column = 0; column < this.width; column++) {
        if (pixels[a * this.width + column] !== pixels[b * this.width + column]) return false;
      }
      return true;
    });
    if ((columns.length - 1) * (rows.length - 1) > most) return undefined;
    const sx = width / this.width, sy = height / this.height;
    const n = (value: number) => String(Math.round(value * 100) / 100);
    const paths = new Map<number, string>();
    for (let i = 0; i + 1 < rows.length; i++) {
      for (let j = 0; j + 1 < columns.length; j++) {
        const color = pixels[rows[i] * this.width + columns[j]];
        if (color >>> 24 === 0) continue; // transparent: no value here
        const d = `M${n(x + columns[j] * sx)} ${n(y + rows[i] * sy)}` +
          `h${n((columns[j + 1] - columns[j]) * sx)}v${n((rows[i + 1] - rows[i]) * sy)}` +
          `h${n((columns[j] - columns[j + 1]) * sx)}z`;
        paths.set(color, (paths.get(color) ?? "") + d);
      }
    }
    const cells = [...paths].map(([color, d]) => {
      const hex = [color & 255, (color >> 8) & 255, (color >> 16) & 255]
        .map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return `<path fill="#${hex}" d="${d}"/>`;
    });
    return `<g class="cells" shape-rendering="crispEdges">${cells.join("")}</g>`;
  }
}

/** Where runs of equal items start, and the end. */
function boundaries(length: number, equal: (a: number, b: number) => boolean): number[] {
  const starts = [0];
  for (let k = 1; k < length; k++) if (!equal(k - 1, k)) starts.push(k);
  return [...starts, length];
}

// ------------------------------------------------------------------------------- tidying

const MOST_CELLS = 1600; // 40 × 40: as paths about 80 kB at the very most
const MOST_POINTS = 300;

/** Properties of CSS that are attributes of SVG as well. */
const ATTRIBUTES = new Set(
  ("fill fill-opacity stroke stroke-opacity stroke-width stroke-dasharray stroke-linecap " +
    "stroke-linejoin stroke-miterlimit opacity font-family font-size font-weight font-style " +
    "font-variant text-anchor dominant-baseline vector-effect shape-rendering display visibility " +
    "stop-color stop-opacity").split(" "),
);

/** Values that say nothing. */
const USUAL: Record<string, string> = {
  "fill-opacity": "1",
  "stroke-opacity": "1",
  "opacity": "1",
  "font-style": "normal",
  "font-weight": "normal",
  "font-variant": "normal",
  "vector-effect": "none",
};

function tidy(svg: string, paintings: readonly Painting[]): string {
  let text = svg.replace(/<([\w:-]+)([^<>]*?)\sstyle="([^"]*)"([^<>]*?)(\/?)>/g, styleToAttributes);
  text = text.replace(/<image\b[^>]*?data:painting,(\d+)[^>]*?(\/>|><\/image>)/g, (tag, k) => {
    const painting = paintings[Number(k)];
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) =>
      Number(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? 0)
    );
    return painting.toPaths(x, y, width, height, MOST_CELLS) ??
      tag.replace(/data:painting,\d+/, painting.toDataUrl());
  });
  text = text.replace(
    /(?:<path class="point" transform="translate\([^)]*\)"[^<>]*\/>){2,}/g,
    manyPoints,
  );
  text = text
    .replace(/<[^>]*>/g, (tag) => tag.replace(/(\d+\.\d{2})\d+/g, "$1"))
    .replace(/ (?:data-[\w-]+|pointer-events|aria-[\w-]+)="[^"]*"/g, "")
    .replace(/ trace\w*t\d+"/g, '"');
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/<(g|defs)(?: [^<>]*?[^<>/])?(?:\/>|><\/\1>)/g, "")
      .replace(/<path class="[^"]*"\/>/g, "");
  }
  // Plotly's random identity, replaced by one that depends on the content alone.
  const identity = /id="clip([0-9a-f]{6})/.exec(text)?.[1] ??
    /id="defs-([0-9a-f]{6})/.exec(svg)?.[1];
  if (identity) {
    const plain = text.replaceAll(identity, "");
    text = text.replaceAll(identity, `p${hash(plain)}`);
  }
  return text;
}

function styleToAttributes(
  _tag: string,
  name: string,
  before: string,
  style: string,
  after: string,
  end: string,
): string {
  let attributes = before + after;
  for (const declaration of style.split(";")) {
    const colon = declaration.indexOf(":");
    const property = declaration.slice(0, colon).trim();
    let value = declaration.slice(colon + 1).trim().replace(/&quot;/g, "");
    if (!ATTRIBUTES.has(property) || value === "" || USUAL[property] === value) continue;
    if (property === "font-family") value = FONT;
    value = value.replace(
      /rgb\((\d+), (\d+), (\d+)\)/,
      (_, r, g, b) =>
        "#" + [r, g, b].map((byte) => Number(byte).toString(16).padStart(2, "0")).join(""),
    );
    attributes = attributes.replace(new RegExp(`\\s${property}="[^"]*"`), "");
    attributes += ` ${property}="${value}"`;
  }
  return `<${name}${attributes}${end}>`;
}

/** Many equal round markers as one path of round dots: 12 bytes a point in place of 150. */
function manyPoints(markers: string): string {
  const points = [
    ...markers.matchAll(/<path class="point" transform="translate\(([^)]*)\)"([^<>]*)\/>/g),
  ];
  const looks = new Map<string, string>();
  if (points.length <= MOST_POINTS) return markers;
  for (const [, position, rest] of points) {
    const [x, y] = position.split(/[, ]+/).map(Number);
    const n = (value: number) => String(Math.round(value * 10) / 10);
    looks.set(rest, (looks.get(rest) ?? "") + `M${n(x)} ${n(y)}h0`);
  }
  return [...looks].map(([rest, d]) => {
    const radius = Number(/d="M([\d.]+),0A/.exec(rest)?.[1] ?? 3);
    const fill = /fill="([^"]*)"/.exec(rest)?.[1] ?? "#000";
    const opacity = /(?:^|\s)(?:fill-)?opacity="([^"]*)"/.exec(rest)?.[1] ?? "1";
    return `<path class="points" fill="none" stroke="${fill}" stroke-opacity="${opacity}" ` +
      `stroke-width="${2 * radius}" stroke-linecap="round" d="${d}"/>`;
  }).join("");
}

/** FNV-1a, as eight hexadecimal digits. */
function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) h = Math.imul(h ^ text.charCodeAt(k), 0x01000193);
  return (h >>> 0).toString(16).padStart(8, "0");
}
