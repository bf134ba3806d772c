import type { GuardedBackend } from "../guard.ts";
import type { tf } from "../tf.ts";
import { runEach, type WebgpuKernel } from "./kernel.ts";

/**
 * The normal distribution function Phi(x) = (1 + erf(x / sqrt 2)) / 2, given e = exp(-x^2 / 2), to 1.5e-7
 * (Abramowitz and Stegun, 7.1.26).
 */
export const PHI = `
  fn phi(x : f32, e : f32) -> f32 {
    let t = 1.0 / (1.0 + 0.3275911 * 0.70710678 * abs(x));
    let p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    let tail = 0.5 * p * e;
    return select(1.0 - tail, tail, x < 0.0);
  }
`;

/** y = x Phi(x). */
export const gelu: WebgpuKernel = ({ x }, gpu) =>
  runEach(gpu, {
    name: "gelu",
    inputs: { x },
    output: x.shape,
    code: `${PHI}
      fn element(i : i32) -> f32 { return x[i] * phi(x[i], exp(-0.5 * x[i] * x[i])); }`,
  });

/** dx = dy (Phi(x) + x phi(x)). */
export const geluGradient: WebgpuKernel = ({ dy, x }, gpu) => throughGelu(gpu, dy, x);

/** dy brought back through the GELU that z went into. */
export function throughGelu(
  gpu: GuardedBackend,
  dy: tf.TensorInfo,
  z: tf.TensorInfo,
): tf.TensorInfo {
  return runEach(gpu, {
    name: "gelu gradient",
    inputs: { dy, z },
    output: dy.shape,
    code: `${PHI}
      fn element(i : i32) -> f32 {
        let e = exp(-0.5 * z[i] * z[i]);
        return dy[i] * (phi(z[i], e) + z[i] * 0.39894228 * e);
      }`,
  });
}
