import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { tf, useBackend } from "../../lib/backend/mod.ts";
import { dihedral, type Image, mirrorWindow } from "../../lib/image/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import {
  planTiles,
  predict,
  predictClasses,
  PredictionStopped,
  SEVEN_VIEWS,
  tileCovering,
  UNet,
  type UNetConfig,
} from "../../lib/unet/mod.ts";
import { relativeError } from "../support/golden.ts";

await useBackend({ prefer: "wasm" });

function noise(width: number, height: number, channels = 1): Image {
  const random = createRandom(width);
  const data = Float32Array.from({ length: width * height * channels }, () => random.uniform());
  return { data, width, height, channels };
}

/**
 * Untrained nets whose scores are of a trained net's size: He initialisation alone gives scores up to 90 on
 * noise in [0, 1], of which a 32-bit sum in another order (a matrix product in other blocks, for another tile
 * size) is off by 1e-4.
 */
function net(config: UNetConfig, seed: number): UNet {
  const net = new UNet(config, { random: createRandom(seed) });
  const head = net.parameters.get("head.weight")!;
  tf.tidy(() => head.assign(tf.mul(head, 0.05)));
  return net;
}

const deepNet = () => net({ baseChannels: 2 }, 11);
const shallowNet = () => net({ baseChannels: 3, depth: 2, inputChannels: 2, classes: 3 }, 12);

/** The whole picture in one tile. */
function untiled(net: UNet, image: Image): Float32Array {
  const { depth } = net.config;
  const sides = [image.width, image.height].map((side) => tileCovering(side, depth));
  const [w, h] = sides.map(({ input }) => input), { border } = sides[0];
  const { data } = mirrorWindow(image, -border, -border, w, h);
  return tf.tidy(() => {
    const x = tf.tensor4d(data, [1, h, w, image.channels ?? 1]);
    const p = tf.softmax(net.forward(x));
    return tf.slice(p, [0, 0, 0, 0], [1, image.height, image.width, -1]).dataSync() as Float32Array;
  });
}

Deno.test("the kept parts of the tiles fill the picture exactly once", () => {
  for (let depth = 1; depth <= 5; depth++) {
    const tileSide = tileCovering(2 ** depth * 2 + 3, depth).input;
    for (const [width, height] of [[1, 1], [7, 300], [97, 33], [128, 129], [255, 64]]) {
      const plan = planTiles(width, height, { tileSide, depth });
      const times = new Uint8Array(width * height);
      const { border } = tileCovering(1, depth);
      for (const { input, kept } of plan.tiles) {
        assertEquals([input.width, input.height], [plan.tileWidth, plan.tileHeight]);
        assertEquals([input.x, input.y], [kept.x - border, kept.y - border]);
        assertEquals(kept.width <= plan.outputWidth && kept.height <= plan.outputHeight, true);
        assertEquals([kept.x % 2 ** depth, kept.y % 2 ** depth], [0, 0]); // one pooling grid for all
        for (let y = kept.y; y < kept.y + kept.height; y++) {
          for (let x = kept.x; x < kept.x + kept.width; x++) times[y * width + x]++;
        }
      }
      assertEquals(times.every((n) => n === 1), true, `${width} x ${height}, depth ${depth}`);
      assertEquals(plan.tileWidth <= tileSide && plan.tileHeight <= tileSide, true);
    }
  }
});

Deno.test("a tiled result equals the untiled one: there are no seams", async () => {
  for (
    const [net, image, tileSide] of [
      [deepNet(), noise(150, 70), 220],
      [deepNet(), noise(33, 131), 204],
      [shallowNet(), noise(101, 58, 2), 76],
    ] as const
  ) {
    const { depth } = net.config;
    const tiles = planTiles(image.width, image.height, { tileSide, depth }).tiles.length;
    assertEquals(tiles > 3, true);
    const expected = untiled(net, image);
    for (const batchSize of [1, 4]) {
      const tiled = await predictClasses(net, image, { tileSide, batchSize });
      const worst = Math.max(...expected.map((p, i) => Math.abs(p - tiled.data[i])));
      assertEquals(worst < 1e-5, true, `${worst}`);
    }
    net.dispose();
  }
});

Deno.test("tiles out of step with the pooling grid would give seams", () => {
  // The reason for the plan's rule: the same pixels, 4 pixels further into the tile, another answer.
  const net = deepNet(), image = noise(300, 300);
  const at = (x: number) =>
    tf.tidy(() => {
      const { data } = mirrorWindow(image, x, 0, 220, 220);
      const p = tf.softmax(net.forward(tf.tensor4d(data, [1, 220, 220, 1]))); // [1, 36, 36, 2]
      return p.slice([0, 0, 20 - x, 0], [1, 36, 16, 2]).dataSync(); // columns 112 to 127 of the picture
    });
  assertEquals(relativeError(at(16), at(0)) < 1e-5, true);
  assertEquals(relativeError(at(4), at(0)) > 1e-3, true);
  net.dispose();
});

Deno.test("a picture of any size is answered, down to one pixel, for every class", async () => {
  const net = shallowNet();
  for (const [width, height] of [[1, 1], [2, 5], [61, 40]]) {
    const image = noise(width, height, 2);
    const all = await predictClasses(net, image, { tileSide: 76 });
    assertEquals([all.width, all.height, all.channels], [width, height, 3]);
    const maps = await Promise.all(
      [0, 1, 2].map((of) => predict(net, image, { of, tileSide: 76 })),
    );
    for (let i = 0; i < width * height; i++) {
      const sum = maps.reduce((s, { data }) => s + data[i], 0);
      assertEquals(Math.abs(sum - 1) < 1e-5, true);
      assertEquals(maps[2].data[i], all.data[i * 3 + 2]);
    }
  }
  net.dispose();
});

