import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { extractSource, showSource } from "../../lib/plot/mod.ts";
import { Recorder } from "./recorder.ts";

/** A file with everything in it that misleads a reader of brackets. */
const FILE = [
  'import { x } from "./x.ts";',
  "",
  "// export function target() { not this }",
  'const text = "function target() {";',
  "const pattern = /[}\"'`{]/g, ratio = 4 / 2;",
  "const template = `${`}${text}`} function target() {`;",
  "",
  "/** Belongs to nobody. */",
  "",
  "/**",
  " * Doubles.",
  " *",
  " * ```ts",
  " * target({ a: 1 });",
  " * ```",
  " */",
  "export function target(",
  "  { a }: { a: number },",
  "): { b: number } {",
  '  const s = "}", t = `}${a}}`, r = /}/.test(s) ? 1 : 2; // }',
  "  if (a > r) {",
  "    return { b: t.length };",
  "  }",
  "  return { b: 2 * a };",
  "}",
  "",
  "export const targets: number[] = [1, 2].map((n) => {",
  "  return n;",
  "});",
  "",
  "export type Shape = { width: number; height: number };",
  "",
  "export interface Options {",
  "  /** Which. */",
  "  name?: string;",
  "}",
  "",
  "function over(a: number): number;",
  "function over(a: string): string;",
  "function over(a: unknown) {",
  "  return a;",
  "}",
  "",
  "export class Net {",
  "  #depth = 3;",
  "",
  "  /** Forward. */",
  "  async forward(x: number): Promise<{ y: number }> {",
  "    return { y: await this.scale(x) };",
  "  }",
  "",
  "  private scale(x: number) {",
  "    return x * this.#depth;",
  "  }",
  "}",
  "",
].join("\n");

const lines = (first: number, last: number) => FILE.split("\n").slice(first - 1, last).join("\n");

Deno.test("a function comes with its comment, exactly as it stands in the file", () => {
  assertEquals(extractSource(FILE, "target"), {
    code: lines(10, 25),
    firstLine: 10,
    lastLine: 25,
  });
  assertEquals(extractSource(FILE, "target", false)?.code, lines(17, 25));
});

Deno.test("constants, types, interfaces, classes and overloads end where they end", () => {
  assertEquals(extractSource(FILE, "targets")?.code, lines(27, 29));
  assertEquals(extractSource(FILE, "Shape")?.code, lines(31, 31));
  assertEquals(extractSource(FILE, "Options")?.code, lines(33, 36));
  assertEquals(extractSource(FILE, "over")?.code, lines(38, 42));
  assertEquals(extractSource(FILE, "Net")?.code, lines(44, 55));
});

Deno.test("a member of a class comes without the class and without its indentation", () => {
  const piece = extractSource(FILE, "Net.forward")!;
  assertEquals(piece.code, lines(47, 50).replace(/^ {2}/gm, ""));
  assertEquals([piece.firstLine, piece.lastLine], [47, 50]);
  assertEquals(extractSource(FILE, "Net.scale")?.code, lines(52, 54).replace(/^ {2}/gm, ""));
});

Deno.test("every export of this library is found and is whole", async () => {
  const folder = new URL("../../lib/plot/", import.meta.url);
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.name.endsWith(".ts") || entry.name === "mod.ts") continue;
    const text = await Deno.readTextFile(new URL(entry.name, folder));
    const starts = /^export (?:async )?(?:function|class|interface|type|const) (\w+)/gm;
    for (const match of text.matchAll(starts)) {
      const { code } = extractSource(text, match[1], false)!;
      // Formatted code: only the last line of a declaration begins with a closing bracket in the
      // first column, unless that bracket opens the body (`): number {`), and a blank line follows.
      assertEquals(text.slice(match.index, match.index + code.length), code, match[1]);
      assertEquals(text.slice(match.index + code.length).slice(0, 1), "\n", match[1]);
      // Template literals may hold anything, also in the first column.
      const closing = code.replace(/`[^`]*`/g, "``").split("\n").slice(1, -1).filter((line) =>
        /^[})\]]/.test(line)
      );
      for (const line of closing) assert(/[{(|]$/.test(line), `${match[1]} ends at "${line}"`);
      if (code.includes("\n")) assert(/^(.*;|})$/.test(code.split("\n").at(-1)!), match[1]);
    }
  }
});

Deno.test("a notebook shows code in a fence longer than those inside, with its place", async () => {
  const output = new Recorder();
  await showSource("lib/plot/number_text.ts", { name: "clockText", output });
  const { data } = output.sent[0].rendered;
  const text = await Deno.readTextFile(new URL("../../lib/plot/number_text.ts", import.meta.url));
  const { code, firstLine, lastLine } = extractSource(text, "clockText")!;
  assertEquals(
    data["text/markdown"],
    `*\`lib/plot/number_text.ts\`, lines ${firstLine}–${lastLine}*\n\n` +
      `\`\`\`\`typescript\n${code}\n\`\`\`\``,
  );
  assertStringIncludes(data["text/plain"], code);
});

Deno.test("files are found by URL, and missing files and names are said", async () => {
  const output = new Recorder();
  await showSource(import.meta.resolve("../../lib/plot/mime.ts"), { name: "escapeHtml", output });
  assertStringIncludes(
    output.sent[0].rendered.data["text/markdown"] as string,
    "`lib/plot/mime.ts`",
  );
  await assertRejects(
    () => showSource("lib/plot/mime.ts", { name: "escapeHtmk", output }),
    Error,
    'found no "escapeHtmk" in lib/plot/mime.ts; it declares MimeBundle',
  );
  await assertRejects(
    () => showSource("lib/nowhere.ts", { output }),
    Error,
    "found no file lib/nowhere.ts",
  );
});
