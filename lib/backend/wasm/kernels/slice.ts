import { tf } from "../../tf.ts";
import type { Kernel, WasmContext } from "../context.ts";

/** Bytes of an element; tfjs keeps the other types. */
const BYTES: Partial<Record<tf.DataType, number>> = { float32: 4, int32: 4, bool: 1 };

/** A part of a tensor. tfjs's kernel first copies the whole tensor out of the memory, whatever the part. */
export const slice: Kernel = {
  name: "Slice",
  compute(context, { x }, attributes) {
    if (BYTES[x.dtype] === undefined) return undefined;
    const { begin, size } = attributes as { begin: number[]; size: number[] };
    const [from, sizes] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
    tf.slice_util.assertParamsValid(x as tf.Tensor, from, sizes);
    return part(context, x, from, sizes);
  },
};

/** A tensor cut along an axis, into parts of given sizes. */
export const split: Kernel = {
  name: "SplitV",
  compute(context, { x }, attributes) {
    if (BYTES[x.dtype] === undefined) return undefined;
    const { numOrSizeSplits, axis } = attributes as {
      numOrSizeSplits: number | number[];
      axis: number;
    };
    const [along] = tf.util.parseAxisParam(axis, x.shape);
    const lengths = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along);
    return parts(context, x, along, lengths);
  },
};

/** A tensor cut along an axis into parts of length 1, which lose that axis. */
export const unpack: Kernel = {
  name: "Unpack",
  compute(context, { value }, attributes) {
    if (BYTES[value.dtype] === undefined) return undefined;
    const [along] = tf.util.parseAxisParam((attributes as { axis: number }).axis, value.shape);
    const ones = new Array(value.shape[along]).fill(1);
    return parts(context, value, along, ones)
      .map((one) => ({ ...one, shape: one.shape.toSpliced(along, 1) }));
  },
};

function parts(context: WasmContext, x: tf.TensorInfo, axis: number, lengths: number[]) {
  const begin = x.shape.map(() => 0);
  return lengths.map((length) => {
    const one = part(context, x, begin, x.shape.with(axis, length));
    begin[axis] += length;
    return one;
  });
}

/** The elements of `x` from `begin`, `size` many along every axis, row by row. */
function part(context: WasmContext, x: tf.TensorInfo, begin: number[], size: number[]) {
  const y = context.output(size, x.dtype);
  if (tf.util.sizeFromShape(size) === 0) return y;
  const bytes = new Uint8Array(context.threads.heap.memory.buffer);
  const stride = [...tf.util.computeStrides(x.shape), 1].map((elements) =>
    elements * BYTES[x.dtype]!
  );
  // The last axis that is not taken whole: its elements, with all they hold, lie together.
  const last = Math.max(0, x.shape.findLastIndex((length, axis) => size[axis] !== length));
  const run = (size[last] ?? 1) * stride[last];
  let to = context.address(y);
  const copy = (axis: number, from: number) => {
    from += (begin[axis] ?? 0) * stride[axis];
    if (axis === last) {
      bytes.copyWithin(to, from, from + run);
      to += run;
    } else for (let i = 0; i < size[axis]; i++) copy(axis + 1, from + i * stride[axis]);
  };
  copy(0, context.address(x));
  return y;
}
