import { tf } from "../tf.ts";
import type { WebgpuKernel } from "./kernel.ts";

/**
 * Sends dy to the position of each window's maximum, the first one where several are equal: tfjs's kernel takes
 * the last, against its other backends. An invocation makes one element of dx and looks at every window that
 * contains it.
 */
export const maxPoolGrad: WebgpuKernel = ({ dy, input }, gpu, attributes) => {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as {
    filterSize: [number, number];
    strides: [number, number];
    pad: "valid" | "same" | number;
    dimRoundingMode?: "floor";
  };
  const info = tf.backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const size = tf.util.sizeFromShape(input.shape);
  const program = {
    variableNames: ["dy", "x"],
    variableComponents: [1, 1],
    outputComponent: 1,
    outputShape: input.shape,
    workgroupSize: [64, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0, 1, 2, 3] },
    dispatch: [Math.ceil(size / 64), 1, 1] as [number, number, number],
    size: true,
    uniforms: "window : vec2<i32>, strides : vec2<i32>, pads : vec2<i32>,",
    shaderKey: "maxPoolGradFirst",
    getUserCode: () => CODE,
  };
  const int = (...data: number[]) => ({ type: "int32", data });
  return gpu.runWebGPUProgram(program, [dy, input], "float32", [
    int(info.filterHeight, info.filterWidth),
    int(info.strideHeight, info.strideWidth),
    int(info.padInfo.top, info.padInfo.left),
  ]);
};

const CODE = `
  // The position (row * width + column) of the first maximum of the window at (top, left).
  fn firstMaximum(b : i32, top : i32, left : i32, c : i32) -> i32 {
    let h = uniforms.xShape[1]; let w = uniforms.xShape[2]; let channels = uniforms.xShape[3];
    var best = -1;
    var value = 0.0;
    for (var i = max(top, 0); i < min(top + uniforms.window[0], h); i++) {
      for (var j = max(left, 0); j < min(left + uniforms.window[1], w); j++) {
        let v = x[((b * h + i) * w + j) * channels + c];
        if (best < 0 || v > value) { best = i * w + j; value = v; }
      }
    }
    return best;
  }

  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    let h = uniforms.xShape[1]; let w = uniforms.xShape[2]; let channels = uniforms.xShape[3];
    let oh = uniforms.dyShape[1]; let ow = uniforms.dyShape[2];
    let c = index % channels;
    let q = (index / channels) % w;
    let r = (index / (channels * w)) % h;
    let b = index / (channels * w * h);
    // Windows (i, j) with i * stride - pad <= r < i * stride - pad + window.
    let reach = vec2<i32>(r, q) + uniforms.pads;
    let first = max(vec2<i32>(0), (reach - uniforms.window + uniforms.strides) / uniforms.strides);
    let last = min(reach / uniforms.strides, vec2<i32>(oh, ow) - 1);
    var sum = 0.0;
    for (var i = first.x; i <= last.x; i++) {
      for (var j = first.y; j <= last.y; j++) {
        let top = i * uniforms.strides.x - uniforms.pads.x;
        let left = j * uniforms.strides.y - uniforms.pads.y;
        if (firstMaximum(b, top, left, c) == r * w + q) {
          sum += dy[((b * oh + i) * ow + j) * channels + c];
        }
      }
    }
    result[index] = sum;
  }
`;
