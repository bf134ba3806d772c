/**
 * One output of a notebook: the same thing in several formats, of which every reader takes the best
 * one that it knows. JupyterLab takes the interactive chart, an HTML export and GitHub take the
 * static picture, a terminal takes the text. Values are strings, or JSON for types ending in
 * `+json`.
 */
export interface MimeBundle {
  /** A sentence, or a table in text: what a reader without pictures gets. Always there. */
  readonly "text/plain": string;
  readonly [mime: string]: unknown;
}

/** A bundle and what goes with it. */
export interface Rendered {
  /** The formats. */
  readonly data: MimeBundle;
  /** Per format, for example the width in CSS pixels at which a PNG is to be shown. */
  readonly metadata?: Record<string, unknown>;
}

/** Whatever can be shown: charts, pictures, tables, text. Rendering happens when it is asked for. */
export interface Displayable {
  /** Renders the thing once. */
  render(): Rendered | Promise<Rendered>;
}

/** The method by which Deno's kernel asks the last expression of a cell for its formats. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display") as never;

/** Whether a value can render itself, that is, has a `render` method. */
export function isDisplayable(value: unknown): value is Displayable {
  return typeof value === "object" && value !== null && "render" in value &&
    typeof value.render === "function";
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text as HTML, safe between tags and in quoted attributes: text that comes from a data set never
 * becomes markup.
 *
 * @example
 * ```ts
 * import { escapeHtml } from "./mime.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeHtml(`<b title="x">`), "&lt;b title=&quot;x&quot;&gt;");
 * ```
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * Text as Plotly shows it. Plotly reads a few HTML tags (`<b>`, `<br>`, `<a href>`) in titles,
 * names and labels; with `<` and `&` escaped, a label from a data set stays what it is.
 */
export function escapeLabel(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Bytes in base64, as mime bundles and data URLs carry them. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
