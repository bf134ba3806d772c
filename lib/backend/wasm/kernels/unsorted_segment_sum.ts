import { tf } from "../../tf.ts";
import type { Kernel } from "../context.ts";

/** y[s] = sum of the rows of x whose segment is s: the gradient of `gather`. tfjs's wasm backend has none. */
export const unsortedSegmentSum: Kernel = {
  name: "UnsortedSegmentSum",
  compute(context, { x, segmentIds }, { numSegments }) {
    if (x.dtype !== "float32") return undefined;
    const count = tf.util.sizeFromShape(segmentIds.shape);
    const rest = x.shape.slice(segmentIds.shape.length);
    const size = tf.util.sizeFromShape(rest);
    const segments = numSegments as number;
    const y = context.output([segments, ...rest]);
    const [xAt, idsAt, yAt] = [x, segmentIds, y].map((t) => context.address(t));
    context.simd("clear", segments * size, 1 << 18, yAt);
    // Threads share the columns, not the rows: two rows may belong to one segment.
    const columns = size >= 128 ? Math.ceil(size / 4 / 16) * 16 : size;
    context.simd("segmentSum", size, columns, xAt, idsAt, count, segments, size, yAt);
    return y;
  },
};
