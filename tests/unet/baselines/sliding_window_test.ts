import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../../lib/backend/mod.ts";
import type { Image } from "../../../lib/image/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import {
  balancedWindows,
  classifyPixels,
  fullyConnectedAsConvolution,
  scalesOf,
  slidingWindow,
  slidingWindowAtOnce,
  windowAt,
  WindowClassifier,
  type WindowClassifierConfig,
  windowLoss,
  windowTensors,
} from "../../../lib/unet/baselines/mod.ts";
import { filterFromTorch, readGolden, relativeError } from "../../support/golden.ts";

const reference = await readGolden("sliding_window_tiny/reference.safetensors");
const weights = await readGolden("sliding_window_tiny/weights.safetensors");
const golden = (name: string) => reference.get(name)!;

const tiny: WindowClassifierConfig = {
  window: 17,
  convolutions: [{ side: 4, channels: 3 }, { side: 3, channels: 4 }],
  units: 5,
};
const image: Image = { data: golden("image").data, width: 22, height: 19 };

/** A golden tensor in our layout: PyTorch's linear layers become convolutions. */
function inOurLayout(name: string, of: Map<string, { shape: number[]; data: Float32Array }>) {
  const value = of.get(name)!;
  if (name.endsWith("bias")) return tf.tensor(value.data);
  if (value.shape.length === 4) return filterFromTorch(value);
  const [units, inputs] = value.shape, side = name.includes("fc1") ? 2 : 1;
  const channels = inputs / side ** 2;
  const filter = fullyConnectedAsConvolution(value.data, { units, channels, side });
  return tf.tensor(filter, [side, side, channels, units]);
}

function goldenNet(): WindowClassifier {
  const net = new WindowClassifier(tiny, { random: createRandom(0) });
  for (const [name, variable] of net.parameters) {
    tf.tidy(() => variable.assign(inOurLayout(name, weights)));
  }
  return net;
}

for (const prefer of ["cpu", "wasm"] as const) {
  Deno.test(`logits, loss and every gradient equal PyTorch's on ${prefer}`, async () => {
    await useBackend({ prefer });
    const net = goldenNet(), { data } = golden("windows"), size = 17 * 17;
    const windows = Array.from(
      { length: 6 },
      (_, i) => ({ data: data.slice(i * size, (i + 1) * size), width: 17, height: 17 }),
    );
    const logits = tf.tidy(() => net.forward(tf.tensor4d(data, [6, 17, 17, 1])));
    assertEquals(relativeError(logits.dataSync(), golden("logits").data) < 1e-5, true);
    const labels = Int32Array.from(golden("labels").data);
    const { value, grads } = tf.variableGrads(
      () => windowLoss(net, windowTensors({ windows, labels })),
      [...net.parameters.values()],
    );
    assertEquals(relativeError(value.dataSync(), golden("loss").data) < 1e-5, true);
    for (const [name, variable] of net.parameters) {
      const expected = inOurLayout(`grad.${name}`, reference);
      const error = relativeError(grads[variable.name].dataSync(), expected.dataSync());
      assertEquals(error < 1e-4, true, `${name}: ${error}`);
      expected.dispose();
    }
    tf.dispose([logits, value, grads]);
    net.dispose();
    await useBackend({ prefer: "cpu" });
  });
}

Deno.test("the map of a picture equals PyTorch's, pixel by pixel and all at once", async () => {
  const net = goldenNet(), expected = golden("cell_probability").data;
  const sliding = await slidingWindow(net, image, { batch: 50 });
  const atOnce = await slidingWindowAtOnce(net, image);
  assertEquals([sliding.width, sliding.height], [22, 19]);
  assertEquals(relativeError(sliding.data, expected) < 1e-5, true);
  assertEquals(relativeError(atOnce.data, expected) < 1e-5, true);
  net.dispose();
});

Deno.test("chosen pixels get the map's values, and progress counts to the end", async () => {
  const net = goldenNet(), seen: number[] = [];
  const positions = [{ x: 0, y: 0 }, { x: 21, y: 18 }, { x: 7, y: 3 }];
  const p = await classifyPixels(net, image, positions, {
    batch: 2,
    onProgress: (done, all) => seen.push(done, all),
  });
  const expected = positions.map(({ x, y }) => golden("cell_probability").data[y * 22 + x]);
  assertEquals(relativeError(p, expected) < 1e-5, true);
  assertEquals(seen, [2, 3, 3, 3]);
  net.dispose();
});

