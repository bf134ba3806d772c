import { type Displayable, escapeHtml, jupyterDisplay, type MimeBundle } from "./mime.ts";

/** A piece of HTML or markdown that was written by us, with every value in it escaped. */
export class Markup implements Displayable {
  /**
   * @param mime the format of `source`
   * @param source trusted markup
   * @param plain the same for a reader of plain text
   */
  constructor(
    readonly mime: "text/html" | "text/markdown",
    readonly source: string,
    readonly plain: string,
  ) {}

  /** The markup and its plain text. */
  render(): { data: MimeBundle } {
    return { data: { [this.mime]: this.source, "text/plain": this.plain } };
  }

  [jupyterDisplay](): MimeBundle {
    return this.render().data;
  }
}

/**
 * HTML for a notebook. What stands between the backticks is markup; every `${value}` is text and is
 * escaped, except another `html` piece, which is kept.
 *
 * @example
 * ```ts
 * import { html } from "./html.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const sentence = "Is 1 < 2 & true?";
 * assertEquals(html`<em>${sentence}</em>`.source, "<em>Is 1 &lt; 2 &amp; true?</em>");
 * ```
 */
export function html(markup: TemplateStringsArray, ...values: unknown[]): Markup {
  const source = String.raw(
    { raw: markup },
    ...values.map((value) =>
      value instanceof Markup
        ? (value.mime === "text/html" ? value.source : escapeHtml(value.plain))
        : Array.isArray(value) && value.every((item) => item instanceof Markup)
        ? value.map((item) => item.mime === "text/html" ? item.source : escapeHtml(item.plain))
          .join("")
        : escapeHtml(String(value))
    ),
  );
  return new Markup("text/html", source.trim(), plainText(source));
}

/**
 * Markdown for a notebook; in every `${value}` the characters that markdown or HTML would read as
 * markup are escaped.
 *
 * @example
 * ```ts
 * import { markdown } from "./html.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(markdown`**${"a*b"}**`.source, "**a\\*b**");
 * ```
 */
export function markdown(markup: TemplateStringsArray, ...values: unknown[]): Markup {
  const plain = String.raw({ raw: markup }, ...values);
  const source = String.raw(
    { raw: markup },
    ...values.map((value) => escapeMarkdown(String(value))),
  );
  return new Markup("text/markdown", source, plain);
}

/** Text as markdown that shows it unchanged. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|~$]/g, "\\$&").replace(/&/g, "&amp;")
    .replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\r?\n/g, " ");
}

/** The text of our own HTML without its tags. */
function plainText(source: string): string {
  return source
    .replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<(br|\/p|\/div|\/li|\/tr|\/h\d)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
