/**
 * The transposed convolution with equal stride and filter, and its gradients, as products: an input pixel becomes a patch of
 * s x s outputs that overlaps no other.
 *
 * Legend: B images, H x W positions in, s the stride, Ci and Co channels.
 *
 * @module
 */

import type { tf } from "../tf.ts";
import { columnSums } from "./column_sums.ts";
import type { WebgpuKernel } from "./kernel.ts";
import { longProduct, tiledProduct } from "./tiled_product.ts";

/** `fn place(position, l)`: where element l = (row, column, channel) of a pixel's patch lies in y. */
const PLACE = `
  fn place(position : i32, l : i32) -> i32 {
    let tap = l / uniforms.co;
    let row = position / uniforms.w * uniforms.s + tap / uniforms.s; // counted over all images
    let column = position % uniforms.w * uniforms.s + tap % uniforms.s;
    return (row * uniforms.w * uniforms.s + column) * uniforms.co + l % uniforms.co;
  }
`;

/** y = upconv(x, filter) + bias; see ops/convolution.ts. */
export const upConvolution: WebgpuKernel = ({ x, filter, bias }, gpu) => {
  const [batch, h, w, ci] = x.shape;
  const [s, , co] = filter.shape;
  return tiledProduct(gpu, {
    name: "up-convolution",
    inputs: { x, filter_: filter, bias },
    m: batch * h * w,
    n: s * s * co,
    k: ci,
    output: [batch, s * h, s * w, co],
    integers: { w, s, co },
    code: `${PLACE}
      fn a(z : i32, i : i32, l : i32) -> f32 { return x[i * uniforms.k + l]; }
      fn b(z : i32, l : i32, j : i32) -> f32 { return filter_[j * uniforms.k + l]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) {
        result[place(i, j)] = sum + bias[j % uniforms.co];
      }`,
  });
};

/** Those of dx, dfilter, dbias that are wanted. */
export const upConvolutionGradient: WebgpuKernel = ({ dy, x, filter }, gpu, attributes) => {
  const [batch, h, w, ci] = x.shape;
  const [s, , co] = filter.shape;
  const positions = batch * h * w, patch = s * s * co;
  const gradients: Record<string, () => tf.TensorInfo> = {
    x: () =>
      tiledProduct(gpu, {
        name: "up-convolution input gradient",
        inputs: { dy, filter_: filter },
        m: positions,
        n: ci,
        k: patch,
        output: x.shape,
        integers: { w, s, co },
        code: `${PLACE}
          fn a(z : i32, i : i32, l : i32) -> f32 { return dy[place(i, l)]; }
          fn b(z : i32, l : i32, j : i32) -> f32 { return filter_[l * uniforms.n + j]; }
          fn store(z : i32, i : i32, j : i32, sum : f32) { result[i * uniforms.n + j] = sum; }`,
      }),
    filter: () =>
      longProduct(gpu, {
        name: "up-convolution filter gradient",
        inputs: { dy, x },
        m: patch,
        n: ci,
        k: positions,
        output: filter.shape,
        integers: { w, s, co },
        code: `${PLACE}
          fn a(z : i32, i : i32, l : i32) -> f32 { return dy[place(l, i)]; }
          fn b(z : i32, l : i32, j : i32) -> f32 { return x[l * uniforms.n + j]; }`,
      }),
    bias: () => columnSums(gpu, dy, co),
  };
  return (attributes.wanted as string[]).map((name) => gradients[name]());
};