Deno.test("balanced sampling: every epoch holds each membrane pixel once and as many cell pixels", () => {
  // One membrane pixel in six; its gray value tells which pixel a window was cut around.
  const side = 12, random = createRandom(1);
  const truth = { data: new Int32Array(side * side), width: side, height: side };
  const slice = { data: new Float32Array(side * side), width: side, height: side };
  for (let i = 0; i < side * side; i++) {
    truth.data[i] = i % 6 === 0 ? 0 : 5; // any other value than 0 is cell
    slice.data[i] = i;
  }
  const batches = balancedWindows([slice], [truth], { window: 3, batch: 8, random });
  const epoch = Array.from({ length: 2 * 24 / 8 }, () => batches.next().value);
  const centres = epoch.flatMap(({ windows }) => windows.map(({ data }) => data[4]));
  const classes = epoch.flatMap(({ labels }) => [...labels]);
  assertEquals(classes.filter((label) => label === 0).length, 24);
  assertEquals(classes, centres.map((i) => truth.data[i] === 0 ? 0 : 1));
  const membrane = centres.filter((_, i) => classes[i] === 0).sort((a, b) => a - b);
  assertEquals(membrane, Array.from({ length: 24 }, (_, i) => 6 * i));
});

Deno.test("augmented windows come in all eight views, and only then", () => {
  const slice = { data: Float32Array.from({ length: 9 }, (_, i) => i), width: 3, height: 3 };
  const truth = { data: Int32Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1), width: 3, height: 3 };
  const views = (augment: boolean) => {
    const options = { window: 3, batch: 200, random: createRandom(2), augment };
    const { windows, labels } = balancedWindows([slice], [truth], options).next().value;
    return new Set(windows.filter((_, i) => labels[i] === 0).map(({ data }) => data.join())).size;
  };
  assertEquals([views(true), views(false)], [8, 1]);
});

Deno.test("a coarser scale sees twice as far: the same centre, every second pixel of the means", () => {
  const ramp = {
    data: Float32Array.from({ length: 400 }, (_, i) => i % 20),
    width: 20,
    height: 20,
  };
  const { data, channels } = windowAt(scalesOf(ramp, 2), { x: 10, y: 10 }, 5);
  assertEquals(channels, 2);
  const row = [...data.subarray(0, 10)];
  assertEquals(row.filter((_, i) => i % 2 === 0), [8, 9, 10, 11, 12]);
  assertEquals(row.filter((_, i) => i % 2 === 1), [5.5, 7.5, 9.5, 11.5, 13.5]); // means of two columns
});

Deno.test("a window classifier learns one tile by heart", async () => {
  await useBackend({ prefer: "wasm" });
  const random = createRandom(3), side = 40;
  const truth = { data: new Int32Array(side * side), width: side, height: side };
  const slice = { data: new Float32Array(side * side), width: side, height: side };
  for (let i = 0; i < side * side; i++) {
    const x = i % side, y = Math.floor(i / side);
    truth.data[i] = Math.abs(x - 14) < 2 || Math.abs(y - 22) < 2 ? 0 : 1; // two crossing membranes
    slice.data[i] = 0.3 + 0.4 * truth.data[i] + random.normal(0, 0.05);
  }
  const config = {
    ...tiny,
    convolutions: [{ side: 4, channels: 8 }, { side: 3, channels: 8 }],
    units: 16,
  };
  const net = new WindowClassifier(config, { random });
  const wrong = async () => {
    const { data } = await slidingWindowAtOnce(net, slice);
    return data.filter((p, i) => (p > 0.5) !== (truth.data[i] === 1)).length / data.length;
  };
  const before = await wrong();
  const optimizer = tf.train.adam(0.003), variables = [...net.parameters.values()] as tf.Variable[];
  const batches = balancedWindows([slice], [truth], { window: 17, batch: 32, random });
  for (let step = 0; step < 150; step++) {
    const batch = windowTensors(batches.next().value);
    optimizer.minimize(() => windowLoss(net, batch), false, variables);
    tf.dispose(batch);
  }
  const after = await wrong();
  assertEquals(before > 0.1 && after < 0.02, true, `${before} -> ${after}`);
  optimizer.dispose();
  net.dispose();
  await useBackend({ prefer: "cpu" });
});

Deno.test("data without both classes and nets with more than two are refused in words", async () => {
  const flat = { data: new Int32Array(4).fill(1), width: 2, height: 2 };
  const gray = { data: new Float32Array(4), width: 2, height: 2 };
  const options = { window: 3, batch: 1, random: createRandom(0) };
  assertThrows(
    () => balancedWindows([gray], [flat], options).next(),
    RangeError,
    "0 membrane and 4",
  );
  assertThrows(
    () => balancedWindows([gray], [], options).next(),
    RangeError,
    "1 slices and 0 truths",
  );
  const net = new WindowClassifier({ ...tiny, classes: 3 }, { random: createRandom(0) });
  await assertRejects(() => slidingWindow(net, gray), RangeError, "this one has 3");
  net.dispose();
});
