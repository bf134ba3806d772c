import type { Kernel } from "../context.ts";
import { type ConvAttributes, convolveGradient, geometry } from "./convolution.ts";

/** dx of a convolution, and so the transposed convolution; tfjs's kernel is ten times slower. */
export const conv2dBackpropInput: Kernel = {
  name: "Conv2DBackpropInput",
  compute(context, { dy, filter }, attributes) {
    const { inputShape, ...rest } = attributes as unknown as ConvAttributes & {
      inputShape: number[];
    };
    const g = geometry(inputShape, filter.shape, rest);
    if (!g) return undefined;
    const dx = context.output(inputShape);
    const [dyAt, filterAt, out] = [dy, filter, dx].map((t) => context.address(t));
    const none = { y: 0, x: 0, dfilter: 0, dbias: 0 };
    convolveGradient(context, g, { ...none, dy: dyAt, filter: filterAt, dx: out });
    return dx;
  },
};
