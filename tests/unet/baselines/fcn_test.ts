import { assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../../lib/backend/mod.ts";
import { countParameters, weightedSoftmaxCrossEntropy } from "../../../lib/nn/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import {
  cropOffsets,
  FCN,
  type FCNConfig,
  fcnParameterCount,
  type FCNVariant,
} from "../../../lib/unet/baselines/mod.ts";
import {
  filterFromTorch,
  imageFromTorch,
  readGolden,
  relativeError,
} from "../../support/golden.ts";

const reference = await readGolden("fcn_tiny/reference.safetensors");
const weights = await readGolden("fcn_tiny/weights.safetensors");
const golden = (name: string) => reference.get(name)!;

const tiny = {
  channels: [2, 3, 4, 4, 4],
  units: 6,
  inputChannels: 1,
  classes: 3,
  dropoutRate: 0,
} as const satisfies FCNConfig;

/** conv3_2.weight is blocks.2.1.weight in the golden. */
function nameInGolden(name: string): string {
  return name.replace(/conv(\d)_(\d)/, (_, b, i) => `blocks.${b - 1}.${i - 1}`);
}

function goldenNet(variant: FCNVariant): FCN {
  const net = new FCN({ ...tiny, variant }, { random: createRandom(0) });
  for (const [name, variable] of net.parameters) {
    const value = weights.get(nameInGolden(name))!;
    tf.tidy(() =>
      variable.assign(name.endsWith("weight") ? filterFromTorch(value) : tf.tensor(value.data))
    );
  }
  return net;
}

Deno.test("parameter counts at full width are those of VGG-16 with 21 score channels", () => {
  assertEquals(fcnParameterCount({ variant: "32s" }), 134_346_581);
  assertEquals(fcnParameterCount({ variant: "16s" }), 134_346_581 + 10_773);
  assertEquals(fcnParameterCount({ variant: "8s" }), 134_346_581 + 10_773 + 5_397);
  assertEquals(fcnParameterCount({}), fcnParameterCount({ variant: "8s-at-once" }));
});

Deno.test("a net that was built has the counted parameters; its table has the sizes of a 500 picture", () => {
  for (const variant of ["32s", "16s", "8s"] as const) {
    const net = new FCN({ ...tiny, variant }, { random: createRandom(0) });
    assertEquals(countParameters(net.parameters), fcnParameterCount(net.config));
    const rows = net.summary(500, 500);
    assertEquals(rows.reduce((n, row) => n + row.parameters, 0), fcnParameterCount(net.config));
    const size = (layer: string) => rows.find((row) => row.layer === layer)!.size;
    // pools 1-5 of a 500 picture: 349, 175, 88, 44, 22; then fc6 gives 16
    assertEquals(["conv2_1", "conv3_1", "conv4_1", "conv5_1", "fc6"].map(size), [
      "349×349",
      "175×175",
      "88×88",
      "44×44",
      "16×16",
    ]);
    net.dispose();
  }
});

Deno.test("the crops are the reference nets', and every padding from 81 on covers the picture", () => {
  assertEquals(cropOffsets(100), { pool4: 5, pool3: 9, "32s": 19, "16s": 27, "8s": 31 });
  const net = new FCN({ ...tiny, pad: 81 }, { random: createRandom(0) });
  for (const side of [1, 31, 32, 33, 50]) {
    const y = tf.tidy(() => net.forward(tf.zeros([1, side, 64, 1])));
    assertEquals(y.shape, [1, side, 64, 3]);
    y.dispose();
  }
  net.dispose();
});

