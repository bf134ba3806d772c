import { decode, encode } from "fast-png";
import font from "./raster_font.json" with { type: "json" };
import { mix } from "./color_maps.ts";

/** The letters of one size: a strip of coverage values and where each letter stands in it. */
interface Glyphs {
  ascent: number;
  height: number;
  coverage: Uint8Array | Uint8ClampedArray | Uint16Array;
  stride: number;
  at: Map<string, { x: number; cell: number; advance: number }>;
}

const loaded = new Map<number, Glyphs>();

function glyphs(scale: 1 | 2): Glyphs {
  let set = loaded.get(scale);
  if (!set) {
    const source = font.sizes[scale === 1 ? "12" : "24"];
    const png = decode(Uint8Array.from(atob(source.png), (c) => c.charCodeAt(0)));
    const at: Glyphs["at"] = new Map();
    let x = 0;
    [...font.characters].forEach((character, k) => {
      const advance = source.advances[k];
      const cell = Math.floor(advance + 0.999) + 2;
      at.set(character, { x, cell, advance });
      x += cell;
    });
    set = {
      ascent: source.ascent,
      height: source.height,
      coverage: png.data,
      stride: png.width,
      at,
    };
    loaded.set(scale, set);
  }
  return set;
}

/** Height of a line of text in CSS pixels. */
export const LINE_HEIGHT = font.sizes["12"].height;

/** Width of `text` in CSS pixels at 12 px. Letters that the font lacks count as a box. */
export function textWidth(text: string): number {
  const { at } = glyphs(1);
  let width = 0;
  for (const character of text) width += (at.get(character) ?? at.get("□")!).advance;
  return width;
}

/** `text` in lines no wider than `width` CSS pixels, broken at spaces; a longer word is cut with `…`. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(/\s+/).filter((part) => part !== "")) {
    while (textWidth(word) > width && word.length > 2) word = word.replace(/.…?$/u, "…");
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer) <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

/**
 * A picture that is drawn pixel by pixel and leaves as a PNG. Coordinates are CSS pixels; `scale` 2
 * doubles the resolution. Colours are 0xRRGGBB.
 */
export class Raster {
  /** One colour per device pixel. */
  readonly pixels: Uint32Array;
  /** Columns in device pixels. */
  readonly columns: number;
  /** Rows in device pixels. */
  readonly rows: number;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly scale: 1 | 2,
    background = 0xffffff,
  ) {
    this.columns = Math.round(width * scale);
    this.rows = Math.round(height * scale);
    this.pixels = new Uint32Array(this.columns * this.rows).fill(background);
  }

  /** Fills a rectangle. */
  fill(x: number, y: number, width: number, height: number, color: number): void {
    const left = Math.max(0, Math.round(x * this.scale));
    const right = Math.min(this.columns, Math.round((x + width) * this.scale));
    const top = Math.max(0, Math.round(y * this.scale));
    const bottom = Math.min(this.rows, Math.round((y + height) * this.scale));
    for (let row = top; row < bottom; row++) {
      this.pixels.fill(color, row * this.columns + left, row * this.columns + right);
    }
  }

  /** Writes one line of text; (x, y) is the top of the line at `align`. */
  text(
    x: number,
    y: number,
    text: string,
    color: number,
    align: "left" | "center" | "right" = "left",
  ): void {
    const set = glyphs(this.scale);
    const width = textWidth(text);
    let pen = (x - (align === "center" ? width / 2 : align === "right" ? width : 0)) * this.scale;
    const top = Math.round(y * this.scale);
    for (const character of text) {
      const glyph = set.at.get(character) ?? set.at.get("□")!;
      const left = Math.round(pen) - 1;
      for (let row = 0; row < set.height; row++) {
        if (top + row < 0 || top + row >= this.rows) continue;
        for (let column = 0; column < glyph.cell; column++) {
          const coverage = set.coverage[row * set.stride + glyph.x + column];
          const to = left + column;
          if (coverage === 0 || to < 0 || to >= this.columns) continue;
          const at = (top + row) * this.columns + to;
          this.pixels[at] = mix(this.pixels[at], color, coverage / 255);
        }
      }
      pen += glyph.advance; // of this size already
    }
  }

  /** The picture as PNG: with a palette where it has at most 256 colours, which is far smaller. */
  png(): Uint8Array {
    const index = new Map<number, number>();
    const indexed = new Uint8Array(this.pixels.length);
    for (let at = 0; at < this.pixels.length; at++) {
      const color = this.pixels[at];
      let k = index.get(color);
      if (k === undefined) {
        k = index.size;
        if (k === 256) return this.#trueColor();
        index.set(color, k);
      }
      indexed[at] = k;
    }
    return encode({
      width: this.columns,
      height: this.rows,
      data: indexed,
      depth: 8,
      channels: 1,
      palette: [...index.keys()].map((color) => [color >> 16, (color >> 8) & 255, color & 255]),
    }, { zlib: { level: 9 } });
  }

  #trueColor(): Uint8Array {
    const data = new Uint8Array(this.pixels.length * 3);
    this.pixels.forEach((color, at) => {
      data[3 * at] = color >> 16;
      data[3 * at + 1] = (color >> 8) & 255;
      data[3 * at + 2] = color & 255;
    });
    return encode({ width: this.columns, height: this.rows, data, depth: 8, channels: 3 }, {
      zlib: { level: 9 },
    });
  }
}
