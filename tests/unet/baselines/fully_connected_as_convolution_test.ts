import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { fullyConnectedAsConvolution } from "../../../lib/unet/baselines/mod.ts";
import { imageFromTorch, relativeError } from "../../support/golden.ts";

const units = 5, channels = 3, side = 7, inputs = channels * side * side;
const random = createRandom(1);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());

Deno.test("a fully connected layer and its convolution give the same output", () => {
  const weight = normals(units * inputs), map = normals(inputs); // map: [C, s, s]
  const connected = Array.from(
    { length: units },
    (_, u) => map.reduce((sum, v, i) => sum + v * weight[u * inputs + i], 0),
  );
  const convolved = tf.tidy(() => {
    const filter = fullyConnectedAsConvolution(weight, { units, channels, side });
    const x = imageFromTorch({ shape: [1, channels, side, side], data: map });
    return tf.conv2d(x, tf.tensor4d(filter, [side, side, channels, units]), 1, "valid").dataSync();
  });
  assertEquals(relativeError(convolved, connected) < 1e-5, true);
});

Deno.test("a number of weights that does not fit is refused in words", () => {
  assertThrows(
    () => fullyConnectedAsConvolution(new Float32Array(10), { units, channels, side }),
    RangeError,
    "5 units over 3 channels of 7x7 have 735 weights; got 10",
  );
});
