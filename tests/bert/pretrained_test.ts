import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BertModel, findPretrained } from "../../lib/bert/mod.ts";

Deno.test("a model that is not there names the command that fetches it", async () => {
  const { message } = await assertRejects(() => BertModel.load("/nowhere/bert-base-cased"), Error);
  assertStringIncludes(message, "/nowhere/bert-base-cased is not there");
  assertStringIncludes(message, "deno task data get bert-base-cased fetches it (Apache-2.0)");
  const other = await assertRejects(() => BertModel.load("/nowhere/my-model"), Error);
  assertStringIncludes(other.message, "deno task data get NAME fetches all-MiniLM-L6-v2");
});

Deno.test("without being asked to download, the project's own model is found and no network read", async () => {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.toObject(), fetchBefore = globalThis.fetch;
  Deno.env.set("DATA_DIR", folder);
  Deno.env.delete("MODELS_DIR");
  globalThis.fetch = () => Promise.reject(new Error("the network was read"));
  try {
    assertStringIncludes((await findPretrained()).about, "small_world_bert");
  } finally {
    globalThis.fetch = fetchBefore;
    for (const name of ["DATA_DIR", "MODELS_DIR"]) {
      if (before[name] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[name]);
    }
    await Deno.remove(folder, { recursive: true });
  }
  assertEquals(globalThis.fetch, fetchBefore);
});
