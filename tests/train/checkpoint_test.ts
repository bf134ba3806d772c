import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { readSafetensors, writeSafetensors } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { CheckpointError, loadWeights, saveWeights, sgd } from "../../lib/train/mod.ts";
import { UNet } from "../../lib/unet/mod.ts";
import { trainWithKills } from "./kills.ts";
import { smallRun } from "./small_run.ts";

await useBackend({ prefer: "wasm" });

const bits = (net: UNet) =>
  [...net.parameters.values()].map((v) => new Uint32Array(Float32Array.from(v.dataSync()).buffer));

/** The weights of a run that nobody disturbed. */
async function unbroken(steps: number) {
  const { net, run } = smallRun(steps);
  for await (const _ of run);
  const weights = bits(net);
  net.dispose();
  return weights;
}

/** The weights in a checkpoint. */
async function stored(path: string) {
  const net = new UNet({ baseChannels: 2, depth: 1 }, { random: createRandom(9) });
  const { tensors } = await readSafetensors(path);
  for (const [name, variable] of net.parameters) {
    const { data, shape } = tensors.get(`model.${name}`)!;
    tf.tidy(() => variable.assign(tf.tensor(data as Float32Array, [...shape])));
  }
  const weights = bits(net);
  net.dispose();
  return weights;
}

async function inFolder(test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/run.safetensors`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a run that is left and goes on ends with the bits of an unbroken one", () =>
  inFolder(async (path) => {
    for (const until of [2, 5, 9]) {
      const { net, run } = smallRun(9, { checkpoint: { path } });
      for await (const { step } of run) if (step === until) break;
      net.dispose();
    }
    assertEquals(await stored(path), await unbroken(9));
  }));

Deno.test("a process killed at random moments and started again ends with the bits of an unbroken run", () =>
  inFolder(async (path) => {
    const steps = 300;
    // Other moments every time. As a program, kills.ts does fifty.
    const { kills, finished } = await trainWithKills(path, { steps, wanted: 5, seed: Date.now() });
    assertEquals(finished, true);
    assertGreater(kills, 0, "no kill came before the end");
    assertEquals((await readSafetensors(path)).metadata.step, `${steps}`);
    assertEquals(await stored(path), await unbroken(steps));
  }));

Deno.test("a checkpoint of another run is refused in words, and neither weights nor file change", () =>
  inFolder(async (path) => {
    const first = smallRun(2, { checkpoint: { path } });
    for await (const _ of first.run);
    first.net.dispose();
    const refused = async (text: string, options: Parameters<typeof smallRun>[1] = {}) => {
      const { net, run } = smallRun(3, { checkpoint: { path }, ...options });
      const before = bits(net), file = await Deno.readFile(path);
      await assertRejects(() => run.next(), Error, text);
      assertEquals(bits(net), before);
      assertEquals(await Deno.readFile(path), file);
      net.dispose();
    };
    await refused('it has "optimizer.m.', { optimizer: sgd() });
    await refused("it was made with seed 2, this run has 3", { seed: 3 });
    const random = createRandom(1);
    await refused('"model.down.0.conv1.weight" has shape [3,3,1,2] there and [3,3,1,3] here', {
      net: new UNet({ baseChannels: 3, depth: 1 }, { random }),
    });
    await refused("which this model and optimizer do not", {
      net: new UNet({ baseChannels: 2, depth: 1 }, { random }),
      optimizer: sgd(),
    });
    const { tensors, metadata } = await readSafetensors(path);
    await writeSafetensors(path, tensors, { ...metadata, step: "many" });
    await refused('its step is "many"');
    await writeSafetensors(path, tensors, { ...metadata, version: "2" });
    await refused("it has version 2, this program reads 1");
    await writeSafetensors(path, tensors);
    await refused("it is no training checkpoint");
    await Deno.truncate(path, 500);
    await refused("cut off");
  }));

Deno.test("a finished checkpoint is not trained further", () =>
  inFolder(async (path) => {
    for (const asked of [4, 3]) {
      const { net, run } = smallRun(asked, { checkpoint: { path } });
      let count = 0;
      for await (const _ of run) count++;
      assertEquals(count, asked === 4 ? 4 : 0);
      assertEquals(run.result, { step: 4, finished: true, message: "finished at step 4" });
      net.dispose();
    }
  }));

Deno.test("weights come back as they were, with their metadata", () =>
  inFolder(async (path) => {
    const make = (seed: number, baseChannels = 2) =>
      new UNet({ baseChannels, depth: 1 }, { random: createRandom(seed) });
    const a = make(1), b = make(2), wider = make(3, 3);
    await saveWeights(path, a.parameters, { data: "phantom" });
    assertEquals(await loadWeights(path, b.parameters), { data: "phantom" });
    assertEquals(bits(b), bits(a));
    const before = bits(wider);
    await assertRejects(
      () => loadWeights(path, wider.parameters),
      Error,
      '"down.0.conv1.weight" has shape [3,3,1,2], this model needs [3,3,1,3]',
    );
    assertEquals(bits(wider), before);
    const deeper = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(1) });
    await assertRejects(
      () => loadWeights(path, deeper.parameters),
      Error,
      "holds another model's weights: missing [down.1.conv1.weight",
    );
    await assertRejects(() => CheckpointErrorOf(path), CheckpointError, "no training checkpoint");
    for (const net of [a, b, wider, deeper]) net.dispose();
  }));

/** A weight file given as a checkpoint. */
async function CheckpointErrorOf(path: string) {
  const { net, run } = smallRun(1, { checkpoint: { path } });
  try {
    await run.next();
  } finally {
    net.dispose();
  }
}
