import { runEach, type WebgpuKernel } from "./kernel.ts";

/**
 * `fn kept(seed, i)`: the factor of element i of a mask, 1 / keep or 0. The same hash as on wasm (`wasm/simd/activation.ts`),
 * so that a seed drops the same elements on both. `uniforms` has `threshold` and `scale` of `DropoutMask`.
 */
export const KEPT = `
  fn kept(seed : i32, i : i32) -> f32 {
    var h = bitcast<u32>(i) * 0x9e3779b9u + bitcast<u32>(seed);
    h = (h ^ (h >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    h = h ^ (h >> 16u);
    return select(0.0, uniforms.scale, bitcast<i32>(h ^ 0x80000000u) < uniforms.threshold);
  }
`;

/** y = x times a mask made from the seed; its own transpose. */
export const counterDropout: WebgpuKernel = ({ x }, gpu, attributes) => {
  const { seed, threshold, scale } = attributes as Record<string, number>;
  return runEach(gpu, {
    name: "dropout",
    inputs: { x },
    output: x.shape,
    integers: { seed, threshold },
    floats: { scale },
    code: `${KEPT}
      fn element(i : i32) -> f32 {
        let factor = kept(uniforms.seed, i);
        return select(x[i] * factor, 0.0, factor == 0.0);
      }`,
  });
};
