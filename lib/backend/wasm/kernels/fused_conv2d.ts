import type { Kernel } from "../context.ts";
import { type ConvAttributes, convolve, geometry } from "./convolution.ts";

/** y = act(conv(x, filter) + bias) for no activation and for relu; tfjs keeps the others. */
export const fusedConv2d: Kernel = {
  name: "FusedConv2D",
  compute(context, { x, filter, bias, preluActivationWeights }, attributes) {
    const { activation, ...rest } = attributes as unknown as ConvAttributes & {
      activation: string;
    };
    if (activation !== "linear" && activation !== "relu" || preluActivationWeights) {
      return undefined;
    }
    const g = geometry(x.shape, filter.shape, rest);
    if (!g || x.dtype !== "float32") return undefined;
    if (bias && bias.shape.at(-1) !== g.co) return undefined;
    const y = context.output([g.b, g.oh, g.ow, g.co]);
    const [xAt, filterAt, yAt] = [x, filter, y].map((t) => context.address(t));
    const biasAt = bias ? context.address(bias) : 0;
    convolve(context, g, xAt, filterAt, yAt, biasAt, activation === "relu");
    return y;
  },
};
