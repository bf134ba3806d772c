import { type Displayable, escapeHtml, jupyterDisplay, type MimeBundle } from "./mime.ts";
import { numberText } from "./number_text.ts";

/** A column of a table. */
export interface Column {
  /** The field of the rows. */
  key: string;
  /** Heading. Default the key. */
  label?: string;
  /** Digits after the point, for numbers that are not whole. Default: significant digits. */
  decimals?: number;
}

/** Options of {@linkcode table}. */
export interface TableOptions {
  /** Which fields, in which order; a string is the field's name. Default: all, in order of appearance. */
  columns?: readonly (string | Column)[];
  /** Above the table. */
  caption?: string;
  /** Significant digits of numbers that are not whole. Default 4. */
  digits?: number;
  /** Per column, whether the smallest or the largest number is the best: it is set in bold. */
  highlight?: Readonly<Record<string, "min" | "max">>;
}

/** Rows and columns with aligned numbers. */
export class Table implements Displayable {
  readonly #caption?: string;
  readonly #heads: string[];
  readonly #numeric: boolean[];
  readonly #cells: string[][];
  readonly #best: boolean[][];

  constructor(rows: readonly Readonly<Record<string, unknown>>[], options: TableOptions) {
    const columns: Column[] = (options.columns ?? [...new Set(rows.flatMap(Object.keys))])
      .map((column) => typeof column === "string" ? { key: column } : column);
    for (const { key } of columns) {
      if (rows.length > 0 && !rows.some((row) => key in row)) {
        const fields = [...new Set(rows.flatMap(Object.keys))].join(", ");
        throw new RangeError(`table: no row has the field "${key}"; the fields are ${fields}`);
      }
    }
    this.#caption = options.caption;
    this.#heads = columns.map(({ key, label }) => label ?? key);
    this.#numeric = columns.map(({ key }) =>
      rows.some((row) => typeof row[key] === "number") &&
      rows.every((row) =>
        row[key] === undefined || row[key] === null || typeof row[key] === "number"
      )
    );
    this.#cells = rows.map((row) =>
      columns.map(({ key, decimals }) => {
        const value = row[key];
        if (value === undefined || value === null) return "–";
        if (typeof value !== "number") return String(value);
        if (decimals !== undefined && Number.isFinite(value)) return value.toFixed(decimals);
        return numberText(value, options.digits ?? 4);
      })
    );
    const best = columns.map(({ key }) => {
      const wanted = options.highlight?.[key];
      const numbers = rows.map((row) => row[key])
        .filter((value): value is number => typeof value === "number" && !Number.isNaN(value));
      return wanted && numbers.length > 0
        ? numbers.reduce((a, b) => wanted === "min" ? Math.min(a, b) : Math.max(a, b))
        : undefined;
    });
    this.#best = rows.map((row) =>
      columns.map(({ key }, k) => best[k] !== undefined && row[key] === best[k])
    );
  }

  /** `text/html` and the text. */
  render(): { data: MimeBundle } {
    return { data: { "text/html": this.#html(), "text/plain": this.toString() } };
  }

  [jupyterDisplay](): MimeBundle {
    return this.render().data;
  }

  // Colours come from the page, so that the table reads in light and dark themes; where a site
  // drops the styles, a plain table remains.
  #html(): string {
    const style = (k: number) =>
      `text-align:${this.#numeric[k] ? "right" : "left"};padding:3px 12px;` +
      "font-variant-numeric:tabular-nums;white-space:pre-wrap;";
    const rule = "border-bottom:1px solid rgba(128,128,128,.45);";
    const heads = this.#heads.map((head, k) =>
      `<th align="${this.#numeric[k] ? "right" : "left"}" style="${style(k)}${rule}">${
        escapeHtml(head)
      }</th>`
    ).join("");
    const rows = this.#cells.map((row, r) => {
      const cells = row.map((cell, k) => {
        const text = escapeHtml(cell);
        return `<td align="${this.#numeric[k] ? "right" : "left"}" style="${style(k)}">` +
          `${this.#best[r][k] ? `<strong>${text}</strong>` : text}</td>`;
      }).join("");
      return `<tr>${cells}</tr>`;
    }).join("\n");
    const caption = this.#caption
      ? `<caption style="text-align:left;caption-side:top;padding:3px 12px;color:inherit">` +
        `${escapeHtml(this.#caption)}</caption>`
      : "";
    return `<table style="border-collapse:collapse;margin:4px 0">${caption}` +
      `<thead><tr>${heads}</tr></thead>\n<tbody>${rows}</tbody></table>`;
  }

  /** The table as aligned text, which is also a markdown table. */
  toString(): string {
    const cells = [
      this.#heads,
      ...this.#cells.map((row, r) => row.map((cell, k) => this.#best[r][k] ? `**${cell}**` : cell)),
    ].map((row) => row.map((cell) => cell.replace(/\r?\n/g, " ").replace(/\|/g, "\\|")));
    const widths = this.#heads.map((_, k) =>
      Math.max(3, ...cells.map((row) => [...row[k]].length))
    );
    const line = (row: string[]) =>
      `| ${
        row.map((cell, k) => {
          const room = " ".repeat(widths[k] - [...cell].length);
          return this.#numeric[k] ? room + cell : cell + room;
        }).join(" | ")
      } |`;
    const rule = `| ${
      widths.map((width, k) => "-".repeat(width - 1) + (this.#numeric[k] ? ":" : "-")).join(" | ")
    } |`;
    const [head, ...body] = cells;
    return [
      ...(this.#caption ? [this.#caption, ""] : []),
      line(head),
      rule,
      ...body.map(line),
    ].join("\n");
  }
}

/**
 * A table of rows. Numbers stand on the right with the same digits, text is escaped, the best number
 * of a column is bold where `highlight` says what best means.
 *
 * @param rows one record a row; absent fields show as a dash
 * @throws {RangeError} where a column names a field that no row has
 *
 * @example
 * ```ts
 * import { table } from "./table.ts";
 * import { show } from "./show.ts";
 *
 * await show(table([
 *   { net: "U-Net", "pixel error": 0.0611, parameters: 1_928_000 },
 *   { net: "all-cell predictor", "pixel error": 0.2172, parameters: 0 },
 * ], { caption: "Held-out slice", highlight: { "pixel error": "min" } }));
 * ```
 */
export function table(rows: readonly object[], options: TableOptions = {}): Table {
  return new Table(rows as readonly Record<string, unknown>[], options);
}
