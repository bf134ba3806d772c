/**
 * Trust in the course's own notebooks. JupyterLab draws no SVG and runs no script of a stored output in a
 * notebook that this Jupyter did not execute itself: a reader would see text in place of a good part of the
 * pictures until they run the cells. The signatures go into the course's own Jupyter in `.venv`, not into
 * the user's.
 *
 * @module
 */
import { join } from "node:path";
import { capture, tail } from "./command.ts";
import { findNotebooks, type Notebook, readNotebook } from "./notebook.ts";
import type { Environment } from "./setup.ts";

/**
 * Signs every notebook below a folder as it stands; one that cannot be read is left to JupyterLab, which
 * says so where it is opened.
 *
 * @returns what went wrong, in a sentence; `undefined` if nothing did. JupyterLab works without it.
 */
export async function trustNotebooks(
  { python, env }: Environment,
  folder: string,
): Promise<string | undefined> {
  const paths: string[] = [];
  for (const name of await findNotebooks(folder)) {
    const path = join(folder, `${name}.ipynb`);
    const notebook: Partial<Notebook> | null = await readNotebook(path).catch(() => null);
    if (notebook?.nbformat && Array.isArray(notebook.cells)) paths.push(path);
  }
  if (paths.length === 0) return undefined;
  const done = await capture([python, "-m", "jupyter", "trust", ...paths], { env });
  if (done?.ok) return undefined;
  return "the notebooks could not be marked as trusted: some of their stored pictures will show as text " +
    `until their cells are run\n${tail(done?.text ?? "")}`;
}
