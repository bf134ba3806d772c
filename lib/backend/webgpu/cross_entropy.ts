import { runEach, runRows, type WebgpuKernel } from "./kernel.ts";
import { EXPONENTS } from "./softmax.ts";

/** The loss of each row, and log(sum(exp)) of each row; see ops/transformer.ts. */
export const crossEntropy: WebgpuKernel = ({ logits, labels }, gpu) => {
  const [rows, n] = logits.shape;
  const lse = runRows(
    gpu,
    {
      name: "log sum exp",
      inputs: { x: logits },
      output: [rows],
      integers: { n },
      code: `${EXPONENTS}
        fn row(r : i32, lane : i32, live : bool) {
          let parts = exponents(r * uniforms.n, lane);
          if (live && lane == 0) { result[r] = parts.largest + log(parts.sum); }
        }`,
    },
    rows,
  );
  const loss = runEach(gpu, {
    name: "cross-entropy",
    inputs: { logits, labels, lse },
    output: [rows],
    integers: { n },
    code: `
      fn element(r : i32) -> f32 {
        let label = labels[r];
        if (label < 0 || label >= uniforms.n) { return 0.0; }
        return lse[r] - logits[r * uniforms.n + label];
      }`,
  });
  return [loss, lse];
};

/** dlogits = dy (softmax(logits) - one-hot(label)). */
export const crossEntropyGradient: WebgpuKernel = ({ dy, logits, labels, lse }, gpu) =>
  runEach(gpu, {
    name: "cross-entropy gradient",
    inputs: { dy, logits, labels, lse },
    output: logits.shape,
    integers: { n: logits.shape[1] },
    code: `
      fn element(i : i32) -> f32 {
        let r = i / uniforms.n;
        let label = labels[r];
        if (label < 0 || label >= uniforms.n) { return 0.0; }
        return dy[r] * (exp(logits[i] - lse[r]) - select(0.0, 1.0, i % uniforms.n == label));
      }`,
  });
