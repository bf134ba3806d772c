import { assertEquals, assertLess } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { testOnWebgpu } from "../support/webgpu.ts";
import { ALLOWANCE, longRun, type MemorySample } from "./long_run.ts";

testOnWebgpu(
  import.meta.url,
  "on WebGPU steps of changing sizes leave the same buffers in use, and the free ones stay few",
  async () => {
    await useBackend({ prefer: "webgpu", allowSoftware: true });
    const samples: MemorySample[] = [];
    for await (const sample of longRun(24, 8)) samples.push(sample);
    const inUse = new Set(samples.map(({ gpuBytesInUse }) => gpuBytesInUse));
    assertEquals(inUse.size, 1);
    // Without the bound every new size adds buffers, 5 MB by the last step.
    const most = Math.max(...samples.map(({ gpuBytes }) => gpuBytes));
    assertLess(most, [...inUse][0] + 2 * ALLOWANCE);
  },
);

Deno.test("steps of changing sizes hold the same tensors throughout, and the wasm memory stops growing", async () => {
  await useBackend({ prefer: "wasm" });
  const samples: MemorySample[] = [];
  for await (const sample of longRun(240, 8)) samples.push(sample); // 8: every tile size once
  assertEquals(new Set(samples.map(({ tensors }) => tensors)).size, 1);
  // After each size has been seen a few times nothing new is asked for.
  assertEquals(new Set(samples.slice(15).map(({ wasmBytes }) => wasmBytes)).size, 1);
  // The sentences that lie there after a step, [2, 8 to 48] int32, may be longer than those of the first sample.
  const sentences = 4 * 2 * (48 - 8);
  assertLess(samples.at(-1)!.tensorBytes, samples[0].tensorBytes + sentences + 1);
  tf.disposeVariables();
});
