import { assert, assertEquals } from "@std/assert";
import { tf, useBackend } from "../../../lib/backend/mod.ts";
import { testOnWebgpu } from "../../support/webgpu.ts";

interface Manager {
  numBytesAllocated: number;
  numBytesUsed: number;
}

testOnWebgpu(import.meta.url, "tensors of ever other sizes do not fill the device", async () => {
  await useBackend({ prefer: "webgpu", allowSoftware: true });
  const manager = (tf.backend() as unknown as { bufferManager: Manager }).bufferManager;
  let most = 0;
  for (let side = 1000; side < 1060; side++) { // 60 sizes of 4 MB, in three tensors each: 720 MB in all
    const sum = tf.tidy(() => tf.sum(tf.square(tf.add(tf.ones([side, side]), 1))));
    assertEquals((await sum.data())[0], 4 * side * side);
    sum.dispose();
    most = Math.max(most, manager.numBytesAllocated);
  }
  assert(most < 300 * 2 ** 20, `${most} bytes were allocated at once`);
});
