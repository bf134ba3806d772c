/**
 * The table of cases that every backend must compute alike: forward, and the gradient of every float input. Cases with
 * `golden` must agree with PyTorch, the others with the cpu backend, whose gradients must agree with numeric differentiation.
 */
import {
  attention,
  convolution,
  cropAndConcatenate,
  crossEntropy,
  dropout,
  gelu,
  layerNorm,
  linear,
  type tf,
  upConvolution,
} from "../../lib/backend/mod.ts";

type TF = typeof tf;
type Tensors = tf.Tensor[];

/** An input: a shape, and how it is filled. */
export interface Input {
  shape: number[];
  /** normal (default), negative, few (many ties), broken (a NaN and an infinity among others), or integers below `below`. */
  fill?: "normal" | "negative" | "few" | "positive" | "broken";
  below?: number;
}

/** One row of the table. */
export interface Case {
  name: string;
  inputs: Input[];
  f: (tf: TF, ...x: Tensors) => tf.Tensor;
  /** False: forward only (integers, no gradient in tfjs). Default true. */
  gradient?: boolean;
  /** Inputs, result and gradients are those that tests/golden/parity/ holds under this name. */
  golden?: string;
}

/** A case whose numbers are PyTorch's. */
const torch = (name: string, f: Case["f"]): Case => ({
  name: `${name} as PyTorch`,
  f,
  inputs: [],
  golden: name,
});

const n = (...shape: number[]): Input => ({ shape });
const t4 = (x: tf.Tensor) => x as tf.Tensor4D;
type Pad = "valid" | "same" | number;

function conv(
  b: number,
  [h, w]: [number, number],
  ci: number,
  co: number,
  k: number | [number, number],
  stride = 1,
  pad: Pad = "valid",
  dilation = 1,
): Case {
  const [kh, kw] = typeof k === "number" ? [k, k] : k;
  const more = `${stride > 1 ? ` stride ${stride}` : ""}${
    dilation > 1 ? ` dilation ${dilation}` : ""
  }`;
  return {
    name: `conv2d ${b}x${h}x${w} ${ci}->${co} filter ${kh}x${kw} ${pad}${more}`,
    inputs: [n(b, h, w, ci), n(kh, kw, ci, co)],
    f: (tf, x, filter) => tf.conv2d(t4(x), t4(filter), stride, pad, "NHWC", dilation),
    gradient: dilation === 1,
  };
}

function fusedConv(
  h: number,
  ci: number,
  co: number,
  activation: "linear" | "relu" | "sigmoid",
  bias = true,
): Case {
  return {
    name: `fused conv2d ${h}x${h} ${ci}->${co} ${activation}${bias ? " bias" : ""}`,
    inputs: [n(2, h, h, ci), n(3, 3, ci, co), n(co)],
    f: (tf, x, filter, b) =>
      tf.fused.conv2d({
        x: t4(x),
        filter: t4(filter),
        strides: 1,
        pad: "valid",
        ...(bias ? { bias: b } : {}),
        activation,
      }).add(tf.sum(b).mul(0)),
    gradient: activation !== "sigmoid",
  };
}

function transposed(h: number, ci: number, co: number, k = 2, stride = 2, pad: Pad = "same"): Case {
  const out = pad === "same" ? h * stride : (h - 1) * stride + k;
  return {
    name: `conv2dTranspose ${h}x${h} ${ci}->${co} filter ${k} stride ${stride} ${pad}`,
    inputs: [n(2, h, h, ci), n(k, k, co, ci)],
    f: (tf, x, filter) =>
      tf.conv2dTranspose(t4(x), t4(filter), [2, out, out, co], stride, pad as "same"),
  };
}

function matMul(
  a: number[],
  b: number[],
  transA = false,
  transB = false,
  gradient = true,
): Case {
  return {
    gradient,
    name: `matMul [${a}]${transA ? "T" : ""} x [${b}]${transB ? "T" : ""}`,
    inputs: [n(...a), n(...b)],
    f: (tf, x, y) => tf.matMul(x, y, transA, transB),
  };
}

