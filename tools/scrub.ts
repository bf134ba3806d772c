import type { Cell, MultilineText, Notebook, Output } from "./notebook.ts";
import { textOf } from "./notebook.ts";

/** A folder of this machine, and what stands for it in a committed output. */
export type Place = readonly [path: string, name: string];

/**
 * Takes out of an executed notebook what belongs to the machine and not to the result, so that its outputs
 * can be committed: lines about downloads, paths, times of execution.
 *
 * @param notebook as executed; it is left as it is
 * @param places the longest path first
 * @returns a copy
 */
export function scrubNotebook(notebook: Notebook, places: readonly Place[]): Notebook {
  const { kernelspec, language_info } = notebook.metadata;
  return {
    ...notebook,
    metadata: { kernelspec, language_info },
    cells: notebook.cells.map((cell) => scrubCell(cell, places)),
  };
}

function scrubCell(cell: Cell, places: readonly Place[]): Cell {
  const { execution: _, ...metadata } = cell.metadata;
  if (cell.outputs === undefined) return { ...cell, metadata };
  const outputs = cell.outputs.map(withoutDownloads).filter((output) => output !== undefined);
  return { ...cell, metadata, outputs: outputs.map((output) => renamed(output, places)) };
}

// deno-lint-ignore no-control-regex
const download = /^(?:\x1b\[[0-9;]*m)*Download(?:\x1b\[[0-9;]*m)* .*(?:\n|$)/gm;

function withoutDownloads(output: Output): Output | undefined {
  if (output.output_type !== "stream") return output;
  const text = textOf(output.text).replace(download, "");
  return text === "" ? undefined : { ...output, text: lines(text) };
}

function lines(text: string): MultilineText {
  return text.split(/(?<=\n)/);
}

/** Every string inside a value with the paths renamed; pictures are left alone. */
function renamed<T>(value: T, places: readonly Place[]): T {
  if (typeof value === "string") return renamedText(value, places) as T;
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, places)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    return [key, /^image\/(?!svg)/.test(key) ? inner : renamed(inner, places)];
  });
  return Object.fromEntries(entries);
}

function renamedText(text: string, places: readonly Place[]): string {
  for (const [path, name] of places) {
    if (path.length < 2 || !text.includes(path)) continue;
    const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    // Not inside a longer name, and with the slash that follows where the name is empty.
    const whole = new RegExp(
      `(?<![\\w.-])(?:file://)?${escaped}(?![\\w.-])${name ? "" : "/?"}`,
      "g",
    );
    text = text.replace(whole, name);
  }
  return text;
}
