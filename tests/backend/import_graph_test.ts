import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** Every TypeScript file of the folders, with what it imports, exports from, or loads. */
function* imports(...folders: string[]): Generator<{ file: string; specifier: string }> {
  for (const folder of folders) {
    for (const file of files(`${ROOT}${folder}`)) {
      // Comments hold examples, which run as they stand; code is what counts here.
      const code = Deno.readTextFileSync(file).replace(/\/\*[^]*?\*\//g, "");
      for (
        const [, specifier] of code.matchAll(
          /(?:from|import|import\(|import\.meta\.resolve\()\s*"([^"\n]+)"/g,
        )
      ) yield { file: file.slice(ROOT.length), specifier };
    }
  }
}

function* files(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* files(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

Deno.test("only lib/backend imports tfjs", () => {
  const all = [...imports("lib", "tools")];
  const tfjs = all.filter(({ specifier }) => specifier.includes("tensorflow"));
  assert(tfjs.length > 0, "the look finds the imports of lib/backend");
  assertEquals(tfjs.filter(({ file }) => !file.startsWith("lib/backend/")), []);
});

Deno.test("nothing outside lib/backend knows a kernel: it is entered by its mod.ts", () => {
  const entered = [...imports("lib", "tools")].filter(({ file, specifier }) =>
    specifier.includes("backend/") && !file.startsWith("lib/backend/")
  );
  assert(entered.length > 10, "the look finds the imports of the other folders");
  assertEquals(entered.filter(({ specifier }) => !specifier.endsWith("/backend/mod.ts")), []);
});

Deno.test("lib/backend imports nothing of the project but itself", () => {
  const own = [...imports("lib/backend")].filter(({ specifier }) => specifier.startsWith("."));
  const leaving = own.filter(({ file, specifier }) =>
    !new URL(specifier, `file:///${file}`).pathname.startsWith("/lib/backend/")
  );
  assert(own.length > 10);
  assertEquals(leaving, []);
});
