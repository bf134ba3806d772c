import { assertEquals } from "@std/assert";
import { taskSample } from "../../lib/lesson/mod.ts";

Deno.test("where the benchmark is missing a lesson has the small world's task, the same sample every time", async () => {
  const folder = await Deno.makeTempDir(), before = Deno.env.get("DATA_DIR");
  Deno.env.set("DATA_DIR", folder);
  const take = () => taskSample("QNLI", "small_world_entailment", { train: 5, dev: 3 });
  const [a, b] = [await take(), await take()];
  if (before === undefined) Deno.env.delete("DATA_DIR");
  else Deno.env.set("DATA_DIR", before);
  await Deno.remove(folder);
  assertEquals(a.isReal, false);
  assertEquals(a.task.name, "small_world_entailment");
  assertEquals([a.train.length, a.development.examples.length], [5, 3]);
  assertEquals(a.train, b.train);
  assertEquals(
    a.features.every(({ encodings: [e] }) => e.inputIds.length <= a.limits.maxLength),
    true,
  );
});
