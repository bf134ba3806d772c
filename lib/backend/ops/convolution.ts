/**
 * Convolution with bias and rectifier as one operation, forward and backward.
 *
 * Legend: B images, H x W positions, Ci and Co channels, KH x KW filter.
 *
 * @module
 */

import { tf } from "../tf.ts";
import { defineGradient, hasKernel, runKernel, runKernels, together } from "./gradient.ts";

/** How a convolution is laid. */
export interface ConvolutionOptions {
  /** "valid": only where the filter fits (U-Net); "same": as many outputs as inputs / stride. Default "valid". */
  readonly padding?: "valid" | "same";
  /** Default 1. */
  readonly stride?: number;
  /** Default "none". */
  readonly activation?: "none" | "relu";
}

/**
 * y = act(x * filter + bias).
 *
 * Against `tf.relu(tf.add(tf.conv2d(...), bias))` this saves five passes over the activations in a training step: bias and
 * rectifier are applied while a block is in the cache, and one pass backwards masks dy, sums the bias's gradient and
 * lays dy out for the two products.
 *
 * @param x [B, H, W, Ci]
 * @param filter [KH, KW, Ci, Co]
 * @param bias [Co]
 * @returns [B, OH, OW, Co]
 * @throws {Error} if the shapes do not fit each other (tfjs's sentence).
 *
 * @example
 * ```ts
 * import { convolution, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const x = tf.ones<tf.Rank.R4>([1, 5, 5, 2]), filter = tf.ones<tf.Rank.R4>([3, 3, 2, 1]);
 * const y = convolution(x, filter, tf.tensor1d([-10]), { activation: "relu" });
 * assertEquals(y.shape, [1, 3, 3, 1]);
 * assertEquals(y.dataSync()[0], 8); // 3 * 3 * 2 - 10
 * ```
 */
export function convolution(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  { padding = "valid", stride = 1, activation = "none" }: ConvolutionOptions = {},
): tf.Tensor4D {
  if (!hasKernel("BiasedConvolution")) {
    if (x.shape[0] === 0) return emptyBatch(x, filter, padding, stride);
    const act = activation === "relu" ? "relu" : "linear";
    return tf.fused.conv2d({ x, filter, strides: stride, pad: padding, bias, activation: act });
  }
  if (
    x.rank !== 4 || filter.rank !== 4 || x.shape[3] !== filter.shape[2] ||
    bias.size !== filter.shape[3]
  ) {
    throw new Error(
      `convolution was given x [${x.shape}], filter [${filter.shape}], bias [${bias.shape}]; it wants x [B, H, W, Ci], ` +
        "filter [KH, KW, Ci, Co], bias [Co].",
    );
  }
  const attributes = { strides: [stride, stride], pad: padding, relu: activation === "relu" };
  return runKernel("BiasedConvolution", { x, filter, bias }, attributes) as tf.Tensor4D;
}

/** No image in, none out: tfjs's webgpu kernel takes a batch of 0 for one of 1. */
function emptyBatch(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  padding: "valid" | "same",
  stride: number,
): tf.Tensor4D {
  return tf.zeros(
    tf.backend_util.computeConv2DInfo(x.shape, filter.shape, stride, 1, padding).outShape,
  );
}

/**
 * The transposed ("up-") convolution with bias, stride and filter of equal size: every input pixel becomes a patch of
 * stride x stride outputs that overlaps no other.
 *
 * @param x [B, H, W, Ci]
 * @param filter [stride, stride, Co, Ci]
 * @param bias [Co]
 * @returns [B, stride * H, stride * W, Co]
 *
 * @example
 * ```ts
 * import { tf, upConvolution, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const x = tf.ones<tf.Rank.R4>([1, 4, 4, 6]), filter = tf.ones<tf.Rank.R4>([2, 2, 3, 6]);
 * const y = upConvolution(x, filter, tf.tensor1d([0, 1, 2]));
 * assertEquals(y.shape, [1, 8, 8, 3]);
 * assertEquals([...y.dataSync().slice(0, 3)], [6, 7, 8]);
 * ```
 */
export function upConvolution(x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const [b, h, w, ci] = x.shape;
  const [stride, kw, co, depth] = filter.shape;
  if (stride !== kw || depth !== ci || bias.size !== co) {
    throw new Error(
      `upConvolution was given x [${x.shape}], filter [${filter.shape}], bias [${bias.shape}]; it wants x [B, H, W, Ci], ` +
        "filter [stride, stride, Co, Ci], bias [Co].",
    );
  }
  if (!hasKernel("UpConvolution")) {
    const out: [number, number, number, number] = [b, stride * h, stride * w, co];
    return tf.add(tf.conv2dTranspose(x, filter, out, stride, "same"), bias);
  }
  return runKernel("UpConvolution", { x, filter, bias }) as tf.Tensor4D;
}

/**
 * The centre of `skip` beside `x`, along the channels: U-Net's "copy and crop".
 *
 * @param skip [B, H, W, C1], H and W at least x's
 * @param x [B, h, w, C2]
 * @param xFirst whether x's channels come before skip's. Default false.
 * @returns [B, h, w, C1 + C2]; an odd difference leaves the extra row at the bottom, the extra column on the right
 *
 * @example
 * ```ts
 * import { cropAndConcatenate, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const y = cropAndConcatenate(tf.ones<tf.Rank.R4>([1, 8, 8, 3]), tf.zeros<tf.Rank.R4>([1, 4, 4, 5]));
 * assertEquals(y.shape, [1, 4, 4, 8]);
 * ```
 */
export function cropAndConcatenate(
  skip: tf.Tensor4D,
  x: tf.Tensor4D,
  xFirst = false,
): tf.Tensor4D {
  const [b, H, W, c1] = skip.shape;
  const [bx, h, w] = x.shape;
  if (b !== bx || H < h || W < w) {
    throw new Error(
      `cropAndConcatenate was given skip [${skip.shape}] and x [${x.shape}]; skip must hold as many images, each at least as ` +
        "large as x's.",
    );
  }
  if (!hasKernel("CropAndConcatenate")) {
    const centre = tf.slice(skip, [0, (H - h) >> 1, (W - w) >> 1, 0], [b, h, w, c1]);
    return tf.concat(xFirst ? [x, centre] : [centre, x], 3);
  }
  return runKernel("CropAndConcatenate", { skip, x }, { xFirst }) as tf.Tensor4D;
}

defineGradient("BiasedConvolution", {
  inputs: ["x", "filter"],
  outputs: [true],
  gradient: (dy, [x, filter, y], attributes) =>
    together(
      ["x", "filter", "bias"],
      (wanted) =>
        runKernels("BiasedConvolutionGradient", { dy, x, filter, y }, { ...attributes, wanted }),
    ),
});

defineGradient("UpConvolution", {
  inputs: ["x", "filter"],
  gradient: (dy, [x, filter]) =>
    together(
      ["x", "filter", "bias"],
      (wanted) => runKernels("UpConvolutionGradient", { dy, x, filter }, { wanted }),
    ),
});

defineGradient("CropAndConcatenate", {
  inputs: ["skip", "x"],
  gradient: (dy, [skip, x], { xFirst }) => {
    const part = (name: string, of: tf.Tensor) => () =>
      runKernel("CropAndConcatenateGradient", { dy }, {
        xFirst,
        of: name,
        skipShape: skip.shape,
        shape: of.shape,
      });
    return { skip: part("skip", skip), x: part("x", x) };
  },
});
