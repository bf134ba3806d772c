import { assert, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { tf, useBackend, WebGPUError } from "../../lib/backend/mod.ts";
import type { GuardedBackend } from "../../lib/backend/guard.ts";
import { testOnWebgpu } from "../support/webgpu.ts";

async function webgpu(): Promise<GuardedBackend> {
  await useBackend({ prefer: "webgpu", allowSoftware: true });
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  return tf.backend() as GuardedBackend;
}

testOnWebgpu(
  import.meta.url,
  "a tensor too large for one binding is refused by kernel and shape",
  async () => {
    const { device } = await webgpu();
    const elements = device.limits.maxStorageBufferBindingSize / 4 + 4;
    const error = assertThrows(() => tf.fill([2, elements / 2], 1), WebGPUError) as Error;
    assertStringIncludes(error.message, "Fill(");
    assertStringIncludes(error.message, `[2,${elements / 2}]`);
    await useBackend({ prefer: "cpu" });
  },
);

testOnWebgpu(
  import.meta.url,
  "a rejected shader is an exception at the next read, naming the kernel",
  async () => {
    await webgpu();
    tf.registerKernel({
      kernelName: "Rejected",
      backendName: "webgpu",
      kernelFunc: ({ inputs, backend }) =>
        (backend as GuardedBackend).runWebGPUProgram(
          {
            variableNames: ["x"],
            outputShape: [4],
            workgroupSize: [4, 1, 1],
            dispatchLayout: { x: [0] },
            dispatch: [1, 1, 1],
            shaderKey: "rejected",
            getUserCode: () =>
              "fn main(index : i32) { result[index] = no_such_function(x[index]); }",
          } as never,
          [inputs.x as tf.TensorInfo],
          "float32",
        ),
    });
    await webgpu(); // again, so that the guard stands in front of the new kernel
    const x = tf.tensor1d([1, 2, 3, 4]);
    const error = await assertRejects(async () => {
      const y = tf.engine().runKernel("Rejected", { x }) as tf.Tensor;
      await y.data();
    }, WebGPUError) as Error;
    assertStringIncludes(error.message, "Rejected(x [4])");
    tf.unregisterKernel("Rejected", "webgpu");
    await useBackend({ prefer: "cpu" });
  },
);

testOnWebgpu(import.meta.url, "a lost device is an exception at the next read", async () => {
  const { device } = await webgpu();
  const y = tf.square(tf.tensor1d([1, 2, 3, 4]));
  device.destroy();
  await device.lost;
  const error = await assertRejects(() => y.data(), WebGPUError) as Error;
  assert(/lost/.test(error.message), error.message);
  await useBackend({ prefer: "cpu" });
});
