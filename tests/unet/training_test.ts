import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { useBackend } from "../../lib/backend/mod.ts";
import { readSafetensors } from "../../lib/io/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import {
  loadUNet,
  RECIPES,
  trainUNet,
  type TrainUNetOptions,
  UNet,
  type UNetStep,
  type UNetTrainResult,
  withWeightMaps,
} from "../../lib/unet/mod.ts";

await useBackend({ prefer: "wasm" });

/** Stripes to be told from their gaps. */
const size = { width: 48, height: 48 };
const truth = { data: Int32Array.from({ length: 2304 }, (_, i) => i % 8 < 5 ? 1 : 0), ...size };
const slice = { data: Float32Array.from(truth.data, (v) => 0.2 + 0.6 * v), ...size };
const data = withWeightMaps({ slices: [slice], labels: [truth] }, RECIPES.modern);
const newNet = () =>
  new UNet({ baseChannels: 2, depth: 2, dropoutRate: 0.1 }, { random: createRandom(1) });

/** Goes through a whole run, or leaves it after some steps. */
async function run(options: Partial<TrainUNetOptions> & { net: UNet }, leaveAfter = Infinity) {
  const training = trainUNet({ data, tileSide: 52, steps: 6, ...options });
  const steps: UNetStep[] = [];
  let next: IteratorResult<UNetStep, UNetTrainResult> = await training.next();
  for (; !next.done; next = await training.next()) {
    steps.push(next.value);
    if (steps.length === leaveAfter) {
      await training.return(undefined as never);
      return { steps };
    }
  }
  return { steps, result: next.value };
}

const weights = ({ parameters }: UNet) =>
  [...parameters.values()].flatMap((v) => [...v.dataSync()]);

/** Says how good the network is by a list, whatever the network; remembers which step it was asked at. */
const scripted = (errors: number[]) => {
  let asked = 0;
  return () => Promise.resolve(errors[asked++]);
};

Deno.test("both recipes learn stripes", async () => {
  for (const recipe of Object.values(RECIPES)) {
    const net = newNet();
    const fast = { ...recipe, learningRate: recipe === RECIPES.paper ? 1e-3 : 1e-2 };
    const { steps } = await run({ net, recipe: fast, steps: 40 });
    const mean = (some: UNetStep[]) => some.reduce((sum, s) => sum + s.loss, 0) / some.length;
    assert(mean(steps.slice(-8)) < mean(steps.slice(0, 8)), "the loss falls");
    net.dispose();
  }
});

Deno.test("the network is scored on time and after the last step, and the best weights are kept", async () => {
  const folder = await Deno.makeTempDir(), best = join(folder, "best.safetensors");
  const net = newNet();
  const seen: number[][] = [];
  const errors = scripted([0.5, 0.2, 0.2, 0.4]);
  const { steps, result } = await run({
    net,
    steps: 7,
    validation: {
      every: 2,
      score: (net) => {
        seen.push(weights(net));
        return errors();
      },
      best,
    },
  });
  assertEquals(steps.flatMap((s) => s.validation ?? []), [
    { step: 2, error: 0.5 },
    { step: 4, error: 0.2 },
    { step: 6, error: 0.2 },
    { step: 7, error: 0.4 },
  ]);
  assertEquals(result!.best, { step: 4, error: 0.2 });
  const { net: kept, metadata } = await loadUNet(best);
  assertEquals(weights(kept), seen[1]);
  assertEquals([metadata.step, metadata.error], ["4", "0.2"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run that was interrupted ends like one that was not, best weights included", async () => {
  const folder = await Deno.makeTempDir();
  const validation = (name: string) => ({
    every: 2,
    // A true function of the weights: how far their sum is from -1.
    score: (net: UNet) =>
      Promise.resolve(Math.abs(weights(net).reduce((sum, w) => sum + w, 0) + 1)),
    best: join(folder, `${name}.best.safetensors`),
  });
  const whole = newNet();
  const complete = await run({ net: whole, validation: validation("whole") });
  const checkpoint = { path: join(folder, "checkpoint.safetensors"), every: 2 };
  await run({ net: newNet(), checkpoint, validation: validation("parts") }, 3);
  const parts = newNet();
  const { steps, result } = await run({ net: parts, checkpoint, validation: validation("parts") });
  assertEquals(steps[0].step, 4);
  assertEquals(weights(parts), weights(whole));
  assertEquals(result!.best, complete.result!.best);
  const best = async (name: string) =>
    [...(await readSafetensors(join(folder, `${name}.best.safetensors`))).tensors.values()]
      .flatMap(({ data }) => [...data as Float32Array]);
  assertEquals(await best("parts"), await best("whole"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a run killed between a step and its validation makes up for it", async () => {
  const folder = await Deno.makeTempDir();
  const checkpoint = { path: join(folder, "checkpoint.safetensors"), every: 2 };
  const killed = {
    every: 2,
    score: () => Promise.reject(new Error("the machine went off")),
  };
  await assertRejects(
    () => run({ net: newNet(), checkpoint, validation: killed }),
    Error,
    "went off",
  );
  const validation = { every: 2, score: scripted([0.3, 0.2, 0.4]) };
  const { steps, result } = await run({ net: newNet(), checkpoint, validation });
  assertEquals(steps.map(({ step, validation }) => [step, validation?.step]), [
    [3, 2],
    [4, 4],
    [5, undefined],
    [6, 6],
  ]);
  assertEquals(result!.best, { step: 4, error: 0.2 });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("best weights of an older run do not count", async () => {
  const folder = await Deno.makeTempDir(), best = join(folder, "best.safetensors");
  const once = (error: number) =>
    run({ net: newNet(), steps: 2, validation: { every: 2, score: scripted([error]), best } });
  await once(0.1);
  await once(0.6);
  assertEquals((await loadUNet(best)).metadata.error, "0.6");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("examples may come from elsewhere, as many a step as the recipe says", async () => {
  let drawn = 0;
  const net = newNet();
  await run({
    net,
    steps: 2,
    recipe: { ...RECIPES.modern, batchSize: 3 },
    sample: () => {
      drawn++;
      const image = { data: new Float32Array(44 * 44), width: 44, height: 44 };
      return { image, labels: { data: new Int32Array(16), width: 4, height: 4 } };
    },
  });
  assertEquals(drawn, 6);
});
