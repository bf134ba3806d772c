import { tf } from "../../backend/mod.ts";
import { dihedral, DIHEDRAL_VIEWS, type Image, mirrorWindow } from "../../image/mod.ts";
import type { Random } from "../../random/mod.ts";
import type { Annotated, Sample } from "../sample.ts";

/** Options of {@linkcode randomCrop}. */
export interface RandomCropOptions {
  /** Side of the tile, pixels. */
  readonly side: number;
  readonly random: Random;
}

/**
 * A tile from a random place of a random slice with the truth for all of it, turned and mirrored in one of
 * the eight ways that keep the pixel grid: for networks that answer for every pixel they see, like the FCN.
 * (`randomSample` is for the U-Net, whose answer is smaller than its tile.)
 *
 * @param data pictures and truth
 * @param options see {@linkcode RandomCropOptions}
 * @throws {RangeError} if there is no slice, the counts differ, or a picture is smaller than the tile
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { randomCrop } from "./mod.ts";
 *
 * const slice = { data: new Float32Array(64 * 64), width: 64, height: 64 };
 * const truth = { data: new Int32Array(64 * 64), width: 64, height: 64 };
 * const data = { slices: [slice], labels: [truth] };
 * const { image, labels } = randomCrop(data, { side: 32, random: createRandom(1) });
 * console.log(image.width, labels.width); // 32 32
 * ```
 */
export function randomCrop(
  { slices, labels }: Annotated,
  { side, random }: RandomCropOptions,
): Sample {
  if (slices.length === 0 || slices.length !== labels.length) {
    throw new RangeError(
      `every slice needs its truth; got ${slices.length} slices and ${labels.length} truths`,
    );
  }
  const i = random.int(slices.length), { width, height } = slices[i];
  if (!Number.isSafeInteger(side) || side < 1 || side > width || side > height) {
    throw new RangeError(`a tile of ${side} does not fit into slice ${i}, ${width} x ${height}`);
  }
  const x = random.int(width - side + 1), y = random.int(height - side + 1);
  const view = random.pick(DIHEDRAL_VIEWS);
  return {
    image: dihedral(mirrorWindow(slices[i], x, y, side, side), view),
    labels: dihedral(mirrorWindow(labels[i], x, y, side, side), view),
  };
}

/**
 * The probability of one class at every pixel of a picture, from one forward pass over all of it.
 *
 * @param net a network whose logits are as large as its picture, like the FCN
 * @param image as many channels as the net takes
 * @param options `of`: the class. Default 1.
 * @returns probabilities, of the picture's size
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { FCN, predictWhole } from "./mod.ts";
 *
 * const net = new FCN(
 *   { channels: [2, 2, 2, 2, 2], units: 4, inputChannels: 1, classes: 2, pad: 81 },
 *   { random: createRandom(1) },
 * );
 * const image = { data: new Float32Array(40 * 30), width: 40, height: 30 };
 * console.log((await predictWhole(net, image)).data[0]); // 0.5: the score layers start at zero
 * ```
 */
export async function predictWhole(
  net: { forward(x: tf.Tensor4D): tf.Tensor4D },
  image: Image,
  { of = 1 }: { readonly of?: number } = {},
): Promise<Image> {
  const { data, width, height, channels = 1 } = image;
  const p = tf.tidy(() => {
    const x = tf.tensor4d(data, [1, height, width, channels]);
    const shares = tf.softmax(net.forward(x)); // [1, h, w, K]
    return tf.slice(shares, [0, 0, 0, of], [1, height, width, 1]);
  });
  const map = await p.data() as Float32Array;
  p.dispose();
  return { data: map, width, height };
}
