import { tf } from "../../tf.ts";
import type { Kernel } from "../context.ts";

/** Elements per chunk: three arrays of them fit the L2 cache. */
const GRAIN = 1 << 14;

/** a + b and a * b of equal shapes, on all threads; tfjs keeps broadcasts and integers. */
export const [add, multiply]: readonly Kernel[] = [["Add", "add"], ["Multiply", "multiply"]].map(
  ([name, simd]): Kernel => ({
    name,
    compute(context, { a, b }) {
      const equal = a.dtype === "float32" && b.dtype === "float32" &&
        tf.util.arraysEqual(a.shape, b.shape);
      if (!equal) return undefined;
      const y = context.output(a.shape);
      const at = [a, b, y].map((t) => context.address(t));
      context.simd(simd, tf.util.sizeFromShape(a.shape), GRAIN, ...at);
      return y;
    },
  }),
);
