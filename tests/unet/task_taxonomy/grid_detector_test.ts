import { assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../../lib/backend/mod.ts";
import { averagePrecision, boxIou } from "../../../lib/metrics/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import {
  annotate,
  generateScene,
  GRID_STRIDE,
  GridDetector,
  gridTargets,
} from "../../../lib/unet/task_taxonomy/mod.ts";
import { imageFromTorch, relativeError } from "../../support/golden.ts";
import { golden, loadGolden, lossError, pictures } from "./heads_golden.ts";

for (const prefer of ["cpu", "wasm"] as const) {
  Deno.test(`the detector's answers, loss and every gradient equal PyTorch's on ${prefer}`, async () => {
    await useBackend({ prefer });
    const net = new GridDetector({ kinds: 2 }, { random: createRandom(0) });
    loadGolden(net.parameters, "detector");
    const batch = {
      ...net.batch(pictures, [[], [], []]),
      kinds: tf.tensor3d(Int32Array.from(golden("detector.kinds").data), [3, 4, 4], "int32"),
      distances: imageFromTorch(golden("detector.distances")),
    };
    const said = net.forward(batch.x);
    for (const part of ["kinds", "distances"] as const) {
      const expected = imageFromTorch(golden(`detector.said_${part}`));
      assertEquals(relativeError(said[part].dataSync(), expected.dataSync()) < 1e-5, true, part);
      expected.dispose();
    }
    const error = lossError(net.parameters, "detector", () => net.loss(batch));
    assertEquals(error < 1e-4, true, `${error}`);
    tf.dispose([said, batch]);
    net.dispose();
    await useBackend({ prefer: "cpu" });
  });
}

Deno.test("every grid point's targets give back exactly the box that it answers for", () => {
  const { boxes } = annotate(generateScene({ random: createRandom(3) })), side = 64;
  const { kinds, distances } = gridTargets(boxes, side), g = side / GRID_STRIDE;
  const answered = new Set<string>();
  kinds.forEach((kind, at) => {
    if (kind === 0) return;
    const x = (at % g + 0.5) * GRID_STRIDE, y = (Math.floor(at / g) + 0.5) * GRID_STRIDE;
    const [left, top, right, bottom] = distances.subarray(at * 4, at * 4 + 4).map((d) => 8 * d);
    const box = { x: x - left, y: y - top, width: left + right, height: top + bottom };
    const match = boxes.find((truth) => truth.kind === kind && boxIou(truth.box, box) > 0.999);
    assertEquals(match !== undefined, true, `point ${x}, ${y}`);
    answered.add(JSON.stringify(match!.box));
  });
  assertEquals(answered.size, boxes.length); // no object is left without a point
});

Deno.test("the detector learns a few pictures by heart; without suppression it says everything several times", async () => {
  await useBackend({ prefer: "wasm" });
  const random = createRandom(2), net = new GridDetector({ kinds: 2 }, { random });
  const scenes = Array.from({ length: 4 }, () => generateScene({ random, cells: 4 }));
  const images = scenes.map(({ image }) => image),
    truth = scenes.map((scene) => annotate(scene).boxes);
  const batch = net.batch(images, truth), optimizer = tf.train.adam(0.005);
  for (let step = 0; step < 200; step++) {
    optimizer.minimize(() => net.loss(batch), false, [...net.parameters.values()] as tf.Variable[]);
  }
  const score = async (iou?: false) => {
    const found = await Promise.all(images.map((image) => net.detect(image, { iou })));
    const pictures = found.map((list, i) => ({
      truths: truth[i].map(({ box }) => box),
      found: list.map(({ box, score }) => ({ item: box, score })),
    }));
    const { averagePrecision: ap } = averagePrecision(pictures, boxIou, { ious: [0.5] });
    return { ap, count: found.flat().length };
  };
  const objects = truth.flat().length, kept = await score(), all = await score(false);
  assertEquals(kept.ap > 0.9 && kept.count <= objects + 2, true, JSON.stringify({ objects, kept }));
  assertEquals(all.count > 2 * objects && all.ap < kept.ap, true, JSON.stringify(all));
  tf.dispose(batch);
  optimizer.dispose();
  net.dispose();
  await useBackend({ prefer: "cpu" });
});

Deno.test("a picture whose sides do not fit the grid is refused in words", () => {
  const net = new GridDetector({ kinds: 1 }, { random: createRandom(0) });
  assertThrows(() => net.forward(tf.zeros([1, 64, 66, 1])), RangeError, "got 64 x 66");
  net.dispose();
});
