import { assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../../lib/backend/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { predictWhole, randomCrop } from "../../../lib/unet/baselines/mod.ts";

Deno.test("picture and truth of a tile stay together through place, turn and mirror", () => {
  const width = 20, height = 15;
  const slice = { data: Float32Array.from({ length: 300 }, (_, i) => i), width, height };
  const truth = { data: Int32Array.from(slice.data), width, height };
  const random = createRandom(1), firsts = new Set<string>();
  for (let k = 0; k < 60; k++) {
    const { image, labels } = randomCrop({ slices: [slice], labels: [truth] }, { side: 8, random });
    assertEquals([...image.data], [...labels.data]);
    firsts.add(`${image.data[1] - image.data[0]} ${image.data[8] - image.data[0]}`);
  }
  assertEquals(firsts.size, 8); // all eight views: the steps right and down tell them apart
  const tooLarge = () => randomCrop({ slices: [slice], labels: [truth] }, { side: 16, random });
  assertThrows(tooLarge, RangeError, "a tile of 16 does not fit into slice 0, 20 x 15");
});

Deno.test("the map is the softmax's share of the class asked for", async () => {
  const net = {
    forward: (x: tf.Tensor4D) => tf.concat4d([x, tf.mul(x, 2) as tf.Tensor4D, tf.zerosLike(x)], 3),
  };
  const image = { data: Float32Array.of(0, 1, 2, -1, 0.5, 3), width: 3, height: 2 };
  const { data, width } = await predictWhole(net, image, { of: 2 });
  assertEquals(width, 3);
  image.data.forEach((v, i) => {
    const expected = 1 / (Math.exp(v) + Math.exp(2 * v) + 1);
    assertEquals(Math.abs(data[i] - expected) < 1e-6, true);
  });
});
