/**
 * Classification with localisation: one object per picture, its class and one box.
 *
 * Legend of shapes: B pictures, s their side, K classes.
 *
 * @module
 */
import { tf } from "../../backend/mod.ts";
import type { Image } from "../../image/mod.ts";
import {
  type Model,
  type Parameters,
  validConvolution,
  weightedSoftmaxCrossEntropy,
} from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import type { AnnotatedBox } from "./annotation.ts";
import { createLayers, huber, layer, sameConvolution } from "./convolution_stack.ts";
import type { Detection } from "./non_maximum_suppression.ts";

/** What {@linkcode Localiser} says about each picture. */
export interface ClassAndBox extends tf.TensorContainerObject {
  /** [B, 1, 1, K] logits */
  kinds: tf.Tensor4D;
  /** [B, 4]: centre x and y, width and height, as shares of the side */
  boxes: tf.Tensor2D;
}

/** The tensors of a training step. */
export interface LocaliserBatch extends tf.TensorContainerObject {
  /** [B, s, s, 1] */
  x: tf.Tensor4D;
  /** [B, 1, 1], classes from 0 */
  kinds: tf.Tensor3D;
  /** [B, 4] */
  boxes: tf.Tensor2D;
}

/**
 * A tiny network with two heads: three convolutions with pooling, a layer that sees the whole picture,
 * then the class and the box side by side. As every picture gets exactly one answer, it cannot say "two".
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { generateScene, Localiser } from "./mod.ts";
 *
 * const random = createRandom(1), net = new Localiser({ side: 64, kinds: 2 }, { random });
 * const [answer] = await net.locate([generateScene({ random, cells: 1 }).image]);
 * console.log(answer.kind === 1 || answer.kind === 2, answer.box.width > 0); // true true
 * ```
 */
export class Localiser implements Model<tf.Tensor4D, ClassAndBox> {
  readonly parameters: Parameters;
  readonly #side: number;

  /**
   * @param config `side`: of the pictures, a multiple of 8; `kinds`: number of classes
   * @param options `random`: where the initial weights are drawn
   * @throws {RangeError} if the side is not a multiple of 8
   */
  constructor({ side, kinds }: { side: number; kinds: number }, { random }: { random: Random }) {
    if (!Number.isSafeInteger(side) || side < 8 || side % 8 !== 0) {
      throw new RangeError(
        `a localiser's pictures have a multiple of 8 pixels a side; got ${side}`,
      );
    }
    this.#side = side;
    this.parameters = createLayers([
      ["conv1", 3, 1, 8],
      ["conv2", 3, 8, 16],
      ["conv3", 3, 16, 16],
      ["whole", side / 8, 16, 64],
      ["kind", 1, 64, kinds],
      ["box", 1, 64, 4],
    ], random);
  }

  /** @param x [B, s, s, 1] */
  forward(x: tf.Tensor4D): ClassAndBox {
    return tf.tidy(() => {
      for (const name of ["conv1", "conv2", "conv3"]) {
        x = tf.maxPool(tf.relu(sameConvolution(x, layer(this.parameters, name))), 2, 2, "valid");
      } // [B, s / 8, s / 8, 16]
      const seen = tf.relu(validConvolution(x, layer(this.parameters, "whole"))); // [B, 1, 1, 64]
      const kinds = validConvolution(seen, layer(this.parameters, "kind")); // [B, 1, 1, K]
      const box = tf.sigmoid(validConvolution(seen, layer(this.parameters, "box"))); // [B, 1, 1, 4]
      return { kinds, boxes: tf.reshape(box, [-1, 4]) };
    });
  }

  /**
   * Pictures and the truth about each as tensors.
   *
   * @param images of the net's side
   * @param truth the class and box of each
   */
  batch(images: readonly Image[], truth: readonly AnnotatedBox[]): LocaliserBatch {
    const s = this.#side,
      boxes = truth.map(({ box: { x, y, width, height } }) => [
        (x + width / 2) / s,
        (y + height / 2) / s,
        width / s,
        height / s,
      ]);
    return {
      x: imageBatch(images),
      kinds: tf.tensor3d(truth.map(({ kind }) => kind - 1), [truth.length, 1, 1], "int32"),
      boxes: tf.tensor2d(boxes, [truth.length, 4]),
    };
  }

  /** Cross-entropy of the class plus `boxWeight` (default 20) times Huber's loss of the box. */
  loss({ x, kinds, boxes }: LocaliserBatch, boxWeight = 20): tf.Scalar {
    return tf.tidy(() => {
      const said = this.forward(x);
      const kind = weightedSoftmaxCrossEntropy(said.kinds, kinds);
      return tf.add(kind, tf.mul(boxWeight, huber(tf.sub(said.boxes, boxes)))) as tf.Scalar;
    });
  }

  /** The class and the box of the one object in each picture. */
  async locate(images: readonly Image[]): Promise<Detection[]> {
    const { p, boxes } = tf.tidy(() => {
      const { kinds, boxes } = this.forward(imageBatch(images));
      return { p: tf.softmax(tf.reshape(kinds, [images.length, -1])), boxes };
    });
    const [shares, numbers] = [await p.array() as number[][], await boxes.array()];
    tf.dispose([p, boxes]);
    return numbers.map(([cx, cy, w, h], i) => {
      const s = this.#side, score = Math.max(...shares[i]);
      const box = { x: (cx - w / 2) * s, y: (cy - h / 2) * s, width: w * s, height: h * s };
      return { box, kind: 1 + shares[i].indexOf(score), score };
    });
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}

/** Gray pictures of one size as [B, h, w, 1]. */
export function imageBatch(images: readonly Image[]): tf.Tensor4D {
  const [{ width, height }] = images;
  const values = new Float32Array(images.length * width * height);
  images.forEach(({ data }, i) => values.set(data, i * width * height));
  return tf.tensor4d(values, [images.length, height, width, 1]);
}
