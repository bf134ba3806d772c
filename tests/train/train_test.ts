import {
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";
import { constant, DivergedError, sgd, type Step, train } from "../../lib/train/mod.ts";
import { toBatch, UNet } from "../../lib/unet/mod.ts";
import { rectangle, smallRun } from "./small_run.ts";

await useBackend({ prefer: "wasm" });

const weightsOf = (net: UNet) =>
  [...net.parameters.values()].map((v) => Float32Array.from(v.dataSync()));

async function all(run: AsyncIterable<Step>): Promise<Step[]> {
  const steps: Step[] = [];
  for await (const step of run) steps.push(step);
  return steps;
}

Deno.test("a net overfits one tile", async () => {
  const sample = rectangle(createRandom(7));
  const net = new UNet({ baseChannels: 8, depth: 1, dropoutRate: 0 }, { random: createRandom(1) });
  const batches = () => toBatch([sample]);
  const { run } = smallRun(60, { net, batches, schedule: constant(0.01) });
  const steps = await all(run);
  assertGreater(steps[0].loss, 0.3);
  assertLess(steps.at(-1)!.loss, 0.005);
  assertEquals(run.result, { step: 60, finished: true, message: "finished at step 60" });
  net.dispose();
});

Deno.test("a step tells step, loss, rate, gradient norm and time", async () => {
  const { net, run } = smallRun(4);
  assertEquals(run.result, undefined);
  const steps = await all(run);
  assertEquals(steps.map(({ step }) => step), [1, 2, 3, 4]);
  assertEquals(
    steps.map(({ learningRate }) => learningRate),
    [0, 0.01 / 3, 0.02 / 3, 0.01 * (1 - 3 / 1000)],
  );
  for (const { loss, gradientNorm, seconds } of steps) {
    assertGreater(Math.min(loss, gradientNorm, seconds), 0);
  }
  net.dispose();
});

Deno.test("the same seed gives the same run, another seed another one", async () => {
  const weights: Float32Array[][] = [];
  for (const seed of [2, 2, 3]) {
    const { net, run } = smallRun(3, { seed });
    await all(run);
    weights.push(weightsOf(net));
    net.dispose();
  }
  assertEquals(weights[0], weights[1]);
  assertEquals(weights[0].every((w, i) => `${w}` === `${weights[2][i]}`), false);
});

Deno.test("clipping bounds the update and leaves the told norm as it was", async () => {
  const changes: number[] = [], norms: number[] = [];
  for (const clipNorm of [undefined, 1e-3]) {
    const { net, run } = smallRun(1, { clipNorm, optimizer: sgd(), schedule: constant(1) });
    const before = weightsOf(net);
    const [{ gradientNorm }] = await all(run);
    const change = weightsOf(net).flatMap((w, i) => [...w].map((v, j) => (v - before[i][j]) ** 2));
    changes.push(Math.sqrt(change.reduce((a, b) => a + b, 0)));
    norms.push(gradientNorm);
    net.dispose();
  }
  assertEquals(norms[0], norms[1]);
  assertLess(Math.abs(changes[0] / norms[0] - 1), 1e-3);
  assertLess(Math.abs(changes[1] / 1e-3 - 1), 1e-3);
});

Deno.test("a step leaves no tensor behind, and a run only the weights", async () => {
  const before = tf.memory().numTensors;
  const { net, run } = smallRun(8);
  const counts: number[] = [];
  for await (const _ of run) counts.push(tf.memory().numTensors);
  assertEquals(new Set(counts).size, 1, `${counts}`);
  assertEquals(tf.memory().numTensors, before + net.parameters.size);
  net.dispose();
});

Deno.test("leaving the loop, the signal and the stop button end the run after the step in progress", async () => {
  const left = smallRun(10);
  for await (const { step } of left.run) if (step === 2) break;
  assertEquals(left.run.result, { step: 2, finished: false, message: "stopped at step 2 of 10" });

  const controller = new AbortController();
  const aborted = smallRun(10, { signal: controller.signal });
  for await (const { step } of aborted.run) if (step === 3) controller.abort();
  assertEquals(aborted.run.result?.message, "stopped at step 3 of 10");

  const file = await Deno.makeTempFile();
  await Deno.utime(file, 1, 1);
  Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
  try {
    const stopped = smallRun(10);
    for await (const { step } of stopped.run) if (step === 4) await Deno.utime(file, 2, 2);
    assertEquals(stopped.run.result?.message, "stopped at step 4 of 10");
    stopped.net.dispose();
  } finally {
    Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    await Deno.remove(file);
  }
  left.net.dispose();
  aborted.net.dispose();
});

Deno.test("timers get their turn in every step", async () => {
  const { net, run } = smallRun(12);
  let ticks = 0,
    timer = setTimeout(function tick() {
      ticks++;
      timer = setTimeout(tick, 0);
    }, 0);
  await all(run);
  clearTimeout(timer);
  assertGreater(ticks, 11);
  net.dispose();
});

Deno.test("a loss that is not a number stops the run before the weights change", async () => {
  const { net, run } = smallRun(10, {
    batches(step, random) {
      const sample = rectangle(random);
      if (step === 2) sample.image.data[400] = NaN;
      return toBatch([sample]);
    },
  });
  let before: unknown;
  const tensors = tf.memory().numTensors;
  const error = await assertRejects(async () => {
    for await (const _ of run) before = weightsOf(net);
  }, DivergedError);
  assertStringIncludes(error.message, "training diverged at step 3: the loss is NaN");
  assertStringIncludes(error.message, "Lower the learning rate (now 0.00666");
  assertEquals(weightsOf(net), before);
  assertEquals(run.result?.step, 2);
  assertEquals(tf.memory().numTensors, tensors);
  net.dispose();
});

Deno.test("a gradient that is not finite is named, even where the loss is fine", async () => {
  const parameters = new Map<string, tf.Variable>([
    ["fine", tf.variable(tf.scalar(1))],
    ["steep", tf.variable(tf.scalar(0))], // the slope of the root at 0 is infinite
  ]);
  const run = train({
    model: { parameters },
    batches: () => ({}),
    loss: () => tf.add(parameters.get("fine")!, tf.sqrt(parameters.get("steep")!)) as tf.Scalar,
    optimizer: sgd(),
    schedule: constant(0.1),
    steps: 1,
  });
  const { message } = await assertRejects(() => all(run), DivergedError);
  assertStringIncludes(message, 'the first gradient that is not finite is that of "steep"');
  assertEquals(parameters.get("fine")!.dataSync()[0], 1);
});

Deno.test("a parameter that the loss does not depend on stays as it is", async () => {
  const parameters = new Map<string, tf.Variable>([
    ["used", tf.variable(tf.scalar(1))],
    ["unused", tf.variable(tf.scalar(1))],
  ]);
  const run = train({
    model: { parameters },
    batches: () => ({}),
    loss: () => tf.square(parameters.get("used")!) as tf.Scalar,
    optimizer: sgd({ weightDecay: 0.1 }),
    schedule: constant(0.1),
    steps: 2,
  });
  await all(run);
  assertEquals(parameters.get("unused")!.dataSync()[0], 1);
  assertLess(parameters.get("used")!.dataSync()[0], 1);
});

Deno.test("numbers out of range are refused before anything happens", () => {
  const net = new UNet({ baseChannels: 2, depth: 1 }, { random: createRandom(1) });
  assertThrows(() => smallRun(1.5, { net }), RangeError, "steps is a whole number of updates");
  assertThrows(
    () => smallRun(1, { net, clipNorm: 0 }),
    RangeError,
    "clipNorm is a positive number",
  );
  assertThrows(
    () => smallRun(1, { net, checkpoint: { path: "x", every: 0 } }),
    RangeError,
    "at least 1; got 0",
  );
  net.dispose();
});

Deno.test("a run that diverges keeps its last good checkpoint and names it, and goes on from there", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/run.safetensors`;
  const spoilt = (step: number, random: Random) => {
    const sample = rectangle(random);
    if (step === 2) sample.image.data[400] = NaN;
    return toBatch([sample]);
  };
  const { net, run } = smallRun(5, { batches: spoilt, checkpoint: { path } });
  const error = await assertRejects(() => all(run), DivergedError);
  assertStringIncludes(error.message, `The last good checkpoint is that of step 2, ${path}`);
  const before = weightsOf(net);
  const again = smallRun(5, { checkpoint: { path } });
  assertEquals((await again.run.next()).value.step, 3);
  await again.run.return({ step: 3, finished: false, message: "" });
  assertEquals(weightsOf(net), before);
  net.dispose();
  again.net.dispose();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("weights that an update made infinite do not replace a good checkpoint", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/run.safetensors`;
  const w = tf.variable(tf.scalar(1)) as tf.Variable;
  const run = train({
    model: { parameters: new Map([["w", w]]) },
    batches: () => ({}),
    loss: () => tf.mul(w, 1e15) as tf.Scalar, // its gradient, 1e15, is finite
    optimizer: sgd({ momentum: 0 }),
    schedule: (step) => step < 2 ? 1e-15 : 1e30, // and the third update is not
    steps: 10,
    checkpoint: { path },
  });
  const error = await assertRejects(() => all(run), DivergedError);
  assertStringIncludes(error.message, 'at step 4: the loss is -Infinity; "w" itself is not finite');
  assertStringIncludes(error.message, `No checkpoint was written to ${path}`);
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  w.dispose();
  await Deno.remove(folder, { recursive: true });
});
