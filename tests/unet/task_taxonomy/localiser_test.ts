import { assertEquals, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../../lib/backend/mod.ts";
import { boxIou } from "../../../lib/metrics/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { annotate, generateScene, Localiser } from "../../../lib/unet/task_taxonomy/mod.ts";
import { relativeError } from "../../support/golden.ts";
import { golden, loadGolden, lossError, pictures } from "./heads_golden.ts";

for (const prefer of ["cpu", "wasm"] as const) {
  Deno.test(`the localiser's answers, loss and every gradient equal PyTorch's on ${prefer}`, async () => {
    await useBackend({ prefer });
    const net = new Localiser({ side: 16, kinds: 2 }, { random: createRandom(0) });
    loadGolden(net.parameters, "localiser");
    const boxes = golden("localiser.boxes").data, kinds = golden("localiser.kinds").data;
    const truth = pictures.map((_, i) => {
      const [cx, cy, w, h] = boxes.subarray(i * 4, i * 4 + 4).map((share) => share * 16);
      return { box: { x: cx - w / 2, y: cy - h / 2, width: w, height: h }, kind: 1 + kinds[i] };
    });
    const batch = net.batch(pictures, truth);
    const said = net.forward(batch.x);
    assertEquals(
      relativeError(said.kinds.dataSync(), golden("localiser.said_kinds").data) < 1e-5,
      true,
    );
    assertEquals(
      relativeError(said.boxes.dataSync(), golden("localiser.said_boxes").data) < 1e-5,
      true,
    );
    const error = lossError(net.parameters, "localiser", () => net.loss(batch));
    assertEquals(error < 1e-4, true, `${error}`);
    tf.dispose([said, batch]);
    net.dispose();
    await useBackend({ prefer: "cpu" });
  });
}

Deno.test("the localiser learns a few pictures by heart", async () => {
  await useBackend({ prefer: "wasm" });
  const random = createRandom(1), net = new Localiser({ side: 64, kinds: 2 }, { random });
  const scenes = Array.from({ length: 8 }, () => generateScene({ random, cells: 1 }));
  const images = scenes.map(({ image }) => image);
  const truth = scenes.map((scene) => annotate(scene).largest);
  const batch = net.batch(images, truth), optimizer = tf.train.adam(0.005);
  const right = async () => {
    const said = await net.locate(images);
    return said.filter(({ kind, box }, i) =>
      kind === truth[i].kind && boxIou(box, truth[i].box) > 0.5
    ).length;
  };
  const before = await right();
  for (let step = 0; step < 100; step++) {
    optimizer.minimize(() => net.loss(batch), false, [...net.parameters.values()] as tf.Variable[]);
  }
  const after = await right();
  assertEquals(before < 4 && after === 8, true, `${before} -> ${after} of 8`);
  tf.dispose(batch);
  optimizer.dispose();
  net.dispose();
  await useBackend({ prefer: "cpu" });
});

Deno.test("a side that cannot be halved three times is refused in words", () => {
  const build = () => new Localiser({ side: 60, kinds: 2 }, { random: createRandom(0) });
  assertThrows(build, RangeError, "a multiple of 8 pixels a side; got 60");
});
