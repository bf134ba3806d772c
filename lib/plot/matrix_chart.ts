import { type ColorMapName, mapColor } from "./color_maps.ts";
import { type Displayable, escapeHtml, jupyterDisplay, type Rendered } from "./mime.ts";
import { numberText } from "./number_text.ts";
import { FONT, INK, LINE, SOFT_INK } from "./template.ts";

/** A matrix to be drawn as coloured squares. */
export interface MatrixPanel {
  /** Above the matrix. */
  readonly title?: string;
  /** Row after row. */
  readonly values: ArrayLike<number>;
  /** One name a row, left of it. */
  readonly rows: readonly string[];
  /** One name a column, above it. */
  readonly columns: readonly string[];
}

/** Options of {@linkcode matrixChart}. */
export interface MatrixChartOptions {
  /** Above everything. */
  readonly title?: string;
  /** Values at the two ends of the colours. Default: the smallest and the largest of all panels. */
  readonly range?: readonly [number, number];
  /** Colours. Default viridis; "diverging" puts white in the middle of the range. */
  readonly map?: ColorMapName;
  /** Side of a square in CSS pixels. Default: what fits, between 6 and 28. */
  readonly cell?: number;
  /** Write the numbers into the squares. Default false. */
  readonly numbers?: boolean;
  /** Matrices in a row. Default: as many as fit into 900 pixels. */
  readonly perRow?: number;
  /** What stands in the rows and in the columns, in words: below the chart. */
  readonly note?: string;
}

/**
 * Matrices as coloured squares with names at their rows and columns, such as attention: one SVG
 * picture, sharp at any size, the same in every reader.
 */
export class MatrixChart implements Displayable {
  /** The matrices. */
  readonly panels: readonly MatrixPanel[];
  readonly #options: MatrixChartOptions;
  readonly #range: readonly [number, number];

