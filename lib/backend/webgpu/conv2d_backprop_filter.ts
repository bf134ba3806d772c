import { tf } from "../tf.ts";
import type { WebgpuKernel } from "./kernel.ts";

/**
 * The filter gradient of a convolution.
 *
 *     dfilter[kh, kw, ci, co] = sum over b, r, c of x[b, r * sh - top + kh, c * sw - left + kw, ci] * dy[b, r, c, co]
 *
 * tfjs's kernel gives every invocation the whole sum over B * OH * OW positions. Some drivers stop an invocation after
 * 65,535 iterations (Mesa's lavapipe does, without a word), and then most of the sum is missing. Here the rows are cut
 * into runs of at most 16,384 positions with a partial sum each, added up afterwards, which also gives a GPU more
 * to do at once; and an invocation keeps a 4 x 4 tile of (ci, co) in registers, so that 8 loads feed 16 products.
 */
export const conv2dBackpropFilter: WebgpuKernel = ({ x, dy }, gpu, attributes) => {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attributes as {
    strides: [number, number];
    pad: "valid" | "same" | number;
    dataFormat?: string;
    dimRoundingMode?: "floor";
    filterShape: [number, number, number, number];
  };
  if (dataFormat !== undefined && dataFormat !== "NHWC") {
    throw new Error(`The filter gradient on webgpu wants NHWC tensors, not ${dataFormat}.`);
  }
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const [kh, kw, ci, co] = filterShape;
  const taps = kh * kw;
  const rows = info.batchSize * info.outHeight;
  const tiles = taps * Math.ceil(ci / TILE) * Math.ceil(co / TILE);
  // Runs enough for some 16,384 invocations, none over the limit, partial sums of at most 64 MiB.
  const forWork = Math.ceil(16_384 / tiles);
  const forLimit = Math.ceil(rows * info.outWidth / MAX_POSITIONS);
  const forMemory = Math.max(1, Math.floor(16 * 2 ** 20 / (taps * ci * co)));
  const runs = Math.max(forLimit, Math.min(forWork, forMemory, Math.ceil(rows / 4)));
  const perRun = Math.ceil(rows / runs);
  const used = Math.ceil(rows / perRun);

  const invocations = used * tiles;
  const program = {
    variableNames: ["x", "dy"],
    variableComponents: [1, 1],
    outputComponent: 1,
    outputShape: [used, taps, ci, co],
    workgroupSize: [64, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0, 1, 2, 3] },
    dispatch: [Math.ceil(invocations / 64), 1, 1] as [number, number, number],
    uniforms:
      "invocations : i32, perRun : i32, rows : i32, kw : i32, sizes : vec4<i32>, geometry : vec4<i32>,",
    shaderKey: "conv2dBackpropFilterTiled",
    getUserCode: () => CODE,
  };
  const int = (...data: number[]) => ({ type: "int32", data });
  const partials = gpu.runWebGPUProgram(program, [x, dy], "float32", [
    int(invocations),
    int(perRun),
    int(rows),
    int(kw),
    int(info.inHeight, info.inWidth, info.outHeight, info.outWidth),
    int(info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left),
  ]);
  const whole: tf.TensorInfo = {
    dataId: partials.dataId,
    shape: [used, taps * ci * co],
    dtype: "float32",
  };
  if (used === 1) return { ...whole, shape: filterShape };
  const sum = tf.getKernel("Sum", "webgpu").kernelFunc({
    inputs: { x: whole },
    backend: gpu,
    attrs: { axis: 0, keepDims: false } as unknown as tf.NamedAttrMap,
  }) as tf.TensorInfo;
  gpu.disposeData(partials.dataId);
  return { ...sum, shape: filterShape };
};

const TILE = 4;
const MAX_POSITIONS = 16_384;

const CODE = `
  fn main(index : i32) {
    if (index >= uniforms.invocations) { return; }
    let taps = uniforms.outShape[1];
    let ci = uniforms.outShape[2];
    let co = uniforms.outShape[3];
    let coTiles = (co + 3) / 4;
    let ciTiles = (ci + 3) / 4;
    let o0 = (index % coTiles) * 4;
    let i0 = ((index / coTiles) % ciTiles) * 4;
    let tap = (index / (coTiles * ciTiles)) % taps;
    let run = index / (coTiles * ciTiles * taps);
    let inH = uniforms.sizes[0]; let inW = uniforms.sizes[1];
    let outH = uniforms.sizes[2]; let outW = uniforms.sizes[3];
    let sh = uniforms.geometry[0]; let sw = uniforms.geometry[1];
    let down = tap / uniforms.kw - uniforms.geometry[2];
    let right = tap % uniforms.kw - uniforms.geometry[3];
    var sum = array<vec4<f32>, 4>();
    let end = min((run + 1) * uniforms.perRun, uniforms.rows);
    for (var g = run * uniforms.perRun; g < end; g++) {
      let r = (g % outH) * sh + down;
      if (r < 0 || r >= inH) { continue; }
      let xRow = ((g / outH) * inH + r) * inW;
      for (var c = 0; c < outW; c++) {
        let q = c * sw + right;
        if (q < 0 || q >= inW) { continue; }
        let a = (xRow + q) * ci + i0;
        let b = (g * outW + c) * co + o0;
        // Reads past the last channel fall on a neighbour and are not stored.
        let d = vec4<f32>(dy[b], dy[b + 1], dy[b + 2], dy[b + 3]);
        sum[0] += x[a] * d;
        sum[1] += x[a + 1] * d;
        sum[2] += x[a + 2] * d;
        sum[3] += x[a + 3] * d;
      }
    }
    for (var i = 0; i < 4; i++) {
      if (i0 + i >= ci) { break; }
      let at = ((run * taps + tap) * ci + i0 + i) * co + o0;
      for (var o = 0; o < 4; o++) {
        if (o0 + o < co) { result[at + o] = sum[i][o]; }
      }
    }
  }
`;
