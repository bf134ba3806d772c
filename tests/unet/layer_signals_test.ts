import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { layerSignals, UNet } from "../../lib/unet/mod.ts";

await useBackend({ prefer: "wasm" });

const x = tf.randomNormal<tf.Rank.R4>([1, 188, 188, 1], 0, 1, "float32", 1);

/** The mean over networks with different draws of output / input, by layer. */
async function ratios(count: number, scale = 1): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (let seed = 0; seed < count; seed++) {
    const net = new UNet({ baseChannels: 16 }, { random: createRandom(seed) });
    for (const [name, v] of net.parameters) {
      if (scale !== 1 && name.endsWith("weight")) v.assign(tf.mul(v, scale));
    }
    for (const { layer, input, output } of await layerSignals(net, x)) {
      sums.set(layer, (sums.get(layer) ?? 0) + output / input / count);
    }
    net.dispose();
  }
  return sums;
}

const untrained = await ratios(6);

Deno.test("He initialisation keeps the signal level through every convolution with ReLU (Sect. 3)", () => {
  const all = untrained;
  assertEquals(all.size, 23); // "In total the network has 23 convolutional layers."
  const relus = [...all].filter(([name]) => name.includes(".conv"));
  const mean = relus.reduce((sum, [, r]) => sum + Math.log(r), 0) / relus.length;
  assertAlmostEquals(Math.exp(mean), 1, 0.08);
  for (const [name, ratio] of relus) assert(ratio > 0.5 && ratio < 1.7, `${name}: ${ratio}`);
});

Deno.test("without a ReLU behind it, the signal doubles: up-convolutions", () => {
  const ups = [...untrained].filter(([name]) => name.startsWith("upconv"));
  assertEquals(ups.length, 4);
  const mean = ups.reduce((sum, [, r]) => sum + Math.log(r), 0) / ups.length;
  assertAlmostEquals(Math.exp(mean), 2, 0.3);
});

Deno.test("with weights smaller by sqrt(2) each layer of the contracting path halves the signal", async () => {
  const level = await ratios(1), small = await ratios(1, Math.SQRT1_2);
  for (const [name, ratio] of small) {
    if (!/^down|^bottom/.test(name)) continue; // beyond, skips of another strength are mixed in
    assertAlmostEquals(ratio / level.get(name)!, 0.5, 1e-3);
  }
});

Deno.test("layerSignals frees what it made", async () => {
  const net = new UNet({ baseChannels: 2 }, { random: createRandom(1) });
  const before = tf.memory().numTensors;
  await layerSignals(net, x);
  assertEquals(tf.memory().numTensors, before);
});