for (const prefer of ["cpu", "wasm"] as const) {
  Deno.test(`logits of FCN-32s, 16s and 8s equal PyTorch's on ${prefer}`, async () => {
    await useBackend({ prefer });
    for (const variant of ["32s", "16s", "8s"] as const) {
      const net = goldenNet(variant);
      const x = imageFromTorch(golden("input")),
        expected = imageFromTorch(golden(`logits${variant}`));
      const y = net.forward(x);
      assertEquals(y.shape, expected.shape);
      const error = relativeError(y.dataSync(), expected.dataSync());
      assertEquals(error < 1e-5, true, `${error}`);
      tf.dispose([x, y, expected]);
      net.dispose();
    }
    await useBackend({ prefer: "cpu" });
  });

  Deno.test(`loss and every gradient of FCN-8s equal PyTorch's on ${prefer}, ignored pixels included`, async () => {
    await useBackend({ prefer });
    const net = goldenNet("8s");
    const x = imageFromTorch(golden("input")), target = golden("target").data;
    const shape: [number, number, number] = [1, 72, 88];
    const labels = tf.tensor3d(Int32Array.from(target, (l) => l === 255 ? 0 : l), shape, "int32");
    const counted = tf.tensor3d(Float32Array.from(target, (l) => l === 255 ? 0 : 1), shape);
    const { value, grads } = tf.variableGrads(
      () => weightedSoftmaxCrossEntropy(net.forward(x), labels, counted, "sum"),
      [...net.parameters.values()],
    );
    assertEquals(relativeError(value.dataSync(), golden("loss8s_sum").data) < 1e-5, true);
    for (const [name, variable] of net.parameters) {
      const expected = golden(`grad.${nameInGolden(name)}`);
      const ours = name.endsWith("weight") ? filterFromTorch(expected) : tf.tensor(expected.data);
      const error = relativeError(grads[variable.name].dataSync(), ours.dataSync());
      assertEquals(error < 1e-4, true, `${name}: ${error}`);
      ours.dispose();
    }
    tf.dispose([value, grads, x, labels, counted]);
    net.dispose();
    await useBackend({ prefer: "cpu" });
  });
}

Deno.test("a finer net initialised from a coarser one starts with the coarser one's map", () => {
  const random = createRandom(2);
  const coarse = new FCN({ ...tiny, variant: "32s" }, { random });
  // The score layers start at zero, which would make the claim empty: give the coarse one something to say.
  coarse.parameters.get("score_fr.weight")!.assign(
    tf.randomNormal([1, 1, 6, 3], 0, 1, "float32", 1),
  );
  const middle = new FCN({ ...tiny, variant: "16s" }, { random });
  assertEquals(middle.initialiseFrom(coarse), ["score_pool4.weight", "score_pool4.bias"]);
  const fine = new FCN({ ...tiny, variant: "8s" }, { random });
  assertEquals(fine.initialiseFrom(middle), ["score_pool3.weight", "score_pool3.bias"]);

  const x = tf.randomUniform<tf.Rank.R4>([1, 96, 96, 1], 0, 1, "float32", 3);
  const maps = [coarse, middle, fine].map((net) => net.forward(x).dataSync() as Float32Array);
  const largest = maps[0].reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  assertEquals(largest > 0, true);
  // Linear interpolation twice by 2 and by 16 is not quite linear interpolation by 32 (they differ next to
  // the kinks), so the maps agree closely, not exactly.
  for (const map of [maps[1], maps[2]]) {
    const mean = map.reduce((sum, v, i) => sum + Math.abs(v - maps[0][i]), 0) / map.length;
    assertEquals(mean < 0.05 * largest, true, `${mean} of ${largest}`);
  }
  const other = new FCN({ ...tiny, units: 8 }, { random });
  assertThrows(() => other.initialiseFrom(coarse), Error, "fc6.weight has shape [7,7,4,6]");
  for (const net of [coarse, middle, fine, other]) net.dispose();
  x.dispose();
});

Deno.test("the at-once net is the 8s net with pool4 scaled by 0.01 and pool3 by 0.0001", () => {
  const staged = goldenNet("8s"), atOnce = goldenNet("8s-at-once");
  for (const [name, factor] of [["score_pool4", 100], ["score_pool3", 10_000]] as const) {
    const weight = atOnce.parameters.get(`${name}.weight`)!;
    tf.tidy(() => weight.assign(tf.mul(weight, factor))); // undoes the scaling
  }
  const x = imageFromTorch(golden("input"));
  const a = staged.forward(x), b = atOnce.forward(x);
  assertEquals(relativeError(b.dataSync(), a.dataSync()) < 1e-5, true);
  tf.dispose([x, a, b]);
  staged.dispose();
  atOnce.dispose();
});

