import { tf } from "../tf.ts";
import type { WebgpuKernel } from "./kernel.ts";

/**
 * y = x times the mask of ops/dropout.ts, made where it is used: element i is kept where the hash of (seed, i) is at least
 * the threshold. Its own transpose, so that the gradient is the same kernel on dy.
 */
export const counterDropout: WebgpuKernel = ({ x }, gpu, attributes) => {
  const { seed, threshold, scale } = attributes as Record<string, number>;
  const size = tf.util.sizeFromShape(x.shape);
  const groups = Math.ceil(size / 64), across = Math.min(groups, 65_535);
  const program = {
    variableNames: ["x"],
    variableComponents: [1],
    outputComponent: 1,
    outputShape: x.shape,
    workgroupSize: [64, 1, 1] as [number, number, number],
    dispatchLayout: { x: x.shape.map((_, i) => i) },
    dispatch: [across, Math.ceil(groups / across), 1] as [number, number, number],
    size: true,
    uniforms: "seed : i32, threshold : i32, scale : f32,",
    shaderKey: "counterDropout",
    getUserCode: () => CODE,
  };
  return gpu.runWebGPUProgram(program, [x], "float32", [
    { type: "int32", data: [seed] },
    { type: "int32", data: [threshold] },
    { type: "float32", data: [scale] },
  ]);
};

const CODE = `
  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    var h = bitcast<u32>(uniforms.seed) ^ (u32(index) * 0x9e3779b9u);
    h = (h ^ (h >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    h = h ^ (h >> 16u);
    let kept = bitcast<i32>(h ^ 0x80000000u) >= uniforms.threshold;
    result[index] = select(0.0, x[index] * uniforms.scale, kept);
  }
`;
