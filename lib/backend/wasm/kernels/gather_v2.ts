import { tf } from "../../tf.ts";
import type { Kernel } from "../context.ts";

/**
 * Rows of a table by index. tfjs's kernel is wrong for batchDims >= 1 and checks no index; a row out of range
 * is an error here.
 */
export const gatherV2: Kernel = {
  name: "GatherV2",
  compute(context, { x, indices }, attributes) {
    const { axis, batchDims } = attributes as { axis: number; batchDims: number };
    if (x.dtype !== "float32" && x.dtype !== "int32" || indices.dtype !== "int32") return undefined;
    const [axis0] = tf.util.parseAxisParam(axis, x.shape);
    const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
      x as tf.Tensor,
      indices as tf.Tensor,
      axis0,
      batchDims,
    );
    const y = context.output(info.outputShape, x.dtype);
    const count = info.batchSize * info.outerSize *
      (tf.util.sizeFromShape(indices.shape) / info.batchSize || 0);
    const per = count / (info.batchSize * info.outerSize) || 0;
    const [xAt, indicesAt, yAt] = [x, indices, y].map((t) => context.address(t));
    const bad = new Int32Array(
      context.threads.heap.memory.buffer,
      indicesAt,
      tf.util.sizeFromShape(indices.shape),
    )
      .find((i) => i < 0 || i >= info.dimSize);
    if (bad !== undefined) {
      throw new Error(
        `gather asks for row ${bad} of an axis of ${info.dimSize} (shape [${x.shape}], axis ${axis0}).`,
      );
    }
    context.simd(
      "gatherRows",
      count,
      16_000 / info.sliceSize,
      ...[xAt, indicesAt, per, info.outerSize, info.dimSize, info.sliceSize, yAt],
    );
    return y;
  },
};