function fusedMatMul(
  a: number[],
  b: number[],
  bias: number[],
  activation: "linear" | "relu" | "elu",
  transA = false,
  transB = false,
): Case {
  return {
    name: `fused matMul [${a}]${transA ? "T" : ""} x [${b}]${
      transB ? "T" : ""
    } + [${bias}] ${activation}`,
    inputs: [n(...a), n(...b), n(...bias)],
    f: (tf, x, y, z) =>
      tf.fused.matMul({ a: x, b: y, transposeA: transA, transposeB: transB, bias: z, activation }),
    gradient: activation !== "elu",
  };
}

function pool(
  h: number,
  c: number,
  k: number,
  stride: number,
  pad: Pad,
  fill: Input["fill"],
): Case {
  return {
    name: `maxPool ${h}x${h}x${c} window ${k} stride ${stride} ${pad} ${fill}`,
    inputs: [{ shape: [2, h, h, c], fill }],
    f: (tf, x) => tf.maxPool(t4(x), k, stride, pad),
  };
}

/** The table. */
export const cases: readonly Case[] = [
  conv(1, [9, 11], 16, 8, 3),
  conv(2, [9, 11], 16, 24, 3),
  conv(3, [7, 5], 1, 1, 3),
  conv(1, [30, 30], 1, 16, 3),
  conv(1, [22, 17], 33, 17, 3),
  conv(2, [5, 4], 64, 300, 3),
  conv(1, [15, 14], 40, 36, 3),
  conv(1, [4, 5], 256, 260, 3),
  conv(2, [4, 5], 130, 140, 3),
  conv(2, [5, 5], 130, 140, 3, 2, "same"),
  conv(1, [8, 8], 8, 8, 3, 1, "same"),
  conv(2, [9, 8], 16, 8, 3, 1, "same"),
  conv(2, [9, 9], 12, 6, 3, 2, "same"),
  conv(1, [11, 9], 5, 7, 3, 2, "valid"),
  conv(1, [12, 12], 16, 16, 3, 1, "valid", 2),
  conv(1, [12, 12], 16, 16, 3, 1, 1),
  conv(2, [10, 10], 24, 3, 1),
  conv(1, [10, 10], 6, 3, 1, 2),
  conv(1, [10, 12], 16, 5, [1, 3]),
  conv(1, [10, 12], 16, 5, [5, 2]),
  conv(1, [3, 3], 16, 8, 3),
  conv(2, [8, 8], 16, 8, 2, 2, "same"),
  fusedConv(9, 16, 8, "relu"),
  fusedConv(9, 3, 5, "relu"),
  fusedConv(8, 32, 24, "linear"),
  fusedConv(9, 16, 8, "relu", false),
  fusedConv(9, 16, 8, "sigmoid"),
  transposed(6, 16, 8),
  transposed(5, 3, 7),
  transposed(1, 1, 1),
  transposed(4, 6, 5, 4, 2),
  transposed(3, 5, 2, 3, 3, "valid"),
  matMul([5, 7], [7, 3]),
  matMul([130, 70], [70, 33]),
  matMul([70, 130], [70, 33], true),
  matMul([130, 70], [33, 70], false, true),
  matMul([70, 130], [33, 70], true, true),
  matMul([1, 9], [9, 1]),
  matMul([4, 3, 17, 9], [4, 3, 9, 5]),
  matMul([4, 3, 17, 9], [4, 3, 5, 9], false, true),
  matMul([4, 3, 9, 17], [4, 3, 9, 5], true),
  matMul([3, 17, 9], [1, 9, 5], false, false, false),
  matMul([1, 17, 9], [3, 9, 5], false, false, false),
  fusedMatMul([13, 100], [100, 9], [9], "relu"),
  fusedMatMul([13, 100], [9, 100], [9], "linear", false, true),
  fusedMatMul([100, 13], [100, 9], [9], "relu", true),
  fusedMatMul([3, 13, 100], [3, 100, 9], [9], "relu"),
  fusedMatMul([3, 13, 100], [3, 9, 100], [9], "linear", false, true),
  fusedMatMul([3, 13, 100], [1, 100, 9], [9], "elu"),
  pool(8, 5, 2, 2, "valid", "normal"),
  pool(8, 16, 2, 2, "valid", "negative"),
  pool(9, 4, 2, 2, "valid", "few"),
  pool(9, 4, 2, 2, "same", "normal"),
  pool(9, 6, 3, 2, "valid", "few"),
  pool(7, 3, 3, 1, "same", "negative"),
  {
    name: "gather rows",
    inputs: [n(11, 6), { shape: [3, 4], below: 11 }],
    f: (tf, x, i) => tf.gather(x, i as tf.Tensor2D),
  },
  {
    name: "gather rows, many of the same",
    inputs: [n(5, 130), { shape: [40], below: 5 }],
    f: (tf, x, i) => tf.gather(x, i as tf.Tensor1D),
  },
  {
    name: "gather along axis 1",
    inputs: [n(3, 7, 2), { shape: [4], below: 7 }],
    f: (tf, x, i) => tf.gather(x, i as tf.Tensor1D, 1),
    gradient: true,
  },
  {
    name: "gather with batchDims 1",
    inputs: [n(3, 7, 4), { shape: [3, 2], below: 7 }],
    f: (tf, x, i) => tf.gather(x, i as tf.Tensor2D, 1, 1),
    gradient: false,
  },
  {
    name: "unsorted segment sum",
    inputs: [n(9, 5), { shape: [9], below: 4 }],
    f: (tf, x, i) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 6),
    gradient: false,
  },
  {
    name: "crop and concatenate",
    inputs: [n(2, 9, 9, 6), n(2, 5, 5, 4)],
    f: (tf, skip, x) => tf.concat([tf.slice(skip, [0, 2, 2, 0], [2, 5, 5, 6]), x], 3),
  },
  {
    name: "pad",
    inputs: [n(2, 4, 5, 3)],
    f: (tf, x) => tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]]),
  },
  {
    name: "split heads and back (reshape, transpose)",
    inputs: [n(2, 6, 12)],
    f: (tf, x) => tf.reshape(tf.transpose(tf.reshape(x, [2, 6, 3, 4]), [0, 2, 1, 3]), [6, 24]),
  },
  {
    name: "transpose [3,0,2,1]",
    inputs: [n(2, 3, 4, 5)],
    f: (tf, x) => tf.transpose(x, [3, 0, 2, 1]),
  },
  {
    name: "softmax",
    inputs: [n(4, 3, 9)],
    f: (tf, x) => tf.softmax(x),
  },
  {
    name: "log softmax times a weight",
    inputs: [n(40, 2), n(40, 2)],
    f: (tf, x, w) => tf.mul(tf.logSoftmax(x), w),
  },
  {
    name: "softmax cross entropy of one-hot labels",
    inputs: [n(17, 5), { shape: [17], below: 5 }],
    f: (tf, x, i) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(i as tf.Tensor1D, 5), x as tf.Tensor2D),
  },
  {
    name: "layer norm from single operations",
    inputs: [n(6, 10), n(10), n(10)],
    f: (tf, x, g, b) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), g), b);
    },
  },
  ...[[3, 4, 6], [17], [130]].flatMap((shape): Case[] => [
    { name: `gelu [${shape}]`, inputs: [n(...shape)], f: (_, x) => gelu(x) },
    { name: `softmax [${shape}]`, inputs: [n(...shape)], f: (tf, x) => tf.softmax(x) },
  ]),
  {
    name: "gelu from erf",
    inputs: [n(7, 9)],
    f: (tf, x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
  },
  ...(["add", "sub", "mul", "div", "maximum", "minimum"] as const).flatMap((op): Case[] => [
    {
      name: `${op} of equal shapes`,
      inputs: [n(3, 5, 7), { shape: [3, 5, 7], fill: "positive" }],
      f: (tf, a, b) => tf[op](a, b),
    },
    {
      name: `${op} along the last axis`,
      gradient: !op.endsWith("imum"), // tfjs has no broadcast gradient for these
      inputs: [n(3, 5, 7), { shape: [7], fill: "positive" }],
      f: (tf, a, b) => tf[op](a, b),
    },
    {
      name: `${op} of columns`,
      gradient: !op.endsWith("imum"), // tfjs has no broadcast gradient for these
      inputs: [n(3, 5, 7), { shape: [3, 1, 1], fill: "positive" }],
      f: (tf, a, b) => tf[op](a, b),
    },
    {
      name: `${op} with a scalar`,
      gradient: !op.endsWith("imum"), // tfjs has no broadcast gradient for these
      inputs: [n(33), { shape: [], fill: "positive" }],
      f: (tf, a, b) => tf[op](a, b),
    },
  ]),
  ...(["relu", "tanh", "sigmoid", "exp", "neg", "square", "erf", "abs"] as const).map((
    op,
  ): Case => ({
    name: op,
    inputs: [n(5, 13)],
    f: (tf, x) => tf[op](x),
  })),
  ...(["sqrt", "rsqrt", "log", "reciprocal"] as const).map((op): Case => ({
    name: op,
    inputs: [{ shape: [5, 13], fill: "positive" }],
    f: (tf, x) => tf[op](x),
  })),
  ...([undefined, 0, 1, 2, [0, 1], [1, 2], [0, 2]] as (number | number[] | undefined)[]).flatMap((
    axis,
  ): Case[] => [
    { name: `sum over ${axis}`, inputs: [n(4, 5, 6)], f: (tf, x) => tf.sum(x, axis) },
    { name: `mean over ${axis}`, inputs: [n(4, 5, 6)], f: (tf, x) => tf.mean(x, axis, true) },
  ]),
  { name: "max over the last axis", inputs: [n(4, 9)], f: (tf, x) => tf.max(x, -1) },
  { name: "argMax", inputs: [n(4, 9)], f: (tf, x) => tf.argMax(x, -1), gradient: false },
  {
    name: "where",
    inputs: [n(4, 9), n(4, 9)],
    f: (tf, a, b) => tf.where(tf.greater(tf.tensor2d([[1], [-1], [2], [0]]), 0).tile([1, 9]), a, b),
  },
  {
    name: "addN",
    inputs: [n(4, 9), n(4, 9), n(4, 9)],
    f: (tf, ...all) => tf.addN(all),
  },
  {
    name: "stack and unstack",
    inputs: [n(4, 3), n(4, 3)],
    f: (tf, a, b) => tf.mul(tf.unstack(tf.stack([a, b], 1), 1)[1], tf.split(a, 3, 1)[2]),
  },
  {
    name: "parts of 4-D, of whole numbers and of truth values",
    inputs: [n(3, 4, 5, 6)],
    f: (tf, x) => {
      const part = (y: tf.Tensor) => tf.cast(tf.slice(y, [1, 0, 2, 1], [2, 3, 2, -1]), "float32");
      const whole = tf.range(0, 360, 1, "int32").reshape([3, 4, 5, 6]);
      return tf.addN([part(x), part(whole), part(tf.greater(whole, 180))]);
    },
  },
  {
    name: "split into unequal parts, unstack along every axis",
    inputs: [n(3, 4, 5)],
    f: (tf, x) => {
      const [, wide] = tf.split(x, [1, 3], 1); // [3, 3, 5]
      return tf.add(
        tf.unstack(x, 2)[4].reshape([12]),
        tf.addN([
          tf.slice(wide.reshape([45]), [7], [12]),
          tf.tile(tf.unstack(x, 1)[2].reshape([15]).slice([2], [4]), [3]),
          tf.tile(tf.unstack(x)[1].reshape([20]).slice([0], [6]), [2]),
        ]),
      );
    },
  },
  {
    name: "strided slice by slices, tile",
    inputs: [n(2, 3)],
    f: (tf, x) => tf.tile(tf.slice(x, [0, 1], [2, 2]), [3, 2]),
  },
  {
    name: "an empty batch",
    inputs: [n(0, 4), n(4, 3)],
    f: (tf, a, b) => tf.matMul(a, b),
    gradient: false,
  },
  {
    name: "clip by value",
    inputs: [n(40)],
    f: (tf, x) => tf.clipByValue(x, -0.5, 0.7),
  },
  {
    name: "cumsum",
    inputs: [n(3, 8)],
    f: (tf, x) => tf.cumsum(x, 1),
  },
  ...([
    [[2, 9, 10], 16, 8, "relu", "valid"],
    [[1, 20, 21], 1, 5, "relu", "valid"],
    [[1, 20, 9], 40, 36, "relu", "valid"],
    [[2, 4, 5], 130, 140, "relu", "valid"],
    [[2, 9, 10], 16, 8, "none", "same"],
    [[2, 9, 10], 16, 7, "relu", "same"],
    [[3, 7, 7], 12, 2, "none", "valid", 1],
    [[3, 7, 7], 12, 5, "relu", "valid", 1],
  ] as const).map(([[b, h, w], ci, co, activation, padding, k = 3]): Case => ({
    name: `convolution ${b}x${h}x${w} ${ci}->${co} filter ${k} ${padding} ${activation}`,
    inputs: [n(b, h, w, ci), n(k, k, ci, co), n(co)],
    f: (_, x, f, bias) => convolution(t4(x), t4(f), bias as tf.Tensor1D, { activation, padding }),
  })),
  {
    name: "two convolutions, then a difference in bias alone",
    inputs: [n(1, 8, 8, 16), n(3, 3, 16, 16), n(16)],
    f: (tf, x, f, bias) => {
      const y = convolution(t4(x), t4(f), bias as tf.Tensor1D, { activation: "relu" });
      return tf.sub(
        y,
        convolution(t4(tf.ones(x.shape)), t4(tf.ones(f.shape)), bias as tf.Tensor1D),
      );
    },
  },
  ...([[5, 6, 16, 8, 2], [3, 2, 5, 3, 2], [4, 4, 6, 7, 3]] as const).map((
    [h, w, ci, co, s],
  ): Case => ({
    name: `upConvolution ${h}x${w} ${ci}->${co} by ${s}`,
    inputs: [n(2, h, w, ci), n(s, s, co, ci), n(co)],
    f: (_, x, f, bias) => upConvolution(t4(x), t4(f), bias as tf.Tensor1D),
  })),
  ...([[9, 8, 5, 4, 3, 2], [6, 6, 6, 6, 4, 4], [11, 7, 2, 4, 20, 130]] as const).flatMap((
    [H, W, h, w, c1, c2],
  ) =>
    [false, true].map((xFirst): Case => ({
      name: `cropAndConcatenate ${H}x${W}x${c1} ${xFirst ? "after" : "beside"} ${h}x${w}x${c2}`,
      inputs: [n(2, H, W, c1), n(2, h, w, c2)],
      f: (_, skip, x) => cropAndConcatenate(t4(skip), t4(x), xFirst),
    }))
  ),
  ...(["none", "relu", "gelu"] as const).flatMap((activation) =>
    ([[[2, 3, 10], 7], [[40, 64], 130], [[5, 16], 5000]] as const).map(([shape, out]): Case => ({
      name: `linear [${shape}] -> ${out} ${activation}`,
      inputs: [n(...shape), n(out, shape.at(-1)!), n(out)],
      f: (_, x, w, b) => linear(x, w as tf.Tensor2D, b as tf.Tensor1D, activation),
    }))
  ),
  ...[[2, 3, 10], [33, 64], [4, 7]].map((shape): Case => ({
    name: `layerNorm [${shape}]`,
    inputs: [n(...shape), n(shape.at(-1)!), n(shape.at(-1)!)],
    f: (_, x, g, b) => layerNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, 1e-5),
  })),
  ...([[2, 5, 8, 2, false], [2, 16, 24, 3, true], [1, 1, 4, 4, false]] as const).map(
    ([b, t, h, heads, causal]): Case => ({
      name: `attention [${b},${t},${h}] ${heads} heads${causal ? " causal" : ""}`,
      inputs: [n(b, t, h), n(b, t, h), n(b, t, h)],
      f: (_, q, k, v) =>
        attention(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, { heads, causal }),
    }),
  ),
  {
    name: "attention with padding",
    inputs: [n(2, 6, 8), n(2, 6, 8), n(2, 6, 8)],
    f: (tf, q, k, v) =>
      attention(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, {
        heads: 2,
        mask: tf.tensor2d([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]]),
      }),
  },
  ...[2, 3, 7, 1000].map((classes): Case => ({
    name: `crossEntropy of ${classes} classes`,
    inputs: [n(13, classes), { shape: [13], below: classes }],
    f: (_, x, labels) => crossEntropy(x as tf.Tensor2D, labels as tf.Tensor1D),
  })),
  {
    name: "crossEntropy with labels that are not judged",
    inputs: [n(5, 3)],
    f: (tf, x) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([0, -100, 2, 1, -100], "int32")),
  },
  ...[[0, 9, 9, 16], [0, 9, 9, 3]].map((shape): Case => ({
    name: `convolution of an empty batch [${shape}]`,
    inputs: [n(...shape), n(3, 3, shape[3], 5), n(5)],
    f: (_, x, f, b) => convolution(t4(x), t4(f), b as tf.Tensor1D, { activation: "relu" }),
    gradient: false,
  })),
  {
    name: "linear of an empty batch",
    inputs: [n(0, 4, 6), n(5, 6), n(5)],
    f: (_, x, w, b) => linear(x, w as tf.Tensor2D, b as tf.Tensor1D, "gelu"),
    gradient: false,
  },
  {
    name: "layerNorm of an empty batch",
    inputs: [n(0, 6), n(6), n(6)],
    f: (_, x, g, b) => layerNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, 1e-5),
    gradient: false,
  },
  ...[[0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1]].map((perm): Case => ({
    name: `a product of what was transposed by [${perm}]`,
    inputs: [n(3, 4, 5), n(3, 4, 5)],
    f: (tf, a, b) => {
      const [x, y] = [tf.transpose(a, perm), tf.transpose(b, perm)];
      return tf.add(tf.matMul(x, y, false, true), tf.matMul(x, y, false, true));
    },
  })),
  torch("conv2d", (tf, x, f) => tf.conv2d(t4(x), t4(f), 1, "valid")),
  torch("conv2d of one channel", (tf, x, f) => tf.conv2d(t4(x), t4(f), 1, "valid")),
  torch("conv2d stride 2", (tf, x, f) => tf.conv2d(t4(x), t4(f), 2, "valid")),
  torch("conv2d padding 1", (tf, x, f) => tf.conv2d(t4(x), t4(f), 1, 1)),
  torch(
    "convolution relu",
    (_, x, f, b) => convolution(t4(x), t4(f), b as tf.Tensor1D, { activation: "relu" }),
  ),
  torch("convolution 1x1", (_, x, f, b) => convolution(t4(x), t4(f), b as tf.Tensor1D)),
  torch("upConvolution", (_, x, f, b) => upConvolution(t4(x), t4(f), b as tf.Tensor1D)),
  torch("cropAndConcatenate", (_, skip, x) => cropAndConcatenate(t4(skip), t4(x))),
  torch(
    "cropAndConcatenate, x first",
    (_, skip, x) => cropAndConcatenate(t4(skip), t4(x), true),
  ),
  torch("maxPool of negative numbers", (tf, x) => tf.maxPool(t4(x), 2, 2, "valid")),
  torch("maxPool with ties", (tf, x) => tf.maxPool(t4(x), 2, 2, "valid")),
  torch("maxPool overlapping, with ties", (tf, x) => tf.maxPool(t4(x), 3, 2, "valid")),
  torch("matMul", (tf, a, b) => tf.matMul(a, b)),
  torch("matMul TN", (tf, a, b) => tf.matMul(a, b, true)),
  torch("matMul NT", (tf, a, b) => tf.matMul(a, b, false, true)),
  torch("matMul TT", (tf, a, b) => tf.matMul(a, b, true, true)),
  torch("matMul batched NT", (tf, a, b) => tf.matMul(a, b, false, true)),
  ...(["none", "relu", "gelu"] as const).map((activation) =>
    torch(
      `linear ${activation}`,
      (_, x, w, b) => linear(x, w as tf.Tensor2D, b as tf.Tensor1D, activation),
    )
  ),
  torch("gelu", (_, x) => gelu(x)),
  torch("softmax", (tf, x) => tf.softmax(x)),
  torch(
    "layerNorm",
    (_, x, g, b) => layerNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, 1e-5),
  ),
  torch("gather", (tf, x, i) => tf.gather(x, i as tf.Tensor2D)),
  torch(
    "crossEntropy",
    (tf, x) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([0, -100, 2, 1, -100, 4], "int32")),
  ),
  torch(
    "crossEntropy of 1000 classes",
    (tf, x) => crossEntropy(x as tf.Tensor2D, tf.range(0, 900, 150, "int32")),
  ),
  ...([["attention", { heads: 2 }], ["attention causal", { heads: 3, causal: true }]] as const)
    .map(([name, options]) =>
      torch(
        name,
        (_, q, k, v) => attention(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, options),
      )
    ),
  torch(
    "attention with padding",
    (tf, q, k, v) =>
      attention(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, {
        heads: 2,
        mask: tf.tensor2d([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0]]),
      }),
  ),
  torch("transpose [3,0,2,1]", (tf, x) => tf.transpose(x, [3, 0, 2, 1])),
  ...[[1003], [2, 3, 50]].map((shape): Case => ({
    name: `dropout [${shape}]`,
    inputs: [n(...shape)],
    f: (_, x) => dropout(x, 0.3, 4_000_000_007),
  })),
  // What is not a number stays visible, and stays where it belongs.
  ...([
    ["relu", (tf, x) => tf.relu(x)],
    ["add", (tf, x) => tf.add(x, tf.ones(x.shape))],
    ["mul", (tf, x) => tf.mul(x, tf.fill(x.shape, 2))],
    ["softmax", (tf, x) => tf.softmax(x)],
    ["matMul", (tf, x) => tf.matMul(x, tf.ones([40, 3]))],
    ["sum", (tf, x) => tf.sum(x, -1)],
    ["layerNorm", (tf, x) => layerNorm(x, tf.ones([40]), tf.zeros([40]), 1e-5)],
    ["linear", (tf, x) => linear(x, tf.ones([7, 40]), tf.ones([7]), "relu")],
    [
      "crossEntropy",
      (tf, x) => crossEntropy(x as tf.Tensor2D, tf.tensor1d([1, 2, 3, 0, 5, 6], "int32")),
    ],
    [
      "convolution",
      (tf, x) =>
        convolution(t4(tf.reshape(x, [1, 6, 8, 5])), t4(tf.ones([3, 3, 5, 4])), tf.zeros([4]), {
          activation: "relu",
        }),
    ],
    [
      "convolution of many channels",
      (tf, x) =>
        convolution(t4(tf.reshape(x, [1, 3, 5, 16])), t4(tf.ones([3, 3, 16, 4])), tf.zeros([4]), {
          activation: "relu",
        }),
    ],
  ] as [string, Case["f"]][]).map(([name, f]): Case => ({
    name: `${name} of NaN and infinity`,
    inputs: [{ shape: [6, 40], fill: "broken" }],
    f,
    gradient: false,
  })),
];
