/**
 * The operations of a Transformer as one kernel each, forward and backward.
 *
 * Legend: B sequences, T positions, H hidden size, N heads of size D = H / N.
 *
 * @module
 */

import { tf } from "../tf.ts";
import { dropout, maskNumbers } from "./dropout.ts";
import { hasKernel, runKernel, runKernels } from "./gradient.ts";

/** What follows a linear layer. */
export type Activation = "none" | "relu" | "gelu";

/**
 * y = act(x W^T + b), the weight as PyTorch and Hugging Face store it.
 *
 * @param x [..., in]
 * @param weight [out, in]
 * @param bias [out]
 * @param activation "gelu" is the exact x Phi(x) (Hendrycks and Gimpel 2016). Default "none".
 * @returns [..., out]
 *
 * @example
 * ```ts
 * import { linear, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const y = linear(tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4], [5, 6]]), tf.tensor1d([0, -20]), "relu");
 * assertEquals(y.arraySync(), [[11, 0]]);
 * ```
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  activation: Activation = "none",
): tf.Tensor {
  const [out, depth] = weight.shape;
  if (x.shape.at(-1) !== depth || bias.size !== out) {
    throw new Error(
      `linear was given x [${x.shape}], weight [${weight.shape}], bias [${bias.shape}]; it wants x [..., in], ` +
        "weight [out, in], bias [out].",
    );
  }
  if (!hasKernel("Linear")) {
    const rows = tf.reshape(x, [-1, depth]);
    const z = tf.reshape(tf.add(tf.matMul(rows, weight, false, true), bias), [
      ...x.shape.slice(0, -1),
      out,
    ]);
    return activation === "none" ? z : activation === "relu" ? tf.relu(z) : gelu(z);
  }
  return tf.customGrad((...given) => {
    const [x, weight, bias, save] = given as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const [value, z = value] = runKernels("Linear", { x, weight, bias }, { activation });
    save(activation === "none" ? [x, weight] : [x, weight, z]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, weight, z = dy] = saved;
      return runKernels("LinearGradient", { dy, x, weight, z }, { activation });
    };
    return { value, gradFunc };
  })(x, weight, bias);
}

/**
 * GELU, x Phi(x) (Hendrycks and Gimpel 2016), exactly; after a linear layer `linear(..., "gelu")` is one kernel.
 *
 * @example
 * ```ts
 * import { gelu, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * assertEquals(gelu(tf.tensor1d([1])).dataSync()[0].toFixed(4), "0.8413");
 * ```
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  const fused = hasKernel("Gelu");
  return tf.customGrad((...given) => {
    const [x, save] = given as unknown as [tf.Tensor, tf.GradSaveFunc];
    if (fused) {
      save([x]);
      const gradFunc = (dy: tf.Tensor, [x]: tf.Tensor[]) => runKernel("GeluGradient", { dy, x });
      return { value: runKernel("Gelu", { x }), gradFunc };
    }
    const cdf = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5); // Phi(x)
    save([x, cdf]);
    const gradFunc = (dy: tf.Tensor, [x, cdf]: tf.Tensor[]) => {
      const pdf = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)); // phi(x)
      return tf.mul(dy, tf.add(cdf, tf.mul(x, pdf)));
    };
    return { value: tf.mul(x, cdf), gradFunc };
  })(x) as T;
}

/**
 * Layer normalisation over the last axis (Ba, Kiros and Hinton 2016): gamma (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * @param x [..., H]
 * @param gamma [H]
 * @param beta [H]
 * @param epsilon BERT's is 1e-12, PyTorch's default 1e-5
 *
 * @example
 * ```ts
 * import { layerNorm, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const y = layerNorm(tf.tensor2d([[1, 3]]), tf.ones([2]), tf.zeros([2]), 1e-12);
 * assertEquals(y.arraySync(), [[-1, 1]]);
 * ```
 */