Deno.test("score layers start at zero, so an untrained net prefers no class", () => {
  const net = new FCN(tiny, { random: createRandom(4) });
  const y = tf.tidy(() => net.forward(tf.ones([1, 40, 40, 1])));
  assertEquals(y.dataSync().every((v) => v === 0), true);
  y.dispose();
  net.dispose();
});

Deno.test("FCN-8s learns one tile by heart", async () => {
  await useBackend({ prefer: "wasm" });
  const net = new FCN({ ...tiny, channels: [4, 4, 8, 8, 8], units: 16, classes: 2, pad: 81 }, {
    random: createRandom(3),
  });
  const side = 48, shape: [number, number, number] = [1, side, side];
  // A bright square on dark noise; the map must follow its border.
  const noise = createRandom(6);
  const inside = (i: number) => {
    const y = Math.floor(i / side), x = i % side;
    return y >= 8 && y < 32 && x >= 16 && x < 40;
  };
  const picture = Float32Array.from(
    { length: side * side },
    (_, i) => (inside(i) ? 0.8 : 0.2) + noise.normal(0, 0.02),
  );
  const x = tf.tensor4d(picture, [1, side, side, 1]);
  const labels = tf.tensor3d(Int32Array.from(picture, (_, i) => Number(inside(i))), shape, "int32");
  const optimizer = tf.train.adam(0.005), variables = [...net.parameters.values()];
  const pixelError = () =>
    tf.tidy(() => {
      const wrong = tf.notEqual(tf.argMax(net.forward(x), 3), labels);
      return tf.mean(tf.cast(wrong, "float32")).dataSync()[0];
    });
  const before = pixelError();
  for (let step = 0; step < 80; step++) {
    optimizer.minimize(
      () => weightedSoftmaxCrossEntropy(net.forward(x), labels),
      false,
      variables as tf.Variable[],
    );
  }
  const after = pixelError();
  assertEquals(before > 0.2 && after < 0.02, true, `${before} -> ${after}`);
  tf.dispose([x, labels]);
  optimizer.dispose();
  net.dispose();
  await useBackend({ prefer: "cpu" });
});

Deno.test("dropout acts on fc6 and fc7 only while training", () => {
  const net = goldenNet("8s"), x = imageFromTorch(golden("input"));
  Object.assign(net, { config: { ...net.config, dropoutRate: 0.5 } });
  const run = (training: boolean, seed: number) =>
    tf.tidy(() => net.forward(x, { training, random: createRandom(seed) }).dataSync());
  assertEquals(run(false, 1), run(false, 2));
  assertEquals(run(true, 1), run(true, 1));
  assertEquals(relativeError(run(true, 1), run(true, 2)) > 0, true);
  x.dispose();
  net.dispose();
});

Deno.test("wrong pictures and configurations are refused in words", () => {
  const net = new FCN(tiny, { random: createRandom(0) });
  assertThrows(() => net.forward(tf.zeros([1, 40, 40, 3])), RangeError, "inputChannels: 3");
  net.dispose();
  const build = (config: FCNConfig) => () =>
    new FCN({ ...tiny, ...config }, { random: createRandom(0) });
  assertThrows(build({ pad: 80 }), RangeError, "pad is a whole number, at least 81; got 80");
  assertThrows(build({ classes: 0 }), RangeError, "classes is a whole number");
  assertThrows(build({ dropoutRate: 1 }), RangeError, "dropoutRate lies in [0, 1)");
  assertThrows(build({ channels: [1, 1, 1, 1, 0] }), RangeError, "channels is a whole number");
});

Deno.test("forward leaves nothing behind but its result", () => {
  const net = new FCN(tiny, { random: createRandom(0) });
  const x = tf.zeros<tf.Rank.R4>([1, 32, 32, 1]), before = tf.memory().numTensors;
  net.forward(x).dispose();
  assertEquals(tf.memory().numTensors, before);
  x.dispose();
  net.dispose();
});
