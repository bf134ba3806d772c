import { tf } from "../backend/mod.ts";
import {
  dihedral,
  DIHEDRAL_VIEWS,
  type Image,
  type LabelImage,
  mirrorWindow,
} from "../image/mod.ts";
import type { Random } from "../random/mod.ts";
import { type Padding, PAPER_DEPTH, tileSize } from "./tile_sizes.ts";

/** One training example: an input tile, and the truth for the part of it that the network answers for. */
export interface Sample {
  /** Gray values in [0, 1], `tileSide` pixels a side. */
  readonly image: Image;
  /** Classes 0, 1, ... of the centre, `tileSize(tileSide).output` pixels a side. */
  readonly labels: LabelImage;
  /** The loss weight of each pixel of `labels`, of the same size; absent means 1 everywhere. */
  readonly weights?: Image;
}

/** Pictures with their truth, in the same order. */
export interface Annotated {
  readonly slices: readonly Image[];
  readonly labels: readonly LabelImage[];
  /** Weight maps, computed from the truth before training. */
  readonly weights?: readonly Image[];
}

/** Options of {@linkcode randomSample}. */
export interface RandomSampleOptions {
  /** Side of the input tile, pixels; see {@linkcode tileSize}. */
  readonly tileSide: number;
  readonly random: Random;
  /** Number of poolings of the network. Default 4. */
  readonly depth?: number;
  /** Of its convolutions. Default "valid". */
  readonly padding?: Padding;
}

/**
 * A tile from a random place of a random slice, turned and mirrored in one of the eight ways that keep
 * the pixel grid. The truth covers only the tile's centre; the context around it, where it lies outside
 * the picture, is the picture mirrored (Fig. 2).
 *
 * @param data pictures and truth
 * @param options see {@linkcode RandomSampleOptions}
 * @throws {RangeError} if the tile side is not valid, or a picture is smaller than the network's output
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { randomSample } from "./mod.ts";
 *
 * const slice = { data: new Float32Array(64 * 64), width: 64, height: 64 };
 * const truth = { data: new Int32Array(64 * 64), width: 64, height: 64 };
 * const data = { slices: [slice], labels: [truth] };
 * const { image, labels } = randomSample(data, { tileSide: 204, random: createRandom(1) });
 * console.log(image.width, labels.width); // 204 20
 * ```
 */
export function randomSample(data: Annotated, options: RandomSampleOptions): Sample {
  const { tileSide, random } = options;
  const { index, x, y, output, border } = randomPlace(data, options);
  const view = random.pick(DIHEDRAL_VIEWS);
  const centre = [x, y, output, output] as const;
  const slice = data.slices[index], weights = data.weights?.[index];
  return {
    image: dihedral(mirrorWindow(slice, x - border, y - border, tileSide, tileSide), view),
    labels: dihedral(mirrorWindow(data.labels[index], ...centre), view),
    weights: weights && dihedral(mirrorWindow(weights, ...centre), view),
  };
}

/** A random slice, and where in it the output of a tile begins. */
export function randomPlace(
  { slices, labels, weights }: Annotated,
  { tileSide, random, depth = PAPER_DEPTH, padding }: RandomSampleOptions,
): { index: number; x: number; y: number; output: number; border: number } {
  const { output, border } = tileSize(tileSide, depth, padding);
  if (slices.length === 0 || slices.length !== labels.length) {
    throw new RangeError(
      `every slice needs its truth; got ${slices.length} slices and ${labels.length} truths`,
    );
  }
  const index = random.int(slices.length), { width, height } = slices[index];
  if (width < output || height < output) {
    throw new RangeError(
      `slice ${index} is ${width} x ${height}, smaller than the output ${output} x ${output} of a ` +
        `${tileSide} tile; choose a smaller tile`,
    );
  }
  for (
    const [what, other] of [["truth", labels[index]], ["weight map", weights?.[index]]] as const
  ) {
    if (other !== undefined && (other.width !== width || other.height !== height)) {
      throw new RangeError(
        `slice ${index} is ${width} x ${height}, but its ${what} is ${other.width} x ${other.height}`,
      );
    }
  }
  const x = random.int(width - output + 1), y = random.int(height - output + 1);
  return { index, x, y, output, border };
}

/** The tensors of a training step. */
export interface Batch extends tf.TensorContainerObject {
  /** [B, side, side, channels] */
  x: tf.Tensor4D;
  /** [B, output, output] */
  labels: tf.Tensor3D;
  /** [B, output, output] */
  weights: tf.Tensor3D;
}

/**
 * Samples as tensors; all must have one size.
 *
 * @param samples at least one
 * @throws {RangeError} if the samples differ in size
 *
 * @example
 * ```ts
 * import { toBatch } from "./mod.ts";
 *
 * const image = { data: new Float32Array(188 * 188), width: 188, height: 188 };
 * const labels = { data: new Int32Array(4 * 4), width: 4, height: 4 };
 * console.log(toBatch([{ image, labels }]).x.shape); // [1, 188, 188, 1]
 * ```
 */
export function toBatch(samples: readonly Sample[]): Batch {
  const [{ image, labels }] = samples;
  const channels = image.channels ?? 1, B = samples.length;
  const x = new Float32Array(B * image.data.length);
  const truth = new Int32Array(B * labels.data.length);
  const w = new Float32Array(truth.length).fill(1);
  samples.forEach((sample, i) => {
    const { image: { data }, labels: { data: classes }, weights } = sample;
    if (data.length !== image.data.length || classes.length !== labels.data.length) {
      throw new RangeError(`sample ${i} has another size than sample 0; a batch needs equal sizes`);
    }
    x.set(data, i * data.length);
    truth.set(classes, i * classes.length);
    if (weights !== undefined) w.set(weights.data, i * classes.length);
  });
  return {
    x: tf.tensor4d(x, [B, image.height, image.width, channels]),
    labels: tf.tensor3d(truth, [B, labels.height, labels.width], "int32"),
    weights: tf.tensor3d(w, [B, labels.height, labels.width]),
  };
}