export function layerNorm(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): tf.Tensor {
  if (x.shape.at(-1) !== gamma.size || gamma.size !== beta.size) {
    throw new Error(
      `layerNorm was given x [${x.shape}], gamma [${gamma.shape}], beta [${beta.shape}]; it wants x [..., H], ` +
        "gamma [H], beta [H].",
    );
  }
  if (!hasKernel("LayerNorm")) return composedLayerNorm(x, gamma, beta, epsilon);
  return tf.customGrad((...given) => {
    const [x, gamma, beta, save] = given as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const [value, stats] = runKernels("LayerNorm", { x, gamma, beta }, { epsilon });
    save([x, stats, gamma]);
    const gradFunc = (dy: tf.Tensor, [x, stats, gamma]: tf.Tensor[]) =>
      runKernels("LayerNormGradient", { dy, x, stats, gamma });
    return { value, gradFunc };
  })(x, gamma, beta);
}

/** With the gradient written out: differentiating mean and variance step by step takes three times as many kernels. */
function composedLayerNorm(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): tf.Tensor {
  return tf.customGrad((...given) => {
    const [x, gamma, beta, save] = given as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const centred = tf.sub(x, tf.mean(x, -1, true)); // [..., H]
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [..., 1]
    const normal = tf.mul(centred, inverse); // [..., H]
    save([normal, inverse, gamma]);
    const gradFunc = (dy: tf.Tensor, [normal, inverse, gamma]: tf.Tensor[]) => {
      const g = tf.mul(dy, gamma); // [..., H]
      const along = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true)); // [..., H]
      const dx = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), inverse); // [..., H]
      return [dx, sumRows(tf.mul(dy, normal)), sumRows(dy)];
    };
    return { value: tf.add(tf.mul(normal, gamma), beta), gradFunc };
  })(x, gamma, beta);
}

/** The sum over all but the last dimension, as a matrix product. */
function sumRows(x: tf.Tensor): tf.Tensor {
  const columns = x.shape.at(-1)!;
  const rows = tf.reshape(x, [-1, columns]); // [N, C]
  return tf.reshape(tf.matMul(tf.ones([1, rows.shape[0]]), rows), [columns]);
}

/** How `attention` attends. */
export interface AttentionOptions {
  /** N; must divide H. */
  readonly heads: number;
  /** [B, T], 1 where a position may be attended to, 0 where not (padding). Default: everywhere. */
  readonly mask?: tf.Tensor2D;
  /** Each position sees itself and those before it (GPT). Default false. */
  readonly causal?: boolean;
  /** Dropout on the probabilities. Default 0. */
  readonly dropout?: number;
  /** The seed of that dropout. */
  readonly seed?: number;
}

/** What a masked score is lowered by: BERT's own constant is 10,000, which half precision could hold. */
const MASKED = -10_000;

/**
 * Multi-head scaled dot-product attention (Vaswani et al. 2017, equation 1): per head
 * softmax(q k^T / sqrt(D) + mask) v.
 *
 * @param q [B, T, H], heads side by side
 * @param k [B, T, H]
 * @param v [B, T, H]
 * @returns [B, T, H]
 * @throws {Error} if the shapes differ or heads does not divide H
 *
 * @example
 * ```ts
 * import { attention, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const x = tf.randomNormal<tf.Rank.R3>([2, 5, 8]);
 * assertEquals(attention(x, x, x, { heads: 2 }).shape, [2, 5, 8]);
 * ```
 */
