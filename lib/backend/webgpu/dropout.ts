import { runEach, type WebgpuKernel } from "./kernel.ts";

/**
 * `fn kept(i)`: the factor of element i of a mask, 1 / (1 - rate) or 0; the hash of `dropoutMask` (`ops/dropout.ts`).
 * `uniforms` has the fields of `MaskNumbers`.
 */
export const KEPT = `
  fn kept(i : i32) -> f32 {
    var h = bitcast<u32>(uniforms.seed) ^ (bitcast<u32>(i) * 0x9e3779b9u);
    h = (h ^ (h >> 16u)) * 0x85ebca6bu;
    h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
    h = h ^ (h >> 16u);
    return select(0.0, uniforms.scale, bitcast<i32>(h ^ 0x80000000u) >= uniforms.threshold);
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
        let factor = kept(i);
        return select(x[i] * factor, 0.0, factor == 0.0);
      }`,
  });
};
