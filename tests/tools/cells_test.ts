import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { cellModule, checkCells } from "../../tools/cells.ts";
import type { Notebook } from "../../tools/notebook.ts";
import { root, writeNotebook } from "./run_tool.ts";

function notebookOf(...sources: string[]): Notebook {
  const cells = sources.map((source) => ({ cell_type: "code" as const, metadata: {}, source }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

/** Type checks notebooks in a folder of build/, from where relative imports lead to lib. */
async function check(...sources: string[]): Promise<{ ok: boolean; said: string }> {
  await Deno.mkdir(join(root, "build"), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: join(root, "build") });
  try {
    await writeNotebook(join(folder, "cells.ipynb"), sources);
    const said: string[] = [];
    const ok = await checkCells(folder, (line) => said.push(line));
    return { ok, said: said.join("\n") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("names declared again, await, and an import made twice pass the type check", async () => {
  const { ok, said } = await check(
    `import { createRandom } from "../../lib/random/mod.ts";\nconst x: number = createRandom(1).int(0, 9);`,
    `import {\n  createRandom,\n  type Random,\n} from "../../lib/random/mod.ts";\nconst x: Random = createRandom(2);`,
    `const y: number = await Promise.resolve(x.int(0, 9));\nfor await (const z of [y]) console.log(z);`,
  );
  assertEquals(said, "1 notebooks checked");
  assertEquals(ok, true);
});

Deno.test("a type error is told with the notebook, the cell and the line in it", async () => {
  const { ok, said } = await check(
    `import { createRandom } from "../../lib/random/mod.ts";\nconst random = createRandom(1);`,
    `// a comment\n\nconst word: string = random.int(0, 9);`,
  );
  assertEquals(ok, false);
  assertStringIncludes(said, "cells.ipynb cell 2, line 3");
  assertStringIncludes(said, "'number' is not assignable to type 'string'");
});

Deno.test("an import that does not exist is told", async () => {
  const { ok, said } = await check(
    `import { nothing } from "../../lib/random/mod.ts";\nnothing();`,
  );
  assertEquals(ok, false);
  assertStringIncludes(said, "cells.ipynb cell 1, line 1");
});

Deno.test("every line of the module knows its cell", () => {
  const { text, origins } = cellModule(
    notebookOf(`import a, { b, c as d } from "m";\nb(d);`, `import "m";\n\na();`),
  );
  const lines = text.split("\n");
  assertEquals(lines.slice(0, 5), [
    "export {};",
    'import a from "m";',
    'import { b } from "m";',
    'import { c as d } from "m";',
    'import "m";',
  ]);
  assertEquals(origins.length, lines.length);
  assertEquals(origins[lines.indexOf("b(d);")], { cell: 1, line: 2 });
  assertEquals(origins[lines.indexOf("a();")], { cell: 2, line: 3 });
});
