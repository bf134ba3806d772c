import type { Kernel } from "../context.ts";
import { type ConvAttributes, convolveGradient, geometry } from "./convolution.ts";

/** dfilter of a convolution; tfjs's wasm backend has none. */
export const conv2dBackpropFilter: Kernel = {
  name: "Conv2DBackpropFilter",
  compute(context, { x, dy }, attributes) {
    const { filterShape, ...rest } = attributes as unknown as ConvAttributes & {
      filterShape: number[];
    };
    const g = geometry(x.shape, filterShape, rest);
    if (!g) return undefined;
    const dfilter = context.output(filterShape);
    const [xAt, dyAt, out] = [x, dy, dfilter].map((t) => context.address(t));
    const none = { y: 0, filter: 0, dx: 0, dbias: 0 };
    convolveGradient(context, g, { ...none, dy: dyAt, x: xAt, dfilter: out });
    return dfilter;
  },
};
