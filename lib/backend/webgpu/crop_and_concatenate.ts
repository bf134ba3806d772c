import { runEach, type WebgpuKernel } from "./kernel.ts";

/** The centre of skip beside x; see ops/convolution.ts. */
export const cropAndConcatenate: WebgpuKernel = ({ skip, x }, gpu) => {
  const [batch, H, W, c1] = skip.shape;
  const [, h, w, c2] = x.shape;
  return runEach(gpu, {
    name: "crop and concatenate",
    inputs: { skip, x },
    output: [batch, h, w, c1 + c2],
    integers: { H, W, c1, h, w, c2, top: (H - h) >> 1, left: (W - w) >> 1 },
    code: `
      fn element(i : i32) -> f32 {
        let c = i % (uniforms.c1 + uniforms.c2);
        let position = i / (uniforms.c1 + uniforms.c2);
        if (c >= uniforms.c1) { return x[position * uniforms.c2 + c - uniforms.c1]; }
        let column = position % uniforms.w + uniforms.left;
        let row = position / uniforms.w % uniforms.h + uniforms.top;
        let image = position / (uniforms.w * uniforms.h);
        return skip[((image * uniforms.H + row) * uniforms.W + column) * uniforms.c1 + c];
      }`,
  });
};

/** dskip (zero outside the centre) or dx. */
export const cropAndConcatenateGradient: WebgpuKernel = ({ dy }, gpu, attributes) => {
  const { of, skipShape, shape } = attributes as {
    of: string;
    skipShape: number[];
    shape: number[];
  };
  const [, h, w, c] = dy.shape;
  const [, H, W, c1] = skipShape;
  if (of !== "skip") {
    return runEach(gpu, {
      name: "concatenate gradient",
      inputs: { dy },
      output: shape,
      integers: { c, c1 },
      code: `
        fn element(i : i32) -> f32 {
          let c2 = uniforms.c - uniforms.c1;
          return dy[i / c2 * uniforms.c + uniforms.c1 + i % c2];
        }`,
    });
  }
  return runEach(gpu, {
    name: "crop gradient",
    inputs: { dy },
    output: skipShape,
    integers: { H, W, c1, h, w, c, top: (H - h) >> 1, left: (W - w) >> 1 },
    code: `
      fn element(i : i32) -> f32 {
        let position = i / uniforms.c1;
        let column = position % uniforms.W - uniforms.left;
        let row = position / uniforms.W % uniforms.H - uniforms.top;
        if (row < 0 || row >= uniforms.h || column < 0 || column >= uniforms.w) { return 0.0; }
        let image = position / (uniforms.W * uniforms.H);
        return dy[((image * uniforms.h + row) * uniforms.w + column) * uniforms.c + i % uniforms.c1];
      }`,
  });
};
