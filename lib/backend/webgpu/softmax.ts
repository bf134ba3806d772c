import type { GuardedBackend } from "../guard.ts";
import type { tf } from "../tf.ts";
import { runRows } from "./kernel.ts";

/**
 * `fn exponents(at, lane)`, for {@linkcode runRows}: the largest of the `uniforms.n` numbers of array `x` from place `at` on,
 * and the sum of e^(x - largest) over them.
 */
export const EXPONENTS = `
  struct Exponents { largest : f32, sum : f32 }

  fn exponents(at : i32, lane : i32) -> Exponents {
    var largest = -3.4e38;
    for (var i = lane; i < uniforms.n; i += LANES) { largest = max(largest, x[at + i]); }
    largest = rowMax(lane, largest);
    var sum = 0.0;
    for (var i = lane; i < uniforms.n; i += LANES) { sum += exp(x[at + i] - largest); }
    return Exponents(largest, rowSum(lane, sum));
  }
`;

/** Softmax of each of `rows` rows of n numbers. */
export function softmaxRows(
  gpu: GuardedBackend,
  x: tf.TensorInfo,
  rows: number,
  n: number,
): tf.TensorInfo {
  return runRows(
    gpu,
    {
      name: "softmax",
      inputs: { x },
      output: x.shape,
      integers: { n },
      code: `${EXPONENTS}
        fn row(r : i32, lane : i32, live : bool) {
          let at = r * uniforms.n;
          let parts = exponents(at, lane);
          if (live) {
            for (var i = lane; i < uniforms.n; i += LANES) { result[at + i] = exp(x[at + i] - parts.largest) / parts.sum; }
          }
        }`,
    },
    rows,
  );
}

/** p (dp - sum(dp p)), row by row: dp brought back through the softmax that made p. */
export function softmaxRowsGradient(
  gpu: GuardedBackend,
  dp: tf.TensorInfo,
  p: tf.TensorInfo,
  rows: number,
  n: number,
): tf.TensorInfo {
  return runRows(
    gpu,
    {
      name: "softmax gradient",
      inputs: { dp, p },
      output: p.shape,
      integers: { n },
      code: `
        fn row(r : i32, lane : i32, live : bool) {
          let at = r * uniforms.n;
          var part = 0.0;
          for (var i = lane; i < uniforms.n; i += LANES) { part += dp[at + i] * p[at + i]; }
          let mean = rowSum(lane, part);
          if (live) {
            for (var i = lane; i < uniforms.n; i += LANES) { result[at + i] = p[at + i] * (dp[at + i] - mean); }
          }
        }`,
    },
    rows,
  );
}
