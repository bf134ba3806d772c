/**
 * Object detection on a grid: every point of a coarse grid says whether it lies in the middle of an object,
 * of which class, and how far the object's four sides are (the idea of YOLO, Redmon et al. 2016, in the
 * four-distances form of FCOS, Tian et al. 2019; everything else is the smallest thing that works).
 *
 * Legend of shapes: B pictures, s their side, g = s / 4 points of the grid each way, K classes.
 *
 * @module
 */
import { tf } from "../../backend/mod.ts";
import type { Image } from "../../image/mod.ts";
import { type Model, type Parameters, weightedSoftmaxCrossEntropy } from "../../nn/mod.ts";
import type { Random } from "../../random/mod.ts";
import type { AnnotatedBox } from "./annotation.ts";
import { createLayers, huber, layer, sameConvolution } from "./convolution_stack.ts";
import { imageBatch } from "./localiser.ts";
import { type Detection, nonMaximumSuppression } from "./non_maximum_suppression.ts";

/** Pixels between two points of the grid. */
export const GRID_STRIDE = 4;

/** Distances are predicted in units of this many pixels. */
const UNIT = 8;

/** What every grid point should say. */
export interface GridTargets {
  /** g x g: 0 = no object's middle, else its class. */
  readonly kinds: Int32Array;
  /** g x g x 4: distances to the left, top, right and bottom side, in units of 8 pixels; 0 without object. */
  readonly distances: Float32Array;
}

/**
 * Which grid points answer for which object: those in the middle half (in both directions) of its box, and
 * the one nearest to its centre. Several points answer for one object; non-maximum suppression keeps one of
 * their boxes. Where objects compete, the smaller one wins.
 *
 * @param boxes the true objects
 * @param side of the picture, pixels
 *
 * @example
 * ```ts
 * import { gridTargets } from "./mod.ts";
 *
 * const box = { x: 8, y: 8, width: 8, height: 8 }; // its centre is (12, 12)
 * const { kinds } = gridTargets([{ box, kind: 2 }], 32);
 * console.log(kinds.filter((kind) => kind === 2).length); // 4: the points at 10 and 14, each way
 * ```
 */
export function gridTargets(boxes: readonly AnnotatedBox[], side: number): GridTargets {
  const g = side / GRID_STRIDE, kinds = new Int32Array(g * g);
  const distances = new Float32Array(g * g * 4);
  const largestFirst = boxes.toSorted((a, b) =>
    b.box.width * b.box.height - a.box.width * a.box.height
  );
  for (const { box, kind } of largestFirst) {
    const cx = box.x + box.width / 2, cy = box.y + box.height / 2;
    const nearest = (c: number) => Math.min(g - 1, Math.floor(c / GRID_STRIDE));
    for (let row = 0; row < g; row++) {
      for (let column = 0; column < g; column++) {
        const [x, y] = gridPoint(row, column);
        const middle = Math.abs(x - cx) <= box.width / 4 && Math.abs(y - cy) <= box.height / 4;
        if (!middle && (row !== nearest(cy) || column !== nearest(cx))) continue;
        const at = row * g + column;
        kinds[at] = kind;
        const sides = [x - box.x, y - box.y, box.x + box.width - x, box.y + box.height - y];
        distances.set(sides.map((d) => d / UNIT), at * 4);
      }
    }
  }
  return { kinds, distances };
}

/** Where a grid point lies in the picture, x and y: the centre of its 4 x 4 pixels. */
function gridPoint(row: number, column: number): [number, number] {
  return [(column + 0.5) * GRID_STRIDE, (row + 0.5) * GRID_STRIDE];
}

/** What {@linkcode GridDetector} says at every grid point. */
export interface KindsAndDistances extends tf.TensorContainerObject {
  /** [B, g, g, 1 + K] logits; class 0 = no object's middle */
  kinds: tf.Tensor4D;
  /** [B, g, g, 4], in units of 8 pixels */
  distances: tf.Tensor4D;
}

/** The tensors of a training step. */
export interface GridBatch extends tf.TensorContainerObject {
  /** [B, s, s, 1] */
  x: tf.Tensor4D;
  /** [B, g, g] */
  kinds: tf.Tensor3D;
  /** [B, g, g, 4] */
  distances: tf.Tensor4D;
}

/**
 * A tiny fully convolutional detector: it takes pictures of any size, and as many objects as there are.
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { generateScene, GridDetector } from "./mod.ts";
 *
 * const random = createRandom(1), net = new GridDetector({ kinds: 2 }, { random });
 * const { image } = generateScene({ random });
 * const found = await net.detect(image, { threshold: 0.2 });
 * console.log(found.every(({ score }) => score >= 0.2)); // true; untrained, it finds anything anywhere
 * ```
 */
