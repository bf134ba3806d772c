import { tf } from "../tf.ts";
import { columnSums } from "./column_sums.ts";
import { runEach, runRows, type WebgpuKernel } from "./kernel.ts";

/** y, and mean and 1 / deviation of every row [rows, 2]; see ops/transformer.ts. */
export const layerNorm: WebgpuKernel = ({ x, gamma, beta }, gpu, { epsilon }) => {
  const n = gamma.shape[0], rows = tf.util.sizeFromShape(x.shape) / n;
  const stats = runRows(
    gpu,
    {
      name: "layer norm statistics",
      inputs: { x },
      output: [rows, 2],
      integers: { n },
      floats: { epsilon: epsilon as number },
      code: `
        fn row(r : i32, lane : i32, live : bool) {
          let at = r * uniforms.n;
          var part = 0.0;
          for (var i = lane; i < uniforms.n; i += LANES) { part += x[at + i]; }
          let mean = rowSum(lane, part) / f32(uniforms.n);
          part = 0.0;
          for (var i = lane; i < uniforms.n; i += LANES) {
            let d = x[at + i] - mean;
            part += d * d;
          }
          let variance = rowSum(lane, part) / f32(uniforms.n);
          if (live && lane == 0) {
            result[2 * r] = mean;
            result[2 * r + 1] = 1.0 / sqrt(variance + uniforms.epsilon);
          }
        }`,
    },
    rows,
  );
  const y = runEach(gpu, {
    name: "layer norm",
    inputs: { x, stats, gamma, beta },
    output: x.shape,
    integers: { n },
    code: `
      fn element(i : i32) -> f32 {
        let r = i / uniforms.n;
        let c = i % uniforms.n;
        return (x[i] - stats[2 * r]) * stats[2 * r + 1] * gamma[c] + beta[c];
      }`,
  });
  return [y, stats];
};

/** dx, dgamma, dbeta. */
export const layerNormGradient: WebgpuKernel = ({ dy, x, stats, gamma }, gpu) => {
  const n = gamma.shape[0], rows = tf.util.sizeFromShape(x.shape) / n;
  const dx = runRows(
    gpu,
    {
      name: "layer norm input gradient",
      inputs: { dy, x, stats, gamma },
      output: x.shape,
      integers: { n },
      code: `
        fn row(r : i32, lane : i32, live : bool) {
          let at = r * uniforms.n;
          let mean = stats[2 * r];
          let inverse = stats[2 * r + 1];
          var g = 0.0;  // the sum of dy gamma
          var gx = 0.0; // the sum of dy gamma x^, x^ the normalised x
          for (var i = lane; i < uniforms.n; i += LANES) {
            let d = dy[at + i] * gamma[i];
            g += d;
            gx += d * (x[at + i] - mean) * inverse;
          }
          g = rowSum(lane, g) / f32(uniforms.n);
          gx = rowSum(lane, gx) / f32(uniforms.n);
          if (live) {
            for (var i = lane; i < uniforms.n; i += LANES) {
              let normal = (x[at + i] - mean) * inverse;
              result[at + i] = (dy[at + i] * gamma[i] - g - normal * gx) * inverse;
            }
          }
        }`,
    },
    rows,
  );
  const dgamma = columnSums(gpu, dy, n, {
    name: "of dy times the normalised x",
    inputs: { input: x, stats },
    code: `
      fn value(row : i32, column : i32, i : i32) -> f32 {
        return x[i] * (input[i] - stats[2 * row]) * stats[2 * row + 1];
      }`,
  });
  return [dx, dgamma, columnSums(gpu, dy, n)];
};
