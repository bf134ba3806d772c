import type { Kernel } from "../context.ts";
import { type ConvAttributes, convolve, geometry } from "./convolution.ts";

/** y = conv(x, filter). tfjs's kernel is right, on one thread. */
export const conv2d: Kernel = {
  name: "Conv2D",
  compute(context, { x, filter }, attributes) {
    const g = geometry(x.shape, filter.shape, attributes as unknown as ConvAttributes);
    if (!g || x.dtype !== "float32") return undefined;
    const y = context.output([g.b, g.oh, g.ow, g.co]);
    const [xAt, filterAt, yAt] = [x, filter, y].map((t) => context.address(t));
    convolve(context, g, xAt, filterAt, yAt, 0, false);
    return y;
  },
};
