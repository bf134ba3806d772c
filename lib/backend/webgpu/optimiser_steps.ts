import { type ElementShader, runEach, type WebgpuKernel } from "./kernel.ts";

/** The new w and v of `sgdMomentumStep`. */
export const sgdMomentumStep: WebgpuKernel = ({ w, g, v }, gpu, attributes) => {
  const { learningRate, momentum } = attributes as Record<string, number>;
  const velocity = runEach(gpu, {
    name: "momentum",
    inputs: { g, v },
    output: v.shape,
    floats: { momentum },
    code: "fn element(i : i32) -> f32 { return uniforms.momentum * v[i] + g[i]; }",
  });
  const weights = runEach(gpu, {
    name: "descent",
    inputs: { w, v: velocity },
    output: w.shape,
    floats: { learningRate },
    code: "fn element(i : i32) -> f32 { return w[i] - uniforms.learningRate * v[i]; }",
  });
  return [weights, velocity];
};

/** The new w, m and v of `adamStep`; the attributes are its numbers after bias correction. */
export const adamStep: WebgpuKernel = ({ w, g, m, v }, gpu, attributes) => {
  const { gradientScale, beta1, beta2, rate, scale, epsilon, decay } = attributes as Record<
    string,
    number
  >;
  const moment = (name: string, old: ElementShader["inputs"][string], beta: number, of: string) =>
    runEach(gpu, {
      name,
      inputs: { old, g },
      output: w.shape,
      floats: { gradientScale, beta, rest: 1 - beta },
      code: `
        fn element(i : i32) -> f32 {
          let g_ = uniforms.gradientScale * g[i];
          return uniforms.beta * old[i] + uniforms.rest * ${of};
        }`,
    });
  const first = moment("first moment", m, beta1, "g_");
  const second = moment("second moment", v, beta2, "g_ * g_");
  const weights = runEach(gpu, {
    name: "adam",
    inputs: { w, m: first, v: second },
    output: w.shape,
    floats: { rate, scale, epsilon, decay },
    code: `
      fn element(i : i32) -> f32 {
        return uniforms.decay * w[i] - uniforms.rate * m[i] / (sqrt(v[i]) * uniforms.scale + uniforms.epsilon);
      }`,
  });
  return [weights, first, second];
};
