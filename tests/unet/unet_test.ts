import { assert, assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { countParameters, weightedSoftmaxCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { parameterCount, UNet, type UNetConfig } from "../../lib/unet/mod.ts";
import { constant, sgd, train } from "../../lib/train/mod.ts";
import {
  filterFromTorch,
  type Golden,
  imageFromTorch,
  readGolden,
  relativeError,
} from "../support/golden.ts";

await useBackend({ prefer: "wasm" }); // plain JavaScript takes minutes; the backends are compared in tests/backend

const reference = await readGolden("unet_tiny/reference.safetensors");
const weights = await readGolden("unet_tiny/weights.safetensors");

/** Gives a network PyTorch's weights. */
function fill(net: UNet, weight: (name: string) => Golden): void {
  for (const [name, variable] of net.parameters) {
    const golden = weight(name);
    const value = name.endsWith("weight") ? filterFromTorch(golden) : tf.tensor(golden.data);
    variable.assign(value);
    value.dispose();
  }
}

/** The network of the golden, with its weights. */
function goldenNet(): UNet {
  const net = new UNet({ baseChannels: 4 }, { random: createRandom(0) });
  fill(net, (name) => weights.get(name)!);
  return net;
}

const golden = (name: string) => reference.get(name)!;

Deno.test("parameter counts are the paper's, at full and at reduced width", () => {
  assertEquals(parameterCount({}), 31_030_658);
  assertEquals(parameterCount({ classes: 1 }), 31_030_593);
  assertEquals(parameterCount({ inputChannels: 3 }), 31_031_810);
  assertEquals(parameterCount({ release2015: true }), 31_100_354);
});

Deno.test("a network that was built has the counted parameters, in the paper's 23 layers", () => {
  for (
    const config of [{ baseChannels: 4 }, { baseChannels: 16 }, {
      baseChannels: 4,
      release2015: true,
    }]
  ) {
    const net = new UNet(config, { random: createRandom(0) });
    const rows = net.summary(572);
    assertEquals(countParameters(net.parameters), parameterCount(config));
    assertEquals(rows.reduce((sum, row) => sum + row.parameters, 0), parameterCount(config));
    assertEquals(rows.length, 23); // "In total the network has 23 convolutional layers."
    net.dispose();
  }
  assertEquals([4, 16].map((baseChannels) => parameterCount({ baseChannels })), [
    121_658,
    1_940_834,
  ]);
});

Deno.test("the table of layers has the sizes of Fig. 1", () => {
  const net = new UNet({ baseChannels: 1 }, { random: createRandom(0) });
  // deno-fmt-ignore
  assertEquals(net.summary(572).map((row) => row.inputSide), [
    572, 570, 284, 282, 140, 138, 68, 66, 32, 30,
    28, 56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388,
  ]);
  // deno-fmt-ignore
  assertEquals(net.summary(572).map((row) => row.side), [
    570, 568, 282, 280, 138, 136, 66, 64, 30, 28,
    56, 54, 52, 104, 102, 100, 200, 198, 196, 392, 390, 388, 388,
  ]);
  net.dispose();
});

Deno.test("logits equal PyTorch's on two tile sizes", () => {
  const net = goldenNet();
  for (const [input, logits] of [["input", "logits"], ["input220", "logits220"]]) {
    const x = imageFromTorch(golden(input)), expected = imageFromTorch(golden(logits));
    const y = net.forward(x);
    assertEquals(y.shape, expected.shape);
    assertEquals(relativeError(y.dataSync(), expected.dataSync()) < 1e-5, true);
    tf.dispose([x, y, expected]);
  }
  net.dispose();
});

const goldenBatch = () => ({
  x: imageFromTorch(golden("input")),
  labels: tf.tensor3d(Int32Array.from(golden("target").data), [2, 4, 4], "int32"),
  w: tf.tensor3d(golden("weight_map").data, [2, 4, 4]),
});

Deno.test("the weighted losses equal PyTorch's", () => {
  const net = goldenNet(), { x, labels, w } = goldenBatch();
  const logits = net.forward(x);
  for (
    const [reduction, name] of [
      ["sum", "loss_sum"],
      ["mean", "loss_mean"],
      ["weighted mean", "loss_weighted_mean"],
    ] as const
  ) {
    const loss = weightedSoftmaxCrossEntropy(logits, labels, w, reduction);
    assertEquals(relativeError(loss.dataSync(), golden(name).data) < 1e-5, true, name);
    loss.dispose();
  }
  tf.dispose([logits, x, labels, w]);
  net.dispose();
});

Deno.test("the 2015 release's variant equals PyTorch's in logits and every gradient", async () => {
  const release = await readGolden("unet_release2015/reference.safetensors");
  const config = { baseChannels: 2, inputChannels: 2, classes: 3, release2015: true };
  const net = new UNet(config, { random: createRandom(0) });
  fill(net, (name) => release.get(`weight.${name}`)!);
  const x = imageFromTorch(release.get("input")!), logits = imageFromTorch(release.get("logits")!);
  const labels = tf.tensor3d(Int32Array.from(release.get("target")!.data), [1, 4, 4], "int32");
  const w = tf.tensor3d(release.get("weight_map")!.data, [1, 4, 4]);
  const y = net.forward(x);
  assertEquals(relativeError(y.dataSync(), logits.dataSync()) < 1e-5, true);
  const { value, grads } = tf.variableGrads(
    () => weightedSoftmaxCrossEntropy(net.forward(x), labels, w),
    [...net.parameters.values()],
  );
  assertEquals(relativeError(value.dataSync(), release.get("loss_mean")!.data) < 1e-5, true);
  for (const [name, variable] of net.parameters) {
    close(name, grads[variable.name], release.get(`grad.${name}`)!);
  }
  tf.dispose([x, y, logits, labels, w, value, grads]);
  net.dispose();
});

Deno.test("every gradient, and two steps of SGD with momentum 0.99, equal PyTorch's", async () => {
  const net = goldenNet(), { x, labels, w } = goldenBatch();
  const momentum = sgd({ momentum: 0.99 });
  const run = train({
    model: net,
    batches: () => ({}),
    loss: () => weightedSoftmaxCrossEntropy(net.forward(x), labels, w),
    optimizer: {
      ...momentum,
      update(parameters, gradients, rate, step) {
        if (step === 0) {
          assertEquals([...gradients.keys()], [...parameters.keys()]);
          for (const [name, gradient] of gradients) close(name, gradient, golden(`grad.${name}`));
        }
        momentum.update(parameters, gradients, rate, step);
      },
    },
    schedule: constant(1e-3),
    steps: 2,
  });
  const losses: number[] = [];
  for await (const { loss } of run) losses.push(loss);
  const { sgd_losses: expected } = JSON.parse(
    await Deno.readTextFile(new URL("../golden/unet_tiny/reference.json", import.meta.url)),
  );
  assertEquals(relativeError(losses, expected) < 1e-5, true, `${losses}`);
  for (const name of ["down.0.conv1.weight", "upconv.0.weight", "head.weight", "head.bias"]) {
    close(name, net.parameters.get(name)!, golden(`sgd2.${name}`));
  }
  tf.dispose([x, labels, w]);
  net.dispose();
});

/** Asserts that a tensor in our layout equals one in PyTorch's. */
function close(name: string, ours: tf.Tensor, theirs: Golden) {
  const expected = name.endsWith("weight") ? filterFromTorch(theirs) : tf.tensor(theirs.data);
  const error = relativeError(ours.dataSync(), expected.dataSync());
  assertEquals(error < 1e-4, true, `${name}: ${error}`);
  expected.dispose();
}

Deno.test("a moved picture gives the moved segmentation, 16 pixels at a time", () => {
  const net = goldenNet(), random = createRandom(3);
  const wide = tf.tensor4d(Float32Array.from({ length: 204 * 204 }, () => random.uniform()), [
    1,
    204,
    204,
    1,
  ]);
  const whole = net.forward(wide); // 204 -> 20
  const moved = net.forward(tf.slice(wide, [0, 16, 16, 0], [1, 188, 188, 1])); // 188 -> 4
  const there = tf.slice(whole, [0, 16, 16, 0], [1, 4, 4, 2]);
  assertEquals(relativeError(moved.dataSync(), there.dataSync()) < 1e-5, true);
  net.dispose();
});

Deno.test("He initialisation: every layer's weights have variance 2/N, biases are zero", () => {
  const net = new UNet({ baseChannels: 16 }, { random: createRandom(5) });
  for (const [name, variable] of net.parameters) {
    const values = variable.dataSync() as Float32Array;
    if (name.endsWith("bias")) {
      assertEquals(values.every((v) => v === 0), true, name);
      continue;
    }
    const [kh, kw, third, fourth] = variable.shape;
    const N = name.startsWith("upconv") ? fourth : kh * kw * third;
    const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    // The variance of a sample variance of n normal draws is 2/n: five standard errors.
    assertEquals(Math.abs(variance * N / 2 - 1) < 5 * Math.sqrt(2 / values.length), true, name);
  }
  net.dispose();
});

Deno.test("the same seed gives the same weights; dropout acts only while training and follows its seed", () => {
  const make = (seed: number) => new UNet({ baseChannels: 2 }, { random: createRandom(seed) });
  const a = make(1), b = make(1), c = make(2);
  const first = (net: UNet) => [...net.parameters.values()][0].dataSync();
  assertEquals(first(a), first(b));
  assertEquals(relativeError(first(a), first(c)) > 0.01, true);

  const x = tf.ones<tf.Rank.R4>([1, 188, 188, 1]);
  const run = (seed?: number) =>
    a.forward(x, seed === undefined ? {} : { training: true, random: createRandom(seed) })
      .dataSync();
  assertEquals(run(), run());
  assertEquals(run(1), run(1));
  assertEquals(relativeError(run(1), run(2)) > 0, true);
  assertEquals(relativeError(run(1), run()) > 0, true);
  assertThrows(() => a.forward(x, { training: true }), Error, "needs a generator");
  for (const net of [a, b, c]) net.dispose();
});

Deno.test("wrong tiles and configurations are refused in words", () => {
  const net = new UNet({ baseChannels: 1 }, { random: createRandom(0) });
  assertThrows(() => net.forward(tf.zeros([1, 188, 200, 1])), RangeError, "side 200 is not 16k+60");
  assertThrows(() => net.forward(tf.zeros([1, 188, 188, 3])), RangeError, "inputChannels: 3");
  const build = (config: UNetConfig) => () => new UNet(config, { random: createRandom(0) });
  assertThrows(build({ baseChannels: 0 }), RangeError, "baseChannels is a whole number");
  assertThrows(build({ dropoutRate: 1 }), RangeError, "dropoutRate lies in [0, 1)");
  assertThrows(build({ depth: 9 }), RangeError, "depth is a whole number from 1 to 8");
  net.dispose();
});

Deno.test("a network holds its parameters and nothing else, and forward leaves only its result", () => {
  const empty = tf.memory().numTensors;
  const net = new UNet({ baseChannels: 2 }, { random: createRandom(0) });
  assertEquals(tf.memory().numTensors, empty + net.parameters.size);
  const x = tf.zeros<tf.Rank.R4>([1, 188, 188, 1]), before = tf.memory().numTensors;
  net.forward(x, { training: true, random: createRandom(1) }).dispose();
  assertEquals(tf.memory().numTensors, before);
  x.dispose();
  net.dispose();
  assertEquals(tf.memory().numTensors, empty);
});

Deno.test("where a tile's zeros are out of reach, padding changes nothing", () => {
  const config = { baseChannels: 3, depth: 2 };
  const valid = new UNet(config, { random: createRandom(2) });
  const same = new UNet({ ...config, padding: "same" }, { random: createRandom(2) });
  const random = createRandom(3);
  const x = tf.tensor4d(
    Float32Array.from({ length: 96 * 96 }, () => random.uniform(-1, 1)),
    [1, 96, 96, 1],
  );
  // From (18, 18) on, for there both networks pool the same pixels: 18 + 2 is even, 18 + 6 a multiple of 4.
  const inner = tf.slice(x, [0, 18, 18, 0], [1, 60, 60, 1]);
  const answer = valid.forward(inner); // [1, 20, 20, 2], 20 pixels from the crop's edge
  const padded = same.forward(x); // [1, 96, 96, 2]
  assertEquals(padded.shape, [1, 96, 96, 2]);
  const there = tf.slice(padded, [0, 38, 38, 0], answer.shape);
  assert(tf.max(tf.abs(tf.sub(there, answer))).dataSync()[0] < 1e-5);
  assertEquals(same.summary(96).at(-1)!.side, 96);
  assertThrows(() => same.forward(inner.slice([0, 0, 0, 0], [1, 58, 58, 1])), RangeError, "4k");
});

Deno.test("onLayer sees every layer with weights, in order, as the forward pass computes it", () => {
  const net = new UNet({ baseChannels: 2, depth: 2 }, { random: createRandom(2) });
  const names: string[] = [], least: number[] = [];
  net.forward(tf.ones([1, 60, 60, 1]), {
    onLayer(name, _input, output) {
      names.push(name);
      least.push(output.min().dataSync()[0]);
    },
  });
  const weights = [...net.parameters.keys()].filter((name) => name.endsWith(".weight"));
  assertEquals(names.map((name) => `${name}.weight`), weights);
  names.forEach((name, i) =>
    name.includes(".conv") && assert(least[i] >= 0, `${name} has its ReLU`)
  );
});
