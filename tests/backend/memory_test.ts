import { assert, assertEquals, assertThrows } from "@std/assert";
import { MemoryError, requireMemory, tf, useBackend } from "../../lib/backend/mod.ts";
import type { WasmBackend } from "../../lib/backend/wasm/context.ts";
import { testOnWebgpu } from "../support/webgpu.ts";

Deno.test("a full WebAssembly memory is an exception with the numbers, and the backend goes on", async () => {
  await useBackend({ prefer: "wasm" });
  const backend = tf.backend() as WasmBackend;
  const held: tf.TensorInfo[] = [];
  // Reserved, never written: no page of it is real.
  const error = assertThrows(() => {
    for (let i = 0; i < 10; i++) held.push(backend.makeOutput([2 ** 27], "float32"));
  }, MemoryError) as Error;
  assert(/512 MB more.*4096 MB/.test(error.message), error.message);
  for (const { dataId } of held) backend.disposeData(dataId);
  assertEquals(tf.sum(tf.ones([10])).dataSync()[0], 10);
  await useBackend({ prefer: "cpu" });
});

Deno.test("work that cannot fit is refused before it starts", async () => {
  await useBackend({ prefer: "wasm" });
  requireMemory(2 ** 30, "a step");
  assertThrows(
    () => requireMemory(4.5e9, "a step on a large tile"),
    MemoryError,
    "a step on a large tile needs about 4292 MB; the wasm backend ends at 4096 MB",
  );
  await useBackend({ prefer: "cpu" });
  const { total, swapTotal } = Deno.systemMemoryInfo();
  requireMemory(0.9 * total, "a step");
  const error = assertThrows(() => requireMemory(2 * (total + swapTotal), "a step"), MemoryError);
  assert(/this machine has \d+ MB in all/.test((error as Error).message));
});

testOnWebgpu(import.meta.url, "on WebGPU, too, work beyond the machine is refused", async () => {
  await useBackend({ prefer: "webgpu", allowSoftware: true });
  assertThrows(() => requireMemory(1e15, "a step"), MemoryError, "a step needs about");
  await useBackend({ prefer: "cpu" });
});
