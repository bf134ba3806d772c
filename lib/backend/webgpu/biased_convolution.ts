/**
 * Convolution with bias and rectifier, and its gradients, as products (see `tiled_product.ts`). No patch matrix is ever
 * written: `a` finds an element of it in x.
 *
 * Legend: B images, H x W positions in, OH x OW out, Ci and Co channels, a KH x KW filter.
 *
 * @module
 */

import type { GuardedBackend } from "../guard.ts";
import { tf } from "../tf.ts";
import { columnSums } from "./column_sums.ts";
import { free, runEach, type WebgpuKernel } from "./kernel.ts";
import { longProduct, tiledProduct } from "./tiled_product.ts";

/** How a convolution is laid, by tfjs's names. */
interface ConvAttributes {
  readonly strides: [number, number];
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor";
  readonly relu?: boolean;
}

type Geometry = ReturnType<typeof geometry>;

function geometry(x: tf.TensorInfo, filterShape: readonly number[], attributes: ConvAttributes) {
  const { strides, pad, dimRoundingMode } = attributes;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const [kh, kw, ci, co] = filterShape;
  return {
    batch: info.batchSize,
    ...{ h: info.inHeight, w: info.inWidth, oh: info.outHeight, ow: info.outWidth },
    ...{ kh, kw, ci, co },
    ...{ sh: info.strideHeight, sw: info.strideWidth },
    ...{ top: info.padInfo.top, left: info.padInfo.left },
  };
}

/** `fn patchAt(position, l)`: element l = (tap, channel) of the patch under an output position. */
const PATCH = `
  fn patchAt(position : i32, l : i32) -> f32 {
    let tap = l / uniforms.ci;
    let y = position / uniforms.ow % uniforms.oh * uniforms.sh + tap / uniforms.kw - uniforms.top;
    let q = position % uniforms.ow * uniforms.sw + tap % uniforms.kw - uniforms.left;
    if (y < 0 || y >= uniforms.h || q < 0 || q >= uniforms.w) { return 0.0; }
    let image = position / (uniforms.ow * uniforms.oh);
    return x[((image * uniforms.h + y) * uniforms.w + q) * uniforms.ci + l % uniforms.ci];
  }
`;

/** y = act(conv(x, filter) + bias); see ops/convolution.ts. */
export const biasedConvolution: WebgpuKernel = ({ x, filter, bias }, gpu, attributes) => {
  const g = geometry(x, filter.shape, attributes as unknown as ConvAttributes);
  return tiledProduct(gpu, {
    name: "biased convolution",
    inputs: { x, filter_: filter, bias },
    m: g.batch * g.oh * g.ow,
    n: g.co,
    k: g.kh * g.kw * g.ci,
    output: [g.batch, g.oh, g.ow, g.co],
    integers: { ...g, relu: attributes.relu ? 1 : 0 },
    code: `${PATCH}
      fn a(z : i32, i : i32, l : i32) -> f32 { return patchAt(i, l); }
      fn b(z : i32, l : i32, j : i32) -> f32 { return filter_[l * uniforms.co + j]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) {
        let y = sum + bias[j];
        // Not max(): it may swallow a NaN.
        result[i * uniforms.co + j] = select(y, 0.0, uniforms.relu == 1 && y < 0.0);
      }`,
  });
};

/** Those of dx, dfilter, dbias that are wanted. */
export const biasedConvolutionGradient: WebgpuKernel = (inputs, gpu, attributes) => {
  const { x, filter, y } = inputs;
  const g = geometry(x, filter.shape, attributes as unknown as ConvAttributes);
  const dy = attributes.relu ? rectifierGradient(gpu, inputs.dy, y) : inputs.dy;
  const gradients: Record<string, () => tf.TensorInfo> = {
    x: () => inputGradient(gpu, g, dy, filter),
    filter: () => filterGradient(gpu, g, x, dy),
    bias: () => columnSums(gpu, dy, g.co),
  };
  const wanted = (attributes.wanted as string[]).map((name) => gradients[name]());
  if (dy !== inputs.dy) free(gpu, dy);
  return wanted;
};

/** tfjs's own filter gradient sums over all positions in one invocation; see `longProduct`. */
export const conv2dBackpropFilter: WebgpuKernel = ({ x, dy }, gpu, attributes) => {
  const { filterShape, dataFormat } = attributes as { filterShape: number[]; dataFormat?: string };
  if (dataFormat !== undefined && dataFormat !== "NHWC") {
    throw new Error(`The filter gradient on webgpu wants NHWC tensors, not ${dataFormat}.`);
  }
  const g = geometry(x, filterShape, attributes as unknown as ConvAttributes);
  return filterGradient(gpu, g, x, dy);
};

/** dfilter[tap, ci, co] = sum over positions of patchAt(position, (tap, ci)) dy[position, co]. */
function filterGradient(gpu: GuardedBackend, g: Geometry, x: tf.TensorInfo, dy: tf.TensorInfo) {
  return longProduct(gpu, {
    name: "filter gradient",
    inputs: { x, dy },
    m: g.kh * g.kw * g.ci,
    n: g.co,
    k: g.batch * g.oh * g.ow,
    output: [g.kh, g.kw, g.ci, g.co],
    integers: g,
    code: `${PATCH}
      fn a(z : i32, i : i32, l : i32) -> f32 { return patchAt(l, i); }
      fn b(z : i32, l : i32, j : i32) -> f32 { return dy[l * uniforms.co + j]; }`,
  });
}

/** dx[position, ci] = sum over (tap, co) of dy[output position that the tap leads to, co] filter[tap, ci, co]. */
function inputGradient(gpu: GuardedBackend, g: Geometry, dy: tf.TensorInfo, filter: tf.TensorInfo) {
  return tiledProduct(gpu, {
    name: "convolution input gradient",
    inputs: { dy, filter_: filter },
    m: g.batch * g.h * g.w,
    n: g.ci,
    k: g.kh * g.kw * g.co,
    output: [g.batch, g.h, g.w, g.ci],
    integers: g,
    code: `
      fn a(z : i32, i : i32, l : i32) -> f32 {
        let tap = l / uniforms.co;
        let down = i / uniforms.w % uniforms.h + uniforms.top - tap / uniforms.kw;
        let right = i % uniforms.w + uniforms.left - tap % uniforms.kw;
        if (down < 0 || right < 0 || down % uniforms.sh != 0 || right % uniforms.sw != 0) { return 0.0; }
        let r = down / uniforms.sh;
        let c = right / uniforms.sw;
        if (r >= uniforms.oh || c >= uniforms.ow) { return 0.0; }
        let image = i / (uniforms.w * uniforms.h);
        return dy[((image * uniforms.oh + r) * uniforms.ow + c) * uniforms.co + l % uniforms.co];
      }
      fn b(z : i32, l : i32, j : i32) -> f32 {
        return filter_[(l / uniforms.co * uniforms.ci + j) * uniforms.co + l % uniforms.co];
      }
      fn store(z : i32, i : i32, j : i32, sum : f32) { result[i * uniforms.ci + j] = sum; }`,
  });
}

/** dy where the rectifier let something through, 0 elsewhere. */
export function rectifierGradient(gpu: GuardedBackend, dy: tf.TensorInfo, y: tf.TensorInfo) {
  return runEach(gpu, {
    name: "rectifier gradient",
    inputs: { dy, y },
    output: dy.shape,
    code: "fn element(i : i32) -> f32 { return select(0.0, dy[i], y[i] > 0.0); }",
  });
}
