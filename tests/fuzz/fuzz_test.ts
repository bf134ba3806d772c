import { cpuUsage } from "node:process";
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { fuzz, judge } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

const FOUND = join(import.meta.dirname!, "found");
/** A second or so for each; `deno task fuzz` does 20,000. */
const INPUTS = 1500;

for (const target of TARGETS) {
  Deno.test(`${target.name}: damaged files are read or refused in words, soon and in little memory`, async () => {
    const { found } = await fuzz(target, { inputs: INPUTS, seed: 7 });
    assertEquals(found.map(({ index, what }) => `input ${index}: ${what}`), []);
  });

  const known = cases(target.name);
  if (known.length === 0) continue;
  Deno.test(`${target.name}: what once broke it no longer does (${known.length} files)`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const path of known) {
        const { what } = await judge(target, await Deno.readFile(path), folder);
        assertEquals(what, undefined, path);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("the fuzzer sees an error that is not documented, a slow reader, and a large one", async () => {
  const of = async (read: (bytes: Uint8Array) => unknown) => {
    const seeds = () => Promise.resolve([Uint8Array.of(1, 2, 3)]);
    const target = { name: "toy", text: false, seeds, read, documented: () => false };
    const bad = (bytes: Uint8Array) => bytes.join() !== "1,2,3" && read(bytes);
    return (await fuzz({ ...target, read: bad }, { inputs: 20, seed: 1, most: 1 })).found[0].what;
  };
  const saw = async (read: (bytes: Uint8Array) => unknown) => (await of(read)).slice(0, 15);
  assertEquals(
    await saw(() => {
      throw new TypeError("x");
    }),
    "an error that i",
  );
  const slow = () => { // by the clock of the processor's time, as the fuzzer judges
    const begun = cpuUsage();
    for (let used = 0; used < 2e6;) {
      const { user, system } = cpuUsage(begun);
      used = user + system;
    }
  };
  assertEquals((await saw(slow)).slice(0, 7), "it took");
  assertEquals((await saw(() => new Float64Array(1e5))).slice(0, 15), "it made typed a");
});

function cases(name: string): string[] {
  try {
    return [...Deno.readDirSync(join(FOUND, name))].map((file) => join(FOUND, name, file.name))
      .sort();
  } catch {
    return [];
  }
}
