/**
 * What a committed notebook must look like: run from top to bottom, its outputs in it and nothing of a
 * machine in them, and short cells, because what is longer belongs to `lib`.
 *
 * @module
 */
import { codeCells, type Notebook, type Output, textOf } from "./notebook.ts";

const longestMedian = 8, longestFunction = 12;

/**
 * Looks a notebook through.
 *
 * @returns a sentence for everything that is wrong, to be read after the notebook's name
 */
export function styleProblems(notebook: Notebook): string[] {
  const cells = codeCells(notebook);
  const problems: string[] = [];
  if (cells.length > 0 && !cells.some((cell) => cell.outputs?.length)) {
    problems.push("is committed without outputs: deno task notebooks --update writes them");
  } else if (!cells.every((cell, i) => cell.execution_count === i + 1)) {
    problems.push("was not run from top to bottom: deno task notebooks --update does");
  }
  const median = medianOf(cells.map((cell) => codeLines(textOf(cell.source))));
  if (median > longestMedian) {
    problems.push(`has code cells of ${median} lines in the median, more than ${longestMedian}`);
  }
  for (const [i, cell] of cells.entries()) {
    const where = `cell ${i + 1}`;
    for (const { name, lines } of functionLengths(textOf(cell.source))) {
      if (lines <= longestFunction) continue;
      problems.push(`${where}: ${name} has ${lines} lines, more than a dozen: move it to lib`);
    }
    for (const output of cell.outputs ?? []) {
      if (output.output_type === "error") problems.push(`${where}: its output is an error`);
      const trace = outputTexts(output).map(machineTrace).find((found) => found !== undefined);
      if (trace !== undefined) problems.push(`${where}: its output contains ${trace}`);
    }
  }
  for (const [i, cell] of notebook.cells.entries()) {
    const trace = machineTrace(textOf(cell.source));
    if (trace !== undefined) {
      problems.push(`cell at position ${i + 1}: its source contains ${trace}`);
    }
  }
  return problems;
}

function codeLines(source: string): number {
  return source.split("\n").filter((line) => line.trim()).length;
}

function medianOf(numbers: number[]): number {
  if (numbers.length === 0) return 0;
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Everything readable in an output: no encoded pictures. */
function outputTexts(output: Output): string[] {
  const data = Object.entries(output.data ?? {}).filter(([type]) => !/^image\/(?!svg)/.test(type));
  const values = data.map(([, value]) => typeof value === "string" ? value : JSON.stringify(value));
  return [textOf(output.text), ...values, ...(output.traceback ?? [])];
}

const path =
  /(?:file:\/\/|(?<![\w.~/-]))\/(?:work|home|root|tmp|Users|private|var\/folders|mnt|opt)(?=[/\s"'`),;:]|$)[\w./-]*/;
const registry =
  /\b(?:registry\.[\w-]+\.\w+|registry\.npmjs|npmjs\.com|pypi\.org|pythonhosted\.org|(?:npm\.)?jsr\.io|deno\.land\/x|esm\.sh|unpkg\.com|jsdelivr\.net)\b/;
const download = /\bDownload(?:ing)? https?:\/\/\S+/;

/** The first thing in a text that belongs to a machine and not to a result. */
function machineTrace(text: string): string | undefined {
  const found = text.match(download) ?? text.match(registry) ?? text.match(path);
  return found ? `"${found[0]}"` : undefined;
}

/**
 * The functions of a piece of code and how many lines each has that are not blank, from its head to its
 * closing brace. Functions without braces are left out.
 */
export function functionLengths(source: string): { name: string; lines: number }[] {
  const code = masked(source);
  return [...code.matchAll(/\bfunction\b\s*\*?\s*([\w$]*)[^({]*\(|=>\s*\{/g)].map((match) => {
    const end = match.index + match[0].length - 1;
    const arrow = match[0].endsWith("{");
    // An arrow function begins with its line, where its name stands if it has one.
    const start = arrow ? code.lastIndexOf("\n", match.index) + 1 : match.index;
    const name = arrow ? code.slice(start, end).match(/([\w$]+)\s*=(?!>)/)?.[1] : match[1];
    const open = arrow ? end : bodyStart(code, closing(code, end));
    return {
      name: name || "a function",
      lines: codeLines(source.slice(start, closing(code, open) + 1)),
    };
  });
}

/** The brace that opens a body, behind the parameters and perhaps a type that has braces of its own. */
function bodyStart(code: string, parameters: number): number {
  const open = code.indexOf("{", parameters);
  if (open < 0) return parameters; // declared only
  const next = code.slice(closing(code, open) + 1).match(/^\s*\{/);
  return next ? closing(code, open) + next[0].length : open;
}

/** Where the bracket opened at `open` is closed; the end of the code if it is not. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if ("([{".includes(code[i])) depth++;
    else if (")]}".includes(code[i]) && --depth === 0) return i;
  }
  return code.length;
}

/** The code with comments, strings and regular expressions blanked, line breaks and offsets kept. */
function masked(source: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, " ");
  const literals =
    /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|(?<=[-=(,:[!&|?;{}+*<>]\s*|\breturn\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/g;
  return source.replace(literals, blank);
}
