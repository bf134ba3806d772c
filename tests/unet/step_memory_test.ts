import { assert, assertThrows } from "@std/assert";
import { heapUse } from "../../lib/backend/memory.ts";
import { MemoryError, tf, useBackend } from "../../lib/backend/mod.ts";
import { weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { stepMemory, UNet } from "../../lib/unet/mod.ts";

Deno.test("the memory told for a step is what the step holds at its peak, with little on top", async () => {
  await useBackend({ prefer: "wasm" });
  for (const [baseChannels, side, batch] of [[8, 204, 2], [16, 188, 1], [4, 284, 1]]) {
    const config = { baseChannels, dropoutRate: 0 };
    const net = new UNet(config, { random: createRandom(1) });
    const x = tf.zeros([batch, side, side, 1]) as tf.Tensor4D;
    const labels = tf.zeros([batch, side - 184, side - 184], "int32") as tf.Tensor3D;
    for (const training of [false, true]) {
      const { held } = heapUse({ restart: true });
      if (training) {
        const loss = () => weightedSoftmaxCrossEntropy(net.forward(x, { training }), labels);
        const { value, grads } = tf.variableGrads(loss);
        tf.dispose([value, ...Object.values(grads)]);
      } else net.forward(x).dispose();
      const told = stepMemory(config, { height: side, width: side, batch, training });
      const peak = heapUse().peak - held;
      assert(told >= 0.95 * peak && told <= 1.5 * peak, `told ${told}, peak ${peak}`);
    }
    tf.dispose([x, labels]);
    net.dispose();
  }
  await useBackend({ prefer: "cpu" });
});

Deno.test("a step that cannot fit is refused with the numbers before it starts, and the next one runs", async () => {
  await useBackend({ prefer: "wasm" });
  const net = new UNet({ baseChannels: 4, dropoutRate: 0 }, { random: createRandom(1) });
  const tooMany = { shape: [600, 572, 572, 1] } as tf.Tensor4D; // no such tensor is made
  assertThrows(
    () => net.forward(tooMany, { training: true }),
    MemoryError,
    "a training step of U-Net base 4 on 600 x 572 x 572 pixels needs about",
  );
  assert((await net.forward(tf.zeros([1, 188, 188, 1])).data()).length === 32);
  net.dispose();
  await useBackend({ prefer: "cpu" });
});
