import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { writeSafetensors } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { loadUNet, saveUNet, trainedUNet, UNet } from "../../lib/unet/mod.ts";

await useBackend({ prefer: "cpu" });

Deno.test("a saved network comes back with its shape; 16 bits keep three digits of every weight", async () => {
  const folder = await Deno.makeTempDir();
  const config = { baseChannels: 2, depth: 2, classes: 3, padding: "same" as const };
  const net = new UNet(config, { random: createRandom(1) });
  for (const [dtype, tolerance] of [["F32", 0], ["F16", 2 ** -11]] as const) {
    const path = join(folder, dtype);
    await saveUNet(path, net, { dtype, metadata: { about: "stripes" } });
    const { net: copy, metadata } = await loadUNet(path);
    assertEquals(copy.config, net.config);
    assertEquals(metadata.about, "stripes");
    for (const [name, variable] of net.parameters) {
      const [a, b] = [variable.dataSync(), copy.parameters.get(name)!.dataSync()];
      for (let i = 0; i < a.length; i++) {
        assert(Math.abs(a[i] - b[i]) <= tolerance * Math.abs(a[i]) + tolerance * 2 ** -14);
      }
    }
    copy.dispose();
  }
  const sizes = await Promise.all(
    ["F32", "F16"].map(async (name) => (await Deno.stat(join(folder, name))).size),
  );
  assert(sizes[1] < 0.75 * sizes[0]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("weights of something else are refused in a sentence, and nothing leaks", async () => {
  const folder = await Deno.makeTempDir();
  const other = { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const;
  const before = tf.memory().numTensors;
  await writeSafetensors(join(folder, "a"), new Map([["w", other]]));
  await assertRejects(() => loadUNet(join(folder, "a")), Error, "does not say which U-Net");
  await writeSafetensors(join(folder, "b"), new Map([["w", other]]), {
    config: JSON.stringify({ baseChannels: 2, depth: 2 }),
  });
  await assertRejects(() => loadUNet(join(folder, "b")), Error, "another model's weights");
  assertEquals(tf.memory().numTensors, before);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a trained network that does not exist is named", async () => {
  await assertRejects(() => trainedUNet("cat"), RangeError, 'no trained U-Net "cat"');
});
