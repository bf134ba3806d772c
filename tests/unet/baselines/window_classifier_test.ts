import { assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../../lib/backend/mod.ts";
import { countParameters } from "../../../lib/nn/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import {
  idsiaNetwork,
  WindowClassifier,
  windowMultiplyAdds,
  windowParameterCount,
} from "../../../lib/unet/baselines/mod.ts";
import { relativeError } from "../../support/golden.ts";

Deno.test("the networks for windows of 65 and 95 have the known sizes", () => {
  assertEquals(windowParameterCount(idsiaNetwork(65)), 270_746);
  assertEquals(windowParameterCount(idsiaNetwork(95)), 219_290);
  const net = new WindowClassifier(idsiaNetwork(95, 4, 8), { random: createRandom(1) });
  assertEquals(countParameters(net.parameters), windowParameterCount(net.config));
  assertEquals(net.parameters.get("fc1.weight")!.shape, [3, 3, 4, 8]); // 95 -> 46 -> 21 -> 9 -> 3
  net.dispose();
});

for (const prefer of ["cpu", "wasm"] as const) {
  Deno.test(`one dense pass equals the window at every position, for 65 and 95, on ${prefer}`, async () => {
    await useBackend({ prefer });
    for (const window of [65, 95] as const) {
      const net = new WindowClassifier(idsiaNetwork(window, 3, 5), { random: createRandom(2) });
      const rows = 5, columns = 9; // neither is a multiple of the nets' 8 and 16
      const x = tf.randomUniform<tf.Rank.R4>(
        [1, rows + window - 1, columns + window - 1, 1],
        0,
        1,
        "float32",
        3,
      );
      const dense = net.forwardDense(x);
      assertEquals(dense.shape, [1, rows, columns, 2]);
      const sliding = tf.tidy(() => {
        const windows: tf.Tensor4D[] = [];
        for (let i = 0; i < rows * columns; i++) {
          const at: [number, number, number, number] = [0, Math.floor(i / columns), i % columns, 0];
          windows.push(tf.slice(x, at, [1, window, window, 1]));
        }
        return net.forward(tf.concat(windows));
      });
      const error = relativeError(dense.dataSync(), sliding.dataSync());
      assertEquals(error < 1e-5, true, `${window}: ${error}`);
      tf.dispose([x, dense, sliding]);
      net.dispose();
    }
    await useBackend({ prefer: "cpu" });
  });
}

Deno.test("the count of multiply-adds is the sum over what a forward pass really multiplies", () => {
  const config = idsiaNetwork(65, 3, 5);
  const work = windowMultiplyAdds(config, 16, 24);
  // One window: 61 x 61 outputs of 25 taps, 26 x 26 of 75 taps on 3 channels, 9 x 9, then 4 x 4 x 3 and 5.
  const one = [61 * 61 * 25 * 3, 26 * 26 * 25 * 9, 9 * 9 * 25 * 9, 16 * 3 * 5, 5 * 2];
  assertEquals(work.map((row) => row.perWindow), [...one, one.reduce((a, b) => a + b)]);
  assertEquals(work.at(-1)!.sliding, 16 * 24 * work.at(-1)!.perWindow);
  // Dense: the first convolution runs once over (16 + 64) x (24 + 64) pixels.
  assertEquals(work[0].shared, 76 * 84 * 25 * 3);
  // After one pooling there are 4 fragments of 30 - 1 + 8 by 30 - 1 + 12 pixels.
  assertEquals(work[1].shared, 4 * (37 - 4) * (41 - 4) * 25 * 9);
  // The last layers see every position once: nothing is left to share.
  assertEquals(work[4].shared, work[4].sliding);
});

Deno.test("several scales share the convolutions and meet in the fully connected layer", () => {
  const config = { window: 16, convolutions: [{ side: 3, channels: 2 }], units: 3, scales: 2 };
  const net = new WindowClassifier(config, { random: createRandom(4) });
  assertEquals(net.parameters.get("conv1.weight")!.shape, [3, 3, 1, 2]);
  assertEquals(net.parameters.get("fc1.weight")!.shape, [7, 7, 4, 3]);
  const alone = new WindowClassifier({ ...config, scales: 1 }, { random: createRandom(5) });
  for (const [name, variable] of alone.parameters) {
    const value = net.parameters.get(name)! as tf.Tensor;
    variable.assign(name === "fc1.weight" ? tf.slice(value, [0, 0, 0, 0], [7, 7, 2, 3]) : value);
  }
  // A coarse scale that is black everywhere adds nothing: the biases are zero.
  const fine = tf.randomUniform<tf.Rank.R4>([2, 16, 16, 1], 0, 1, "float32", 6);
  const both = tf.concat([fine, tf.zerosLike(fine)], 3);
  const error = relativeError(net.forward(both).dataSync(), alone.forward(fine).dataSync());
  assertEquals(error < 1e-6, true);
  assertThrows(() => net.forwardDense(fine), RangeError, "one scale only; this net has 2");
});

Deno.test("windows and configurations that do not fit are refused in words", () => {
  const net = new WindowClassifier(idsiaNetwork(65, 1, 1), { random: createRandom(0) });
  assertThrows(() => net.forward(tf.zeros([1, 64, 65, 1])), RangeError, "windows of 65 x 65");
  assertThrows(
    () => net.forwardDense(tf.zeros([1, 64, 80, 1])),
    RangeError,
    "no window of 65 x 65",
  );
  const convolutions = [{ side: 5, channels: 1 }];
  const tooSmall = () =>
    new WindowClassifier({ window: 5, convolutions }, { random: createRandom(0) });
  assertThrows(tooSmall, RangeError, "leaves 0 pixels for the fully connected layer");
});

Deno.test("forward and forwardDense leave nothing behind but their result", () => {
  const net = new WindowClassifier(idsiaNetwork(65, 2, 2), { random: createRandom(0) });
  const x = tf.zeros<tf.Rank.R4>([1, 65, 65, 1]), before = tf.memory().numTensors;
  net.forward(x).dispose();
  net.forwardDense(x).dispose();
  assertEquals(tf.memory().numTensors, before);
});
