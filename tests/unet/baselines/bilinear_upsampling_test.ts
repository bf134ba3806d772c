import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import { bilinearKernel, bilinearUpsampling } from "../../../lib/unet/baselines/mod.ts";
import { readGolden, relativeError } from "../../support/golden.ts";

const reference = await readGolden("fcn_tiny/reference.safetensors");

Deno.test("bilinear kernels equal the reference's for every size that FCN uses", () => {
  for (const size of [4, 16, 32, 64]) {
    const expected = reference.get(`bilinear${size}`)!.data;
    assertEquals(relativeError(bilinearKernel(size), expected) < 1e-7, true, `size ${size}`);
  }
  assertThrows(() => bilinearKernel(0), RangeError, "at least 1; got 0");
});

Deno.test("upsampling a straight ramp gives a straight ramp, each class on its own", () => {
  const ramp = tf.tidy(() =>
    tf.stack([tf.tile(tf.range(0, 6).reshape([1, 6]), [6, 1]), tf.ones([6, 6])], -1).expandDims(0)
  ) as tf.Tensor4D;
  const up = bilinearUpsampling(ramp, 4); // [1, 28, 28, 2]
  assertEquals(up.shape, [1, 28, 28, 2]);
  const values = up.dataSync();
  for (let x = 4; x < 24; x++) { // away from the border, where the outer half kernel fades out
    const at = (14 * 28 + x) * 2;
    // Pixel m of the ramp lies at 4 m + 3.5 of the upsampled one.
    assertEquals(Math.abs(values[at] - (x - 3.5) / 4) < 1e-5, true, `column ${x}`);
    assertEquals(Math.abs(values[at + 1] - 1) < 1e-6, true);
  }
  tf.dispose([ramp, up]);
});
