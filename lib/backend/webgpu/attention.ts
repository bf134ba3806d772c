/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1) and its gradient. The heads are not split apart: the
 * products find head n of [B, T, H] at columns n D .. (n + 1) D.
 *
 *     p = softmax(q k^T / sqrt(D) + mask),   o = dropout(p) v
 *
 * Legend: B sequences, T positions, N heads of size D, H = N D; z counts the B N heads of all sequences.
 *
 * @module
 */

import type { tf } from "../tf.ts";
import { KEPT } from "./dropout.ts";
import { free, type WebgpuKernel } from "./kernel.ts";
import { softmaxRows, softmaxRowsGradient } from "./softmax.ts";
import { tiledProduct } from "./tiled_product.ts";

/** `fn at(z, position, d)`: where element d of a head lies. `fn factor(i)`: dropout's, of element i of p. */
const HEADS = `
  fn at(z : i32, position : i32, d : i32) -> i32 {
    let sequence = z / uniforms.heads;
    return (sequence * uniforms.t + position) * uniforms.h + z % uniforms.heads * uniforms.d + d;
  }
  ${KEPT}
  fn factor(i : i32) -> f32 {
    if (uniforms.scale == 0.0) { return 1.0; }
    return kept(i);
  }
`;

function numbers(q: tf.TensorInfo, attributes: Record<string, unknown>) {
  const { heads, causal, seed, threshold, scale } = attributes as Record<string, number>;
  const [b, t, h] = q.shape, d = h / heads;
  return {
    ...{ z: b * heads, t, d },
    integers: { heads, t, h, d, causal: +causal, seed, threshold },
    floats: { scale, root: 1 / Math.sqrt(d) },
  };
}

/** o and the probabilities [B, N, T, T]. */
export const attention: WebgpuKernel = ({ q, k, v, mask }, gpu, attributes) => {
  const { z, t, d, integers, floats } = numbers(q, attributes);
  const pShape = [q.shape[0], integers.heads, t, t];
  const scores = tiledProduct(gpu, {
    name: mask ? "attention scores, masked" : "attention scores",
    inputs: { q, k_: k, ...(mask ? { mask } : {}) },
    ...{ m: t, n: t, k: d, batch: z, output: pShape, integers, floats },
    code: `${HEADS}
      fn a(z : i32, i : i32, l : i32) -> f32 { return q[at(z, i, l)]; }
      fn b(z : i32, l : i32, j : i32) -> f32 { return k_[at(z, j, l)]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) {
        var score = sum * uniforms.root;
        ${mask ? "score += mask[z / uniforms.heads * uniforms.t + j];" : ""}
        if (uniforms.causal == 1 && j > i) { score -= 1e9; }
        result[(z * uniforms.t + i) * uniforms.t + j] = score;
      }`,
  });
  const p = softmaxRows(gpu, scores, z * t, t);
  free(gpu, scores);
  const o = tiledProduct(gpu, {
    name: "attention output",
    inputs: { p, v },
    ...{ m: t, n: d, k: t, batch: z, output: q.shape, integers, floats },
    code: `${HEADS}
      fn a(z : i32, i : i32, l : i32) -> f32 {
        let e = (z * uniforms.t + i) * uniforms.t + l;
        return p[e] * factor(e);
      }
      fn b(z : i32, l : i32, j : i32) -> f32 { return v[at(z, l, j)]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) { result[at(z, i, j)] = sum; }`,
  });
  return [o, p];
};

/**
 * dq, dk, dv:
 *
 *     dv = dropout(p)^T do,   dp = dropout'(do v^T),   ds = p (dp - sum(dp p)),   dq = ds k / sqrt(D),   dk = ds^T q / sqrt(D)
 */
export const attentionGradient: WebgpuKernel = ({ dy, q, k, v, p }, gpu, attributes) => {
  const { z, t, d, integers, floats } = numbers(q, attributes);
  const dp = tiledProduct(gpu, {
    name: "attention probability gradient",
    inputs: { dy, v },
    ...{ m: t, n: t, k: d, batch: z, output: p.shape, integers, floats },
    code: `${HEADS}
      fn a(z : i32, i : i32, l : i32) -> f32 { return dy[at(z, i, l)]; }
      fn b(z : i32, l : i32, j : i32) -> f32 { return v[at(z, j, l)]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) {
        let e = (z * uniforms.t + i) * uniforms.t + j;
        result[e] = sum * factor(e);
      }`,
  });
  const ds = softmaxRowsGradient(gpu, dp, p, z * t, t);
  /** A product of the T x T matrices x (or their transposes) with the heads of y. */
  const withHeads = (
    name: string,
    x: tf.TensorInfo,
    y: tf.TensorInfo,
    element: string,
    scaled: string,
  ) =>
    tiledProduct(gpu, {
      name,
      inputs: { x, y },
      ...{ m: t, n: d, k: t, batch: z, output: q.shape, integers, floats },
      code: `${HEADS}
        fn a(z : i32, i : i32, l : i32) -> f32 {
          let e = ${element};
          return x[e] * ${scaled};
        }
        fn b(z : i32, l : i32, j : i32) -> f32 { return y[at(z, l, j)]; }
        fn store(z : i32, i : i32, j : i32, sum : f32) { result[at(z, i, j)] = sum; }`,
    });
  const straight = "(z * uniforms.t + i) * uniforms.t + l",
    transposed = "(z * uniforms.t + l) * uniforms.t + i";
  const dq = withHeads("attention query gradient", ds, k, straight, "uniforms.root");
  const dk = withHeads("attention key gradient", ds, q, transposed, "uniforms.root");
  const dv = withHeads("attention value gradient", p, dy, transposed, "factor(e)");
  free(gpu, dp, ds);
  return [dq, dk, dv];
};