Deno.test("what goes through the network at once does not grow with the picture, and nothing is left behind", async () => {
  const net = shallowNet(), before = tf.memory().numBytes, forward = net.forward.bind(net);
  let shapes = new Set<string>();
  net.forward = (x, options) => {
    shapes.add(`${x.shape}`);
    return forward(x, options);
  };
  for (const side of [64, 300]) {
    shapes = new Set();
    await predict(net, noise(side, side, 2), { tileSide: 76, batchSize: 1 });
    const [shape, ...others] = shapes;
    assertEquals(others, []);
    assertEquals(shape.split(",").every((size) => Number(size) <= 76), true, shape);
  }
  assertEquals(tf.memory().numBytes, before);
  net.dispose();
});

Deno.test("the mean over views is the same for a turned picture, up to the turn", async () => {
  const net = deepNet(), image = noise(40, 40), turned = dihedral(image, 1);
  const all = [...SEVEN_VIEWS, 7 as const];
  const mean = await predict(net, image, { views: all });
  const ofTurned = await predict(net, turned, { views: all });
  assertEquals(relativeError(ofTurned.data, dihedral(mean, 1).data) < 1e-5, true);
  const plain = await predict(net, image), plainTurned = await predict(net, turned);
  assertEquals(relativeError(plainTurned.data, dihedral(plain, 1).data) > 1e-3, true);
  net.dispose();
});

Deno.test("progress counts every tile of every view", async () => {
  const net = shallowNet(), seen: string[] = [];
  await predict(net, noise(60, 30, 2), {
    tileSide: 76,
    batchSize: 1,
    views: [0, 1],
    onProgress: ({ done, total }) => void seen.push(`${done}/${total}`),
  });
  assertEquals(seen, ["1/4", "2/4", "3/4", "4/4"]);
  net.dispose();
});

Deno.test("the signal and the stop button end a prediction between two tiles", async () => {
  const net = shallowNet(), controller = new AbortController();
  const options = { tileSide: 76, batchSize: 1 };
  await assertRejects(
    () =>
      predict(net, noise(120, 30, 2), {
        ...options,
        signal: controller.signal,
        onProgress: ({ done }) => done === 2 ? controller.abort() : undefined,
      }),
    PredictionStopped,
    "stopped after tile 2 of 4",
  );
  const file = await Deno.makeTempFile();
  Deno.env.set("NOTEBOOK_INTERRUPT_FILE", file);
  try {
    await Deno.utime(file, 1, 1);
    const onProgress = () => Deno.utime(file, 2, 2);
    await assertRejects(
      () => predict(net, noise(120, 30, 2), { ...options, onProgress }),
      PredictionStopped,
      "stopped after tile 1 of 4",
    );
  } finally {
    Deno.env.delete("NOTEBOOK_INTERRUPT_FILE");
    await Deno.remove(file);
  }
  net.dispose();
});

Deno.test("what does not fit is refused in words", async () => {
  const net = shallowNet();
  const refused = (image: Image, options: Parameters<typeof predict>[2], text: string) =>
    assertRejects(() => predict(net, image, options), RangeError, text);
  await refused(noise(9, 9), {}, "the picture has 1 channels but this UNet takes 2");
  await refused({ ...noise(9, 9, 2), width: 8 }, {}, "has 162 values, but 8 x 9");
  await refused({ ...noise(9, 9, 2), data: new Float32Array(162).fill(NaN) }, {}, "(0, 0) is NaN");
  await refused(noise(9, 9, 2), { of: 3 }, "the classes 0 to 2; got 3");
  await refused(noise(9, 9, 2), { tileSide: 77 }, "77 is not 4k+12");
  await refused(noise(9, 9, 2), { batchSize: 0 }, "batchSize is a number of tiles");
  await refused(noise(9, 9, 2), { views: [] }, "at least one view");
  assertThrows(() => planTiles(0, 5), RangeError, "at least 1 pixel");
  assertThrows(() => planTiles(50, 5, { tileSide: 188 }), RangeError, "side by side is 204");
  net.dispose();
});

Deno.test("with padding, tiles stand side by side without context, and seams appear", async () => {
  const plan = planTiles(96, 40, { tileSide: 48, depth: 2, padding: "same" });
  assertEquals([plan.tileWidth, plan.tileHeight], [48, 40]);
  assertEquals(plan.tiles.map(({ input }) => input.x), [0, 48]);
  assertEquals(plan.tiles.map(({ input }) => input), plan.tiles.map(({ kept }) => kept));

  const random = createRandom(4);
  const net = new UNet({ baseChannels: 2, depth: 2, padding: "same" }, { random });
  const data = Float32Array.from({ length: 96 * 40 }, () => random.uniform(0, 1));
  const image = { data, width: 96, height: 40 };
  const [tiled, whole] = [await predict(net, image, { tileSide: 48 }), await predict(net, image)];
  const difference = (x: number) => {
    let worst = 0;
    for (let y = 0; y < 40; y++) {
      worst = Math.max(worst, Math.abs(tiled.data[y * 96 + x] - whole.data[y * 96 + x]));
    }
    return worst;
  };
  assert(difference(47) > 1e-3 && difference(48) > 1e-3, "at the seam the answers differ");
  assert(difference(4) < 1e-5 && difference(91) < 1e-5, "far from it they do not");
  net.dispose();
});