  constructor(panels: readonly MatrixPanel[], options: MatrixChartOptions) {
    for (const { values, rows, columns, title } of panels) {
      if (values.length === rows.length * columns.length) continue;
      throw new RangeError(
        `the matrix "${
          title ?? ""
        }" has ${values.length} values, its names ask for ${rows.length} ` +
          `rows of ${columns.length}`,
      );
    }
    let low = Infinity, high = -Infinity;
    for (const { values } of panels) {
      for (let i = 0; i < values.length; i++) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    this.panels = panels;
    this.#options = options;
    this.#range = options.range ?? [low, high];
  }

  /** `image/svg+xml` and the text. */
  render(): Rendered {
    return { data: { "image/svg+xml": this.toSvg(), "text/plain": this.toString() } };
  }

  /** The picture. */
  toSvg(): string {
    const { title, numbers = false, note } = this.#options;
    const widest = Math.max(...this.panels.map(({ columns }) => columns.length));
    const cell = this.#options.cell ??
      Math.max(numbers ? 34 : 6, Math.min(28, Math.floor(700 / Math.max(widest, 1))));
    const size = Math.max(7, Math.min(12, cell - 2)); // of the letters
    const longest = (names: readonly string[]) =>
      Math.max(0, ...names.map((name) => [...name].length));
    const left = 8 + 0.62 * size * Math.max(...this.panels.map(({ rows }) => longest(rows)));
    const top = 24 + 0.62 * size * Math.max(...this.panels.map(({ columns }) => longest(columns)));
    const titles = Math.max(...this.panels.map(({ title }) => 16 + 7 * [...(title ?? "")].length));
    const width = Math.max(left + cell * widest + 16, titles);
    const height = top + cell * Math.max(...this.panels.map(({ rows }) => rows.length)) + 14;
    const perRow = Math.min(
      this.panels.length,
      this.#options.perRow ?? Math.max(1, Math.floor(900 / width)),
    );
    const head = title ? 26 : 4;
    const lines = Math.ceil(this.panels.length / perRow);
    const total = {
      width: Math.ceil(Math.max(
        width * perRow,
        16 + 9 * [...(title ?? "")].length,
        16 + 6 * [...(note ?? "")].length,
      )),
      height: Math.ceil(head + height * lines + (note ? 20 : 4)),
    };
    const parts = this.panels.map((panel, k) => {
      const x = (k % perRow) * width, y = head + Math.floor(k / perRow) * height;
      return `<g transform="translate(${round(x)} ${round(y)})">` +
        this.#panel(panel, { left, top, cell, size, numbers }) + "</g>";
    });
    const text = (x: number, y: number, value: string, size: number, color: string, weight = 400) =>
      `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${color}">` +
      `${escapeHtml(value)}</text>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${total.width}" height="${total.height}" ` +
      `viewBox="0 0 ${total.width} ${total.height}" font-family="${FONT}">` +
      `<rect width="100%" height="100%" fill="#FFFFFF"/>` +
      (title ? text(8, 18, title, 14, INK, 600) : "") + parts.join("") +
      (note ? text(8, total.height - 8, note, 11, SOFT_INK) : "") + "</svg>";
  }

  #panel(
    { title, values, rows, columns }: MatrixPanel,
    { left, top, cell, size, numbers }: {
      left: number;
      top: number;
      cell: number;
      size: number;
      numbers: boolean;
    },
  ): string {
    const [low, high] = this.#range;
    const parts: string[] = [];
    if (title) {
      parts.push(
        `<text x="8" y="14" font-size="12" font-weight="600" fill="${INK}">${
          escapeHtml(title)
        }</text>`,
      );
    }
    columns.forEach((name, c) => {
      const x = round(left + cell * (c + 0.5) + 0.35 * size);
      parts.push(
        `<text transform="translate(${x} ${round(top - 4)}) rotate(-90)" font-size="${size}" ` +
          `fill="${SOFT_INK}">${escapeHtml(name)}</text>`,
      );
    });
    rows.forEach((name, r) => {
      const y = round(top + cell * (r + 0.5) + 0.35 * size);
      parts.push(
        `<text x="${round(left - 4)}" y="${y}" font-size="${size}" text-anchor="end" ` +
          `fill="${SOFT_INK}">${escapeHtml(name)}</text>`,
      );
    });
    for (let r = 0; r < rows.length; r++) {
      for (let c = 0; c < columns.length; c++) {
        const value = values[r * columns.length + c];
        const share = high > low ? (value - low) / (high - low) : 0.5;
        const color = mapColor(this.#options.map ?? "viridis", Number.isFinite(share) ? share : 0);
        const x = round(left + cell * c), y = round(top + cell * r);
        parts.push(
          `<rect x="${x}" y="${y}" width="${cell - 1}" height="${cell - 1}" fill="${hex(color)}">` +
            `<title>${
              escapeHtml(`${rows[r]} → ${columns[c]}: ${numberText(value, 3)}`)
            }</title></rect>`,
        );
        if (!numbers) continue;
        parts.push(
          `<text x="${x + cell / 2}" y="${
            y + cell / 2 + 3.5
          }" font-size="10" text-anchor="middle" ` +
            `fill="${isDark(color) ? "#FFFFFF" : INK}">${escapeHtml(numberText(value, 2))}</text>`,
        );
      }
    }
    parts.push(
      `<rect x="${round(left - 0.5)}" y="${round(top - 0.5)}" width="${cell * columns.length}" ` +
        `height="${cell * rows.length}" fill="none" stroke="${LINE}"/>`,
    );
    return parts.join("");
  }

  /** For every matrix its size, and where the largest number of every row is (at most 12 rows). */
  toString(): string {
    return this.panels.map(({ title, values, rows, columns }) => {
      const lines = rows.slice(0, 12).map((name, r) => {
        let best = 0;
        const at = (c: number) => values[r * columns.length + c];
        for (let c = 1; c < columns.length; c++) if (at(c) > at(best)) best = c;
        return `  ${name}: largest at ${columns[best]} (${numberText(at(best), 3)})`;
      });
      if (rows.length > 12) lines.push(`  … ${rows.length - 12} more rows`);
      return [`${title ?? "Matrix"}, ${rows.length} x ${columns.length}`, ...lines].join("\n");
    }).join("\n");
  }

  [jupyterDisplay](): Record<string, unknown> {
    return { ...this.render().data };
  }
}

const round = (x: number) => Math.round(10 * x) / 10;
const hex = (color: number) => "#" + color.toString(16).padStart(6, "0");

/** Whether white letters are easier to read on this colour than dark ones. */
export function isDark(color: number): boolean {
  return 0.299 * (color >> 16) + 0.587 * ((color >> 8) & 255) + 0.114 * (color & 255) < 140;
}

/**
 * Matrices as coloured squares: which word looks at which, how similar things are.
 *
 * @param panels one matrix or several, drawn with the same colours
 * @throws {RangeError} where a matrix does not have as many values as its names ask for
 *
 * @example
 * ```ts
 * import { matrixChart } from "./matrix_chart.ts";
 * import { show } from "./show.ts";
 *
 * const words = ["she", "lost", "it"];
 * const sees = [1, 0, 0, 1, 1, 0, 1, 1, 1];
 * await show(matrixChart([{ title: "left to right", values: sees, rows: words, columns: words }]));
 * ```
 */
export function matrixChart(
  panels: readonly MatrixPanel[],
  options: MatrixChartOptions = {},
): MatrixChart {
  if (panels.length === 0) throw new RangeError("matrixChart was given no matrix; it needs one");
  return new MatrixChart(panels, options);
}
