import { assertEquals } from "@std/assert";
import { watchInterrupt } from "../../lib/io/mod.ts";

Deno.test("a stop pressed before the watch began does not count, one pressed after does", async () => {
  const before = Deno.env.get("NOTEBOOK_INTERRUPT_FILE");
  const file = await Deno.makeTempFile();
  try {
    Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
    await Deno.utime(file, 1000, 1000); // an earlier press
    const interrupt = watchInterrupt();
    assertEquals(interrupt.requested, false);
    await Deno.utime(file, 2000, 2000);
    assertEquals(interrupt.requested, true);
    assertEquals(watchInterrupt().requested, false);
  } finally {
    if (before === undefined) Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    else Deno.env.set("NOTEBOOK_INTERRUPT_FILE", before);
    await Deno.remove(file);
  }
});