export function attention(
  q: tf.Tensor3D,
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  options: AttentionOptions,
): tf.Tensor3D {
  const { heads, mask, causal = false, dropout: rate = 0, seed = 0 } = options;
  const [b, t, h] = q.shape;
  const fits = [k, v].every((x) => tf.util.arraysEqual(x.shape, q.shape)) && h % heads === 0 &&
    (!mask || tf.util.arraysEqual(mask.shape, [b, t]));
  if (!fits) {
    throw new Error(
      `attention was given q [${q.shape}], k [${k.shape}], v [${v.shape}], mask [${
        mask?.shape ?? "none"
      }], ${heads} heads; ` +
        "it wants three equal [B, T, H], heads that divide H, and a mask [B, T].",
    );
  }
  const added = mask && tf.mul(tf.sub(1, tf.cast(mask, "float32")), MASKED) as tf.Tensor2D;
  if (!hasKernel("Attention")) {
    return composedAttention(q, k, v, heads, causal, rate, seed, added);
  }
  const attributes = { heads, causal, ...maskNumbers(rate, seed) };
  return tf.customGrad((...given) => {
    const [q, k, v, save] = given as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [value, p] = runKernels(
      "Attention",
      { q, k, v, ...(added ? { mask: added } : {}) },
      attributes,
    );
    save([q, k, v, p]);
    const gradFunc = (dy: tf.Tensor, [q, k, v, p]: tf.Tensor[]) =>
      runKernels("AttentionGradient", { dy, q, k, v, p }, attributes);
    return { value, gradFunc };
  })(q, k, v) as tf.Tensor3D;
}

function composedAttention(
  q: tf.Tensor3D,
  k: tf.Tensor3D,
  v: tf.Tensor3D,
  heads: number,
  causal: boolean,
  rate: number,
  seed: number,
  added?: tf.Tensor2D,
): tf.Tensor3D {
  const [b, t, h] = q.shape, d = h / heads;
  const split = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [b, t, heads, d]), [0, 2, 1, 3]);
  let scores = tf.mul(tf.matMul(split(q), split(k), false, true), 1 / Math.sqrt(d)); // [B, N, T, T]
  if (added) scores = tf.add(scores, tf.reshape(added, [b, 1, 1, t]));
  if (causal) {
    const future = tf.tidy(() => tf.sub(1, tf.linalg.bandPart(tf.ones([t, t]), -1, 0)));
    scores = tf.add(scores, tf.mul(future, -1e9));
  }
  let p = tf.softmax(scores);
  p = dropout(p, rate, seed);
  return tf.reshape(tf.transpose(tf.matMul(p, split(v)), [0, 2, 1, 3]), [b, t, h]) as tf.Tensor3D;
}

/**
 * Cross-entropy of the softmax of each row with its label: log(sum(exp(x))) - x[label].
 *
 * @param logits [rows, classes]
 * @param labels [rows], int32; a label outside 0..classes-1 (PyTorch's -100) is not judged: loss and gradient 0
 * @returns [rows]; weigh, sum and divide it as the paper at hand says
 *
 * @example
 * ```ts
 * import { crossEntropy, tf, useBackend } from "../mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await useBackend({ prefer: "wasm" });
 * const loss = crossEntropy(tf.tensor2d([[0, 0], [5, 5]]), tf.tensor1d([1, -100], "int32"));
 * assertEquals([...loss.dataSync()].map((x) => x.toFixed(4)), ["0.6931", "0.0000"]);
 * ```
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  if (logits.rank !== 2 || labels.size !== logits.shape[0] || labels.dtype !== "int32") {
    throw new Error(
      `crossEntropy was given logits [${logits.shape}] and ${labels.dtype} labels [${labels.shape}]; it wants logits ` +
        "[rows, classes] and int32 labels [rows].",
    );
  }
  if (!hasKernel("CrossEntropy")) {
    const truth = tf.oneHot(labels, logits.shape[1]); // a label out of range is a row of zeros
    return tf.neg(tf.sum(tf.mul(truth, tf.logSoftmax(logits)), 1)) as tf.Tensor1D;
  }
  return tf.customGrad((...given) => {
    const [logits, save] = given as unknown as [tf.Tensor, tf.GradSaveFunc];
    const [value, lse] = runKernels("CrossEntropy", { logits, labels });
    save([logits, labels, lse]);
    const gradFunc = (dy: tf.Tensor, [logits, labels, lse]: tf.Tensor[]) =>
      runKernel("CrossEntropyGradient", { dy, logits, labels, lse });
    return { value, gradFunc };
  })(logits) as tf.Tensor1D;
}
