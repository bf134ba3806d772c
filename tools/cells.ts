/**
 * Type checks the cells of notebooks, which Deno's kernel does not do. A notebook's cells become one module:
 * every cell opens a block inside the one before, so that a name declared again hides the earlier one as it
 * does in the notebook, `await` stays at the top level, and imports move to the top.
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { capture, root } from "./command.ts";
import { codeCells, findNotebooks, type Notebook, readNotebook, textOf } from "./notebook.ts";

/** Where a line of the module comes from; both count from 1. */
export interface Origin {
  readonly cell: number;
  readonly line: number;
}

/** A notebook as a module. */
export interface CellModule {
  readonly text: string;
  /** One per line of the text, `undefined` for a line that is in no cell. */
  readonly origins: readonly (Origin | undefined)[];
}

// Clauses hold no quotes, so neither pattern runs on into the next statement.
const importFrom =
  /^import\s+(type\s+)?([\w$\s{},*]+?)\s+from\s+(["'])([^"'\n]+)\3(\s+with\s+\{[^}]*\})?[ \t]*;?/gm;
const importOnly = /^import\s+(["'])([^"'\n]+)\1[ \t]*;?/gm;

/**
 * Joins the code cells of a notebook.
 *
 * @param notebook whose cells are joined
 * @param respecify rewrites a module specifier, because the module stands elsewhere than the notebook
 */
export function cellModule(
  notebook: Notebook,
  respecify: (specifier: string) => string = (specifier) => specifier,
): CellModule {
  const imports = new Map<string, Origin>(); // one line per imported name, and where it stood first
  const lines: string[] = [], origins: (Origin | undefined)[] = [];
  const push = (line: string, origin?: Origin) => {
    lines.push(line);
    origins.push(origin);
  };
  const cells = codeCells(notebook);
  for (const [i, cell] of cells.entries()) {
    let source = textOf(cell.source);
    const hoist = (statement: string, found: string[], offset: number) => {
      const origin = { cell: i + 1, line: source.slice(0, offset).split("\n").length };
      for (const line of found) if (!imports.has(line)) imports.set(line, origin);
      return statement.replace(/[^\n]/g, "");
    };
    source = source.replace(importFrom, (statement, type, clause, _q, from, attributes, offset) => {
      const tail = ` from ${JSON.stringify(respecify(from))}${attributes ?? ""};`;
      const head = `import ${type ? "type " : ""}`;
      return hoist(statement, bindings(clause).map((name) => head + name + tail), offset);
    });
    source = source.replace(importOnly, (statement, _q, from, offset) => {
      return hoist(statement, [`import ${JSON.stringify(respecify(from))};`], offset);
    });
    source = source.replace(
      /(\bimport\(\s*)(["'])([^"'\n]+)\2/g,
      (_whole, start, _q, from) => start + JSON.stringify(respecify(from)),
    );
    push("{");
    for (const [line, text] of source.split("\n").entries()) {
      push(text, { cell: i + 1, line: line + 1 });
    }
  }
  const top = ["export {};", ...imports.keys()];
  return {
    text: [...top, ...lines, "}".repeat(cells.length), ""].join("\n"),
    origins: [undefined, ...imports.values(), ...origins, undefined, undefined],
  };
}

/** `a, { b, type c as d }` as `a`, `{ b }`, `{ type c as d }`. */
function bindings(clause: string): string[] {
  const [, outside, inside] = clause.match(/^([^{]*)(?:\{([^]*)\})?\s*$/) ?? [];
  const names = (list = "") => list.split(",").map((name) => name.trim()).filter(Boolean);
  return [...names(outside), ...names(inside).map((name) => `{ ${name} }`)];
}

/**
 * Type checks every notebook below a folder.
 *
 * @param folder is looked through
 * @param say is told every error, with the notebook, the cell and the line in it
 * @returns whether there is none
 */
export async function checkCells(folder: string, say: (line: string) => void): Promise<boolean> {
  const names = await findNotebooks(folder);
  if (names.length === 0) {
    say(`there is no notebook below ${folder}`);
    return true;
  }
  const modules = new Map<string, { name: string; origins: CellModule["origins"] }>();
  const build = join(root, "build", `cells-${Deno.pid}`); // another check may run at the same time
  for (const name of names) {
    const from = dirname(join(folder, name));
    const path = join(build, `${name}.ts`);
    const { text, origins } = cellModule(
      await readNotebook(join(folder, `${name}.ipynb`)),
      (specifier) =>
        /^\.\.?\//.test(specifier) ? relocated(specifier, from, dirname(path)) : specifier,
    );
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
    modules.set(path, { name, origins });
  }
  const done = await capture([Deno.execPath(), "check", "--quiet", ...modules.keys()], {
    cwd: root,
  });
  await Deno.remove(build, { recursive: true });
  if (!done?.ok) say(inNotebooks(done?.text ?? "", modules));
  else say(`${names.length} notebooks checked`);
  return done?.ok ?? false;
}

function relocated(specifier: string, from: string, to: string): string {
  const path = relative(to, join(from, specifier)).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}

/** The compiler's words with every place in a module told as the place in the notebook. */
function inNotebooks(
  text: string,
  modules: Map<string, { name: string; origins: CellModule["origins"] }>,
): string {
  // deno-lint-ignore no-control-regex
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  return plain.replace(/file:\/\/(\S+?):(\d+):(\d+)/g, (whole, path, line, column) => {
    const module = modules.get(decodeURIComponent(path));
    const origin = module?.origins[Number(line) - 1];
    if (module === undefined) return whole;
    return `${module.name}.ipynb` +
      (origin ? ` cell ${origin.cell}, line ${origin.line}, column ${column}` : "");
  });
}
