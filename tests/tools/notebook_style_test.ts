import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Notebook, Output } from "../../tools/notebook.ts";
import { functionLengths, styleProblems } from "../../tools/notebook_style.ts";

const print = (text: string): Output => ({ output_type: "stream", name: "stdout", text });

function executed(source: string, outputs: Output[] = [print("42\n")]): Notebook {
  const cell = { cell_type: "code" as const, metadata: {}, source, outputs, execution_count: 1 };
  return { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

/** `styleProblems`, which must be exactly one. */
function problem(notebook: Notebook): string {
  const problems = styleProblems(notebook);
  assertEquals(problems.length, 1, problems.join("\n"));
  return problems[0];
}

Deno.test("a short executed notebook is in order", () => {
  assertEquals(styleProblems(executed("console.log(42);")), []);
});

Deno.test("a notebook without outputs, or not run in order, is told", () => {
  assertStringIncludes(problem(executed("1", [])), "without outputs");
  const skipped = executed("console.log(42);");
  skipped.cells[0].execution_count = 3;
  assertStringIncludes(problem(skipped), "from top to bottom");
});

Deno.test("an error among the outputs is told", () => {
  const error: Output = { output_type: "error", ename: "Error", evalue: "x", traceback: [] };
  assertStringIncludes(problem(executed("1", [error])), "cell 1: its output is an error");
});

for (
  const trace of [
    "Download https://host.example/package",
    "file:///home/anna/course/lib/mod.ts:3:4",
    "saved to /tmp/abc.png",
    "/root",
    "https://registry.npmjs.org/tiff",
    "see https://pypi.org/project/plotly",
  ]
) {
  Deno.test(`"${trace}" in an output or a source is told`, () => {
    assertStringIncludes(problem(executed("1", [print(trace)])), "cell 1: its output contains");
    assertStringIncludes(problem(executed(`// ${trace}`)), "its source contains");
  });
}

Deno.test("an address on the web, a slash in prose and an encoded picture are no machine's paths", () => {
  const html: Output = {
    output_type: "display_data",
    data: { "text/html": "https://a.example/home/work and/or <b>/</b>", "image/png": " /tmp/x=" },
  };
  assertEquals(styleProblems(executed("1", [html])), []);
});

Deno.test("more than eight lines in the median are told, empty lines do not count", () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => `f(${i});`).join("\n\n");
  assertEquals(styleProblems(executed(lines(8))), []);
  assertStringIncludes(problem(executed(lines(9))), "9 lines in the median");
});

Deno.test("a function's length is counted from its head to its closing brace", () => {
  const source = `
const short = (a: number) => a + 1;
function braces(text: string): { a: number } {
  const no = "} {"; // }
  return { a: text.length + \`}\`.length + /[}]/.source.length };
}
const arrow = async ({ a }: { a: number }) => {
  await a;
};`;
  assertEquals(functionLengths(source), [{ name: "braces", lines: 4 }, {
    name: "arrow",
    lines: 3,
  }]);
});

Deno.test("a function over a dozen lines is told, in a notebook whose other cells are short", () => {
  const long = `function long() {\n${"  step();\n".repeat(11)}}`;
  const notebook = executed(long);
  for (let i = 2; i <= 4; i++) {
    notebook.cells.push({ ...executed("1").cells[0], execution_count: i });
  }
  assertStringIncludes(problem(notebook), "cell 1: long has 13 lines");
});
