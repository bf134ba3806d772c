import type { tf } from "../../tf.ts";
import type { Kernel, WasmContext } from "../context.ts";
import { type ConvAttributes, convolve, convolveGradient, geometry } from "./convolution.ts";
import { product } from "./product.ts";

/** y = act(conv(x, filter) + bias); see ops/convolution.ts. */
export const biasedConvolution: Kernel = {
  name: "BiasedConvolution",
  compute(context, { x, filter, bias }, attributes) {
    const g = geometry(x.shape, filter.shape, attributes as unknown as ConvAttributes)!;
    const y = context.output([g.b, g.oh, g.ow, g.co]);
    const [xAt, filterAt, biasAt, yAt] = [x, filter, bias, y].map((t) => context.address(t));
    convolve(context, g, xAt, filterAt, yAt, biasAt, attributes.relu as boolean);
    return y;
  },
};

/** Those of dx, dfilter, dbias that are wanted. */
export const biasedConvolutionGradient: Kernel = {
  name: "BiasedConvolutionGradient",
  compute(context, { dy, x, filter, y }, attributes) {
    const g = geometry(x.shape, filter.shape, attributes as unknown as ConvAttributes)!;
    const { outputs, at } = gradients(context, attributes.wanted as string[], {
      x: x.shape,
      filter: filter.shape,
      bias: [g.co],
    });
    const [dyAt, xAt, filterAt] = [dy, x, filter].map((t) => context.address(t));
    convolveGradient(context, g, {
      dy: dyAt,
      y: attributes.relu ? context.address(y) : 0,
      x: xAt,
      filter: filterAt,
      dx: at.x,
      dfilter: at.filter,
      dbias: at.bias,
    });
    return outputs;
  },
};

/** The transposed convolution with equal stride and filter: one product, whose rows are laid out as patches. */
export const upConvolution: Kernel = {
  name: "UpConvolution",
  compute(context, { x, filter, bias }) {
    const [b, h, w, ci] = x.shape;
    const [s, , co] = filter.shape;
    const y = context.output([b, s * h, s * w, co]);
    const [xAt, filterAt, biasAt, yAt] = [x, filter, bias, y].map((t) => context.address(t));
    context.withMemory(b * h * w * s * s * co, (patches) => {
      // patches [B * H * W, s * s * Co] = x [B * H * W, Ci] filter^T
      product(context, {
        transB: true,
        m: b * h * w,
        n: s * s * co,
        k: ci,
        a: xAt,
        b: filterAt,
        c: patches,
      });
      context.simd("layPatches", b * h, 16_000 / (w * s * s * co), patches, w, s, co, biasAt, yAt);
    });
    return y;
  },
};

/** Those of dx, dfilter, dbias that are wanted: dy's patches become rows again, then two products. */
export const upConvolutionGradient: Kernel = {
  name: "UpConvolutionGradient",
  compute(context, { dy, x, filter }, attributes) {
    const [b, h, w, ci] = x.shape;
    const [s, , co] = filter.shape;
    const { outputs, at } = gradients(context, attributes.wanted as string[], {
      x: x.shape,
      filter: filter.shape,
      bias: [co],
    });
    const [dyAt, xAt, filterAt] = [dy, x, filter].map((t) => context.address(t));
    const n = s * s * co, m = b * h * w;
    const grain = Math.max(1, Math.min(b * h, Math.floor(16_000 / (w * n))));
    const chunks = Math.ceil(b * h / grain);
    context.withMemory(m * n + chunks * co, (patches) => {
      const sums = at.bias ? patches + 4 * m * n : 0;
      context.simd("takePatches", b * h, grain, dyAt, w, s, co, patches, sums, grain);
      if (at.x) product(context, { m, n: ci, k: n, a: patches, b: filterAt, c: at.x });
      if (at.filter) {
        product(context, { transA: true, m: n, n: ci, k: m, a: patches, b: xAt, c: at.filter });
      }
      if (at.bias) context.simd("sumPartials", co, co, sums, co, chunks, at.bias);
    });
    return outputs;
  },
};

/** The centre of skip beside x; see ops/convolution.ts. */
export const cropAndConcatenate: Kernel = {
  name: "CropAndConcatenate",
  compute(context, { skip, x }, { xFirst }) {
    const [b, H, W, c1] = skip.shape;
    const [, h, w, c2] = x.shape;
    const y = context.output([b, h, w, c1 + c2]);
    const [skipAt, xAt, yAt] = [skip, x, y].map((t) => context.address(t));
    const place = [(H - h) >> 1, (W - w) >> 1];
    context.simd(
      "cropConcat",
      b * h,
      16_000 / (w * (c1 + c2)),
      skipAt,
      H,
      W,
      c1,
      ...place,
      xAt,
      h,
      w,
      c2,
      yAt,
      ...(xFirst ? [c2, 0] : [0, c1]),
    );
    return y;
  },
};

/** dskip (zero outside the centre) or dx. */
export const cropAndConcatenateGradient: Kernel = {
  name: "CropAndConcatenateGradient",
  compute(context, { dy }, { of, skipShape, shape, xFirst }) {
    const [b, h, w, c] = dy.shape;
    const [, H, W, c1] = skipShape as number[];
    const out = context.output(shape as number[]);
    const [dyAt, outAt] = [dy, out].map((t) => context.address(t));
    if (of === "skip") {
      const place = [(H - h) >> 1, (W - w) >> 1];
      const from = dyAt + (xFirst ? 4 * (c - c1) : 0);
      context.simd("uncrop", b * H, 16_000 / (W * c1), from, h, w, c, ...place, outAt, H, W, c1);
    } else {
      const from = dyAt + (xFirst ? 0 : 4 * c1);
      context.simd("copyRows", b * h * w, 16_000 / c, from, c, outAt, c - c1, c - c1);
    }
    return out;
  },
};

/** New tensors for the wanted gradients, in order, and their addresses by name (0 = not wanted). */
export function gradients<Name extends string>(
  context: WasmContext,
  wanted: readonly string[],
  shapes: Record<Name, number[]>,
): { outputs: tf.TensorInfo[]; at: Record<Name, number> } {
  const outputs = wanted.map((name) => context.output(shapes[name as Name]));
  const at = Object.fromEntries(
    Object.keys(shapes).map((name) => {
      const i = wanted.indexOf(name);
      return [name, i < 0 ? 0 : context.address(outputs[i])];
    }),
  ) as Record<Name, number>;
  return { outputs, at };
}
