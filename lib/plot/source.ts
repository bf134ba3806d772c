import { Markup } from "./html.ts";
import { defaultOutput, type Output } from "./notebook.ts";

/** Options of {@linkcode showSource}. */
export interface ShowSourceOptions {
  /** What of the file: a function, class, type or constant, or `UNet.forward` for a member. Default: all. */
  name?: string;
  /** With the comment above it. Default true. */
  doc?: boolean;
  /** Where to; the default is the running cell, or the console. */
  output?: Output;
}

/** A piece of a source file. */
export interface SourcePiece {
  /** The code as it stands in the file, not indented. */
  code: string;
  /** Its first line, from 1. */
  firstLine: number;
  /** Its last line. */
  lastLine: number;
}

/**
 * Shows code of this library as it stands in its file, so that a notebook shows the code that it
 * runs and not a copy of it.
 *
 * @param file path from the top of this repository (`lib/unet/tile_sizes.ts`), path from the working
 * directory, or `file:` URL (what `import.meta.resolve` gives)
 * @throws {Error} where there is no such file, or no such name in it
 *
 * @example
 * ```ts
 * import { showSource } from "./source.ts";
 *
 * await showSource("lib/plot/number_text.ts", { name: "clockText" });
 * ```
 */
export async function showSource(
  file: string | URL,
  options: ShowSourceOptions = {},
): Promise<void> {
  const { name, doc = true, output = defaultOutput() } = options;
  const { text, label } = await readSource(file);
  const lines = text.replace(/\n$/, "").split("\n").length;
  const piece = name === undefined
    ? { code: text.replace(/\n$/, ""), firstLine: 1, lastLine: lines }
    : extractSource(text, name, doc);
  if (!piece) {
    throw new Error(
      `showSource found no "${name}" in ${label}; ` +
        `it declares ${declaredNames(text).join(", ") || "nothing"}`,
    );
  }
  await output.send(sourceMarkup(piece, label).render());
}

/** Code with its place above it. The fence is longer than any fence in the code's own examples. */
function sourceMarkup({ code, firstLine, lastLine }: SourcePiece, label: string): Markup {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const place = `${label}, lines ${firstLine}–${lastLine}`;
  return new Markup(
    "text/markdown",
    `*\`${label}\`, lines ${firstLine}–${lastLine}*\n\n${fence}typescript\n${code}\n${fence}`,
    `// ${place}\n${code}`,
  );
}

