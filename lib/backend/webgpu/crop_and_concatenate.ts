import { runEach, type WebgpuKernel } from "./kernel.ts";

/** The centre of skip beside x; see ops/convolution.ts. */
export const cropAndConcatenate: WebgpuKernel = ({ skip, x }, gpu, { xFirst }) => {
  const [batch, H, W, c1] = skip.shape;
  const [, h, w, c2] = x.shape;
  return runEach(gpu, {
    name: "crop and concatenate",
    inputs: { skip, x },
    output: [batch, h, w, c1 + c2],
    integers: {
      ...{ H, W, c1, h, w, c2, top: (H - h) >> 1, left: (W - w) >> 1 },
      ...{ xAt: xFirst ? 0 : c1, skipAt: xFirst ? c2 : 0 }, // channels of y
    },
    code: `
      fn element(i : i32) -> f32 {
        let c = i % (uniforms.c1 + uniforms.c2);
        let position = i / (uniforms.c1 + uniforms.c2);
        let ofX = c - uniforms.xAt;
        if (ofX >= 0 && ofX < uniforms.c2) { return x[position * uniforms.c2 + ofX]; }
        let column = position % uniforms.w + uniforms.left;
        let row = position / uniforms.w % uniforms.h + uniforms.top;
        let image = position / (uniforms.w * uniforms.h);
        return skip[((image * uniforms.H + row) * uniforms.W + column) * uniforms.c1 + c - uniforms.skipAt];
      }`,
  });
};

/** dskip (zero outside the centre) or dx. */
export const cropAndConcatenateGradient: WebgpuKernel = ({ dy }, gpu, attributes) => {
  const { of, skipShape, shape, xFirst } = attributes as {
    of: string;
    skipShape: number[];
    shape: number[];
    xFirst: boolean;
  };
  const [, h, w, c] = dy.shape;
  const [, H, W, c1] = skipShape;
  if (of !== "skip") {
    return runEach(gpu, {
      name: "concatenate gradient",
      inputs: { dy },
      output: shape,
      integers: { c, c2: c - c1, offset: xFirst ? 0 : c1 },
      code: `
        fn element(i : i32) -> f32 {
          return dy[i / uniforms.c2 * uniforms.c + uniforms.offset + i % uniforms.c2];
        }`,
    });
  }
  return runEach(gpu, {
    name: "crop gradient",
    inputs: { dy },
    output: skipShape,
    integers: {
      ...{ H, W, c1, h, w, c, top: (H - h) >> 1, left: (W - w) >> 1 },
      offset: xFirst ? c - c1 : 0,
    },
    code: `
      fn element(i : i32) -> f32 {
        let position = i / uniforms.c1;
        let column = position % uniforms.W - uniforms.left;
        let row = position / uniforms.W % uniforms.H - uniforms.top;
        if (row < 0 || row >= uniforms.h || column < 0 || column >= uniforms.w) { return 0.0; }
        let image = position / (uniforms.W * uniforms.H);
        return dy[((image * uniforms.h + row) * uniforms.w + column) * uniforms.c + uniforms.offset + i % uniforms.c1];
      }`,
  });
};
