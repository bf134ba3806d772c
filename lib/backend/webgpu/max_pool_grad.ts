import { tf } from "../tf.ts";
import { runEach, type WebgpuKernel } from "./kernel.ts";

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
  const [, h, w, channels] = input.shape;
  return runEach(gpu, {
    name: "max pool gradient",
    inputs: { dy, x: input },
    output: input.shape,
    integers: {
      ...{ h, w, channels, oh: info.outHeight, ow: info.outWidth },
      ...{ windowH: info.filterHeight, windowW: info.filterWidth },
      ...{ strideH: info.strideHeight, strideW: info.strideWidth },
      ...{ top: info.padInfo.top, left: info.padInfo.left },
    },
    code: CODE,
  });
};

const CODE = `
  // The position (row * width + column) of the first maximum of the window at (top, left).
  fn firstMaximum(b : i32, top : i32, left : i32, c : i32) -> i32 {
    let h = uniforms.h; let w = uniforms.w;
    var best = -1;
    var value = 0.0;
    for (var i = max(top, 0); i < min(top + uniforms.windowH, h); i++) {
      for (var j = max(left, 0); j < min(left + uniforms.windowW, w); j++) {
        let v = x[((b * h + i) * w + j) * uniforms.channels + c];
        if (best < 0 || v > value) { best = i * w + j; value = v; }
      }
    }
    return best;
  }

  fn element(index : i32) -> f32 {
    let h = uniforms.h; let w = uniforms.w; let channels = uniforms.channels;
    let oh = uniforms.oh; let ow = uniforms.ow;
    let window = vec2<i32>(uniforms.windowH, uniforms.windowW);
    let strides = vec2<i32>(uniforms.strideH, uniforms.strideW);
    let pads = vec2<i32>(uniforms.top, uniforms.left);
    let c = index % channels;
    let q = (index / channels) % w;
    let r = (index / (channels * w)) % h;
    let b = index / (channels * w * h);
    // Windows (i, j) with i * stride - pad <= r < i * stride - pad + window.
    let reach = vec2<i32>(r, q) + pads;
    let first = max(vec2<i32>(0), (reach - window + strides) / strides);
    let last = min(reach / strides, vec2<i32>(oh, ow) - 1);
    var sum = 0.0;
    for (var i = first.x; i <= last.x; i++) {
      for (var j = first.y; j <= last.y; j++) {
        let top = i * strides.x - pads.x;
        let left = j * strides.y - pads.y;
        if (firstMaximum(b, top, left, c) == r * w + q) {
          sum += dy[((b * oh + i) * ow + j) * channels + c];
        }
      }
    }
    return sum;
  }
`;
