import { assertEquals, assertRejects } from "@std/assert";
import { writeFileAtomic } from "../../lib/io/mod.ts";

Deno.test("a file is replaced whole and nothing is left beside it", async () => {
  const folder = await Deno.makeTempDir();
  await writeFileAtomic(`${folder}/new/a.txt`, "old");
  await writeFileAtomic(`${folder}/new/a.txt`, "new");
  assertEquals(await Deno.readTextFile(`${folder}/new/a.txt`), "new");
  assertEquals([...Deno.readDirSync(`${folder}/new`)].map((e) => e.name), ["a.txt"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a write that fails says so, keeps the old content and leaves nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/taken/inside`, { recursive: true }); // a folder cannot be renamed over
  await assertRejects(() => writeFileAtomic(`${folder}/taken`, "x"), Error, "could not be written");
  assertEquals([...Deno.readDirSync(folder)].map((e) => e.name), ["taken"]);
  await Deno.remove(folder, { recursive: true });
});