export class GridDetector implements Model<tf.Tensor4D, KindsAndDistances> {
  readonly parameters: Parameters;

  /**
   * @param config `kinds`: number of classes
   * @param options `random`: where the initial weights are drawn
   */
  constructor({ kinds }: { kinds: number }, { random }: { random: Random }) {
    this.parameters = createLayers([
      ["conv1", 3, 1, 8],
      ["conv2", 3, 8, 16],
      ["conv3", 3, 16, 24],
      ["conv4", 3, 24, 24],
      ["conv5", 3, 24, 24],
      ["kind", 1, 24, 1 + kinds],
      ["distance", 1, 24, 4],
    ], random);
  }

  /**
   * @param x [B, s, s, 1], s a multiple of 4
   * @throws {RangeError} if a side is not a multiple of 4
   */
  forward(x: tf.Tensor4D): KindsAndDistances {
    const [, height, width] = x.shape;
    if (height % GRID_STRIDE !== 0 || width % GRID_STRIDE !== 0) {
      throw new RangeError(
        `the grid has a point every ${GRID_STRIDE} pixels: the sides must be multiples of it; got ` +
          `${height} x ${width}`,
      );
    }
    return tf.tidy(() => {
      let n = x;
      for (const name of ["conv1", "conv2", "conv3", "conv4", "conv5"]) {
        n = tf.relu(sameConvolution(n, layer(this.parameters, name)));
        if (name === "conv1" || name === "conv2") n = tf.maxPool(n, 2, 2, "valid");
      } // [B, g, g, 24], each point has seen 38 x 38 pixels
      return {
        kinds: sameConvolution(n, layer(this.parameters, "kind")), // [B, g, g, 1 + K]
        distances: tf.softplus(sameConvolution(n, layer(this.parameters, "distance"))), // [B, g, g, 4]
      };
    });
  }

  /**
   * Pictures and their objects as tensors.
   *
   * @param images square, all of one side
   * @param truth the objects of each
   */
  batch(images: readonly Image[], truth: readonly (readonly AnnotatedBox[])[]): GridBatch {
    const side = images[0].width, g = side / GRID_STRIDE, B = images.length;
    const kinds = new Int32Array(B * g * g), distances = new Float32Array(B * g * g * 4);
    truth.forEach((boxes, i) => {
      const targets = gridTargets(boxes, side);
      kinds.set(targets.kinds, i * g * g);
      distances.set(targets.distances, i * g * g * 4);
    });
    return {
      x: imageBatch(images),
      kinds: tf.tensor3d(kinds, [B, g, g], "int32"),
      distances: tf.tensor4d(distances, [B, g, g, 4]),
    };
  }

  /**
   * Cross-entropy of the class at every grid point plus Huber's loss of the distances at those points that
   * answer for an object (each mean over its own points).
   */
  loss({ x, kinds, distances }: GridBatch): tf.Scalar {
    return tf.tidy(() => {
      const said = this.forward(x);
      const answers = tf.cast(tf.greater(kinds, 0), "float32"); // [B, g, g]
      const share = tf.mean(answers);
      const off = tf.mul(tf.sub(said.distances, distances), tf.expandDims(answers, -1));
      const kind = weightedSoftmaxCrossEntropy(said.kinds, kinds);
      return tf.add(kind, tf.div(huber(off), tf.maximum(share, 1e-3))) as tf.Scalar;
    });
  }

  /**
   * The objects of a picture.
   *
   * @param image sides that are multiples of 4
   * @param options `threshold`: how sure the net must be (default 0.5); `iou`: see
   * {@linkcode nonMaximumSuppression}, or `false` to see every grid point's own box
   */
  async detect(
    image: Image,
    { threshold = 0.5, iou }: { threshold?: number; iou?: number | false } = {},
  ): Promise<Detection[]> {
    const { p, distances } = tf.tidy(() => {
      const { kinds, distances } = this.forward(imageBatch([image]));
      return { p: tf.softmax(kinds), distances };
    });
    const [shares, sides] = [await p.data(), await distances.data()];
    const [, rows, columns, classes] = p.shape;
    tf.dispose([p, distances]);
    const found: Detection[] = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column, [x, y] = gridPoint(row, column);
        const [left, top, right, bottom] = sides.subarray(at * 4, at * 4 + 4);
        const box = {
          x: x - left * UNIT,
          y: y - top * UNIT,
          width: (left + right) * UNIT,
          height: (top + bottom) * UNIT,
        };
        for (let kind = 1; kind < classes; kind++) {
          const score = shares[at * classes + kind];
          if (score >= threshold) found.push({ box, kind, score });
        }
      }
    }
    return iou === false ? found : nonMaximumSuppression(found, iou);
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}