async function readSource(file: string | URL): Promise<{ text: string; label: string }> {
  const root = new URL("../../", import.meta.url);
  const given = String(file);
  const places = /^[a-z]{2,}:/.test(given)
    ? [new URL(given)]
    : [new URL(given, root), new URL(given, `file://${Deno.cwd().replaceAll("\\", "/")}/`)];
  for (const place of places) {
    try {
      const text = await Deno.readTextFile(place);
      const label = place.href.startsWith(root.href) ? place.href.slice(root.href.length) : given;
      return { text, label };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(
    `showSource found no file ${given}; give a path from the top of the repository, ` +
      `such as lib/plot/source.ts`,
  );
}

/**
 * The declaration of `name` in TypeScript code.
 *
 * @param text a whole file
 * @param name a declaration at the top level, or `Class.member`
 * @param doc with the comment directly above it
 * @returns undefined where there is none
 *
 * @example
 * ```ts
 * import { extractSource } from "./source.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const file = "const a = 1;\n\n/** Twice. *" + "/\nexport function f(x: number) {\n  return 2 * x;\n}\n";
 * assertEquals(extractSource(file, "f", false)?.code, "export function f(x: number) {\n  return 2 * x;\n}");
 * assertEquals(extractSource(file, "f")?.firstLine, 3);
 * ```
 */
export function extractSource(text: string, name: string, doc = true): SourcePiece | undefined {
  const [outer, member] = name.split(".");
  const bare = blank(text);
  let found = find(bare, 0, bare.length, declaration(outer));
  if (found && member !== undefined) {
    const body = bare.indexOf("{", found.start);
    found = body < 0 ? undefined : find(bare, body + 1, found.end - 1, memberStart(member));
  }
  if (!found) return undefined;
  let { start } = found;
  if (doc) start = commentAbove(text, start);
  start = text.lastIndexOf("\n", start - 1) + 1; // with its indentation
  const raw = text.slice(start, found.end).split("\n");
  const indent = /^\s*/.exec(raw[0])![0].length;
  const code = raw.map((line) => line.slice(Math.min(indent, /^\s*/.exec(line)![0].length)))
    .join("\n");
  const firstLine = text.slice(0, start).split("\n").length;
  return { code, firstLine, lastLine: firstLine + raw.length - 1 };
}

/** Names declared at the top level. */
function declaredNames(text: string): string[] {
  const names = blank(text).matchAll(
    /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|enum|const|let) ([\w$]+)/gm,
  );
  return [...new Set([...names].map(([, name]) => name))];
}

const escaped = (name: string) => name.replace(/\$/g, "\\$");

function declaration(name: string): RegExp {
  return new RegExp(
    "(?:export\\s+)?(?:default\\s+)?(?:declare\\s+)?(?:abstract\\s+)?(?:async\\s+)?" +
      `(?:function\\s*\\*?|class|interface|type|enum|const|let)\\s+${escaped(name)}(?![\\w$])`,
    "y",
  );
}

function memberStart(name: string): RegExp {
  return new RegExp(
    "(?:(?:public|private|protected|static|override|readonly|async|get|set|abstract)\\s+)*" +
      `\\*?${escaped(name)}(?![\\w$])\\s*[(<:=?!;]`,
    "y",
  );
}

/** A declaration between two places, outside of all brackets. */
function find(
  bare: string,
  from: number,
  to: number,
  pattern: RegExp,
): { start: number; end: number } | undefined {
  let depth = 0, found: { start: number; end: number } | undefined;
  for (let at = from; at < to; at++) {
    const atWordStart = !/[\w$]/.test(bare[at - 1] ?? " ");
    if (depth === 0 && atWordStart) {
      pattern.lastIndex = at;
      if (pattern.test(bare)) {
        const end = endOf(bare, at, to);
        // Overloads end without a body: the next one of the same name belongs to them.
        const hasBody = bare.slice(at, end).includes("{") ||
          !/\bfunction\b/.test(bare.slice(at, end));
        found = { start: found?.start ?? at, end };
        if (hasBody) return found;
        at = end - 1;
        continue;
      }
    }
    if ("{([".includes(bare[at])) depth++;
    else if ("})]".includes(bare[at])) depth--;
  }
  return found;
}

/**
 * The end of the declaration that starts at `start`: a `;` outside of all brackets, or a closing
 * brace with nothing behind it on its line. (A return type `{ … } {` has something behind it.)
 */
function endOf(bare: string, start: number, to: number): number {
  let depth = 0;
  for (let at = start; at < to; at++) {
    if ("{([".includes(bare[at])) depth++;
    else if ("})]".includes(bare[at])) {
      depth--;
      if (depth === 0 && bare[at] === "}") {
        const line = bare.indexOf("\n", at);
        const rest = bare.slice(at + 1, line < 0 ? to : line);
        if (rest.trim() === "") return at + 1;
      }
    } else if (bare[at] === ";" && depth === 0) return at + 1;
  }
  return to;
}

/** Where the comments begin that stand directly above `start`. */
function commentAbove(text: string, start: number): number {
  for (;;) {
    const before = text.slice(0, start).trimEnd();
    const between = text.slice(before.length, start);
    if ((between.match(/\n/g) ?? []).length > 1) return start;
    if (before.endsWith("*/")) start = before.lastIndexOf("/*");
    else {
      const line = before.slice(before.lastIndexOf("\n") + 1);
      if (!line.trimStart().startsWith("//")) return start;
      start = before.length - line.trimStart().length;
    }
  }
}

/**
 * The code with comments, strings, templates and regular expressions blanked out, character for
 * character, so that every bracket that is left is one.
 */
function blank(text: string): string {
  const out = [...Array(text.length).keys()].map((k) => text[k]);
  const wipe = (from: number, to: number) => {
    for (let k = from; k < to; k++) if (out[k] !== "\n") out[k] = " ";
  };
  /** Blanks a template from its first backtick; returns the place behind the last. */
  const template = (from: number): number => {
    let at = from + 1, piece = from;
    while (at < text.length && text[at] !== "`") {
      if (text[at] === "\\") at += 2;
      else if (text.startsWith("${", at)) {
        wipe(piece, at + 2);
        at = code(at + 2, true);
        piece = at - 1;
      } else at++;
    }
    wipe(piece, at + 1);
    out[from] = "0";
    return at + 1;
  };
  /** Reads code; inside `${…}` it ends behind the closing brace. */
  const code = (from: number, inTemplate: boolean): number => {
    let at = from, depth = 0;
    while (at < text.length) {
      const c = text[at];
      if (text.startsWith("//", at)) {
        const end = text.indexOf("\n", at);
        wipe(at, end < 0 ? text.length : end);
        at = end < 0 ? text.length : end;
      } else if (text.startsWith("/*", at)) {
        const end = text.indexOf("*/", at + 2);
        const stop = end < 0 ? text.length : end + 2;
        wipe(at, stop);
        at = stop;
      } else if (c === '"' || c === "'") {
        let end = at + 1;
        while (end < text.length && text[end] !== c && text[end] !== "\n") {
          end += text[end] === "\\" ? 2 : 1;
        }
        wipe(at, end + 1);
        out[at] = "0"; // a value stood here: a slash behind it divides
        at = end + 1;
      } else if (c === "`") at = template(at);
      else if (c === "/" && regexMayStart(out, at)) {
        let end = at + 1, inClass = false;
        while (end < text.length && text[end] !== "\n" && (inClass || text[end] !== "/")) {
          if (text[end] === "\\") end++;
          else if (text[end] === "[") inClass = true;
          else if (text[end] === "]") inClass = false;
          end++;
        }
        wipe(at, end + 1);
        out[at] = "0";
        at = end + 1;
      } else {
        if (inTemplate && c === "{") depth++;
        if (inTemplate && c === "}" && depth-- === 0) {
          return at + 1;
        }
        at++;
      }
    }
    return at;
  };
  code(0, false);
  return out.join("");
}

/** Whether a slash here begins a regular expression: no value stands before it. */
function regexMayStart(out: readonly string[], at: number): boolean {
  let k = at - 1;
  while (k >= 0 && /\s/.test(out[k])) k--;
  if (k < 0) return true;
  if (/[\w$]/.test(out[k])) {
    let start = k;
    while (start > 0 && /[\w$]/.test(out[start - 1])) start--;
    return /^(return|typeof|case|in|of|delete|void|throw|new|await|yield|else|do)$/.test(
      out.slice(start, k + 1).join(""),
    );
  }
  return !/[)\]}]/.test(out[k]);
}
