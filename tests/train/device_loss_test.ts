import { assertEquals, assertRejects } from "@std/assert";
import { tf, useBackend, WebGPUError } from "../../lib/backend/mod.ts";
import { testOnWebgpu } from "../support/webgpu.ts";
import { smallRun } from "./small_run.ts";

testOnWebgpu(
  import.meta.url,
  "a WebGPU device that is lost ends training with an exception, and the run goes on from its checkpoint",
  async () => {
    await useBackend({ prefer: "webgpu", allowSoftware: true });
    const path = `${await Deno.makeTempDir()}/run.safetensors`;
    const { run } = smallRun(6, { checkpoint: { path, every: 1 } });
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    let last = 0;
    await assertRejects(
      async () => {
        for await (const { step } of run) {
          last = step;
          if (step !== 3) continue;
          device.destroy();
          await device.lost;
        }
      },
      WebGPUError,
      "The GPU device was lost",
    );
    assertEquals(last, 3);
    await useBackend({ prefer: "webgpu", allowSoftware: true }); // another device
    const again = smallRun(6, { checkpoint: { path, every: 1 } });
    const steps: number[] = [];
    for await (const { step } of again.run) steps.push(step);
    assertEquals(steps, [4, 5, 6]);
    await useBackend({ prefer: "cpu" });
  },
);
