import { assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { receptiveField, tileCovering, UNet } from "../../lib/unet/mod.ts";

await useBackend({ prefer: "wasm" });

/** First and last row of the tile with a gradient from one output pixel, over a few random tiles. */
async function measured(pixel: number, depth: number) {
  const { input } = tileCovering(pixel + 1, depth);
  const net = new UNet({ baseChannels: 2, depth, dropoutRate: 0 }, { random: createRandom(1) });
  // Positive weights: no ReLU is shut, so that only max pooling can hide a pixel.
  for (const variable of net.parameters.values()) variable.assign(tf.abs(variable));
  let begin = Infinity, end = -Infinity;
  for (let seed = 0; seed < 6; seed++) {
    const random = createRandom(seed);
    const x = tf.tensor4d(
      Float32Array.from({ length: input * input }, () => random.uniform()),
      [1, input, input, 1],
    );
    const one = (x: tf.Tensor) =>
      tf.sum(tf.slice(net.forward(x as tf.Tensor4D), [0, pixel, 0, 0], [1, 1, -1, 2]));
    const gradient = tf.grad(one)(x);
    const rows = await tf.sum(tf.abs(gradient), [0, 2, 3]).data();
    rows.forEach((value, row) => {
      if (value === 0) return;
      begin = Math.min(begin, row);
      end = Math.max(end, row);
    });
    tf.dispose([x, gradient]);
  }
  net.dispose();
  return { begin, end, size: end - begin + 1 };
}

Deno.test("the receptive field by formula is the one that gradients show, wherever the pixel lies", async () => {
  for (const pixel of [0, 1, 2, 3, 4, 5, 6, 7]) {
    assertEquals(receptiveField(pixel, 2), await measured(pixel, 2), `pixel ${pixel}, depth 2`);
  }
  for (const pixel of [0, 5]) {
    assertEquals(receptiveField(pixel, 3), await measured(pixel, 3), `pixel ${pixel}, depth 3`);
  }
});

Deno.test("every pixel of an output sees nothing beyond its tile", () => {
  for (const depth of [1, 2, 3, 4]) {
    for (let output = 1; output < 60; output++) {
      const tile = tileCovering(output, depth);
      const { begin, end } = receptiveField(tile.output - 1, depth);
      assertEquals(begin >= 0 && end < tile.input, true, `depth ${depth}, output ${tile.output}`);
    }
  }
});

Deno.test("an output pixel that is none is refused", () => {
  assertThrows(() => receptiveField(-1), RangeError, "got -1");
});
