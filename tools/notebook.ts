/**
 * The notebook file format (nbformat 4), as far as the tools look into it.
 *
 * @module
 */
import { join } from "node:path";

/** Text as nbformat stores it: one string or one per line. */
export type MultilineText = string | string[];

/** One output of a code cell. */
export interface Output {
  output_type: "stream" | "display_data" | "execute_result" | "error";
  name?: string;
  text?: MultilineText;
  data?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

/** A cell of prose or code. */
export interface Cell {
  id?: string;
  cell_type: "code" | "markdown" | "raw";
  source: MultilineText;
  metadata: Record<string, unknown>;
  execution_count?: number | null;
  outputs?: Output[];
}

/** A whole notebook. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

/** A multi-line text as one string. */
export function textOf(text: MultilineText | undefined): string {
  return Array.isArray(text) ? text.join("") : text ?? "";
}

/** The code cells that have something in them, in order: number n is the one that Jupyter shows as [n]. */
export function codeCells(notebook: Notebook): Cell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code" && textOf(cell.source).trim());
}

/** Reads a notebook; an error names the file. */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await Deno.readTextFile(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not a notebook: ${(cause as Error).message}`, { cause });
  }
}

/** A notebook's text as Jupyter writes it: keys in order, one space of indentation. */
export function notebookText(notebook: Notebook): string {
  return JSON.stringify(sorted(notebook), undefined, 1) + "\n";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/**
 * All notebooks below a folder, by name (`unet/07_training`), in order.
 *
 * @returns nothing where the folder does not exist
 */
export async function findNotebooks(folder: string, inside = ""): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, inside))) {
      if (name.startsWith(".")) continue;
      const path = inside ? `${inside}/${name}` : name;
      if (isDirectory) names.push(...await findNotebooks(folder, path));
      else if (name.endsWith(".ipynb")) names.push(path.slice(0, -".ipynb".length));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}
