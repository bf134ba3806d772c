import { tf } from "../../tf.ts";
import type { Attributes, Kernel } from "../context.ts";

/** The largest value of every window. */
export const maxPool: Kernel = {
  name: "MaxPool",
  compute(context, { x }, attributes) {
    const p = poolInfo(x.shape, attributes);
    if (!p || x.dtype !== "float32") return undefined;
    const y = context.output([p.b, p.oh, p.ow, p.c]);
    context.simd(
      "maxPool",
      p.b * p.oh,
      rowsPerChunk(p),
      context.address(x),
      ...p.numbers,
      context.address(y),
    );
    return y;
  },
};

/** Sends dy to the position of the maximum. tfjs's kernel loses windows whose maximum is not positive. */
export const maxPoolGrad: Kernel = {
  name: "MaxPoolGrad",
  compute(context, { dy, input }, attributes) {
    const p = poolInfo(input.shape, attributes);
    if (!p) return undefined;
    const dx = context.output(input.shape);
    const [dyAt, xAt, dxAt] = [dy, input, dx].map((t) => context.address(t));
    const size = tf.util.sizeFromShape(input.shape);
    context.simd("clear", size, 1 << 18, dxAt);
    // Overlapping windows write to the same place: one thread per image then.
    const grain = p.overlap ? p.oh : rowsPerChunk(p);
    context.simd("maxPoolGrad", p.b * p.oh, grain, dyAt, xAt, ...p.numbers, dxAt);
    return dx;
  },
};

function poolInfo(shape: number[], attributes: Attributes) {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as {
    filterSize: [number, number] | number;
    strides: [number, number] | number;
    pad: "valid" | "same" | number;
    dimRoundingMode?: "floor" | "round" | "ceil";
  };
  const i = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  if (i.dataFormat !== "channelsLast") return undefined;
  return {
    b: i.batchSize,
    oh: i.outHeight,
    ow: i.outWidth,
    c: i.outChannels,
    overlap: i.filterHeight > i.strideHeight,
    numbers: [
      ...[
        i.inHeight,
        i.inWidth,
        i.outChannels,
        i.outHeight,
        i.outWidth,
        i.filterHeight,
        i.filterWidth,
      ],
      ...[i.strideHeight, i.strideWidth, i.padInfo.top, i.padInfo.left],
    ],
  };
}

function rowsPerChunk({ ow, c, oh }: { ow: number; c: number; oh: number }): number {
  return Math.max(1, Math.min(oh, Math.floor(16_000 / (ow * c))));
}
