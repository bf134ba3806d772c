import type { GuardedBackend } from "../guard.ts";
import { tf } from "../tf.ts";
import { free, runEach } from "./kernel.ts";

/**
 * The sum of every column of a matrix, or of a function of several matrices.
 *
 * An invocation adds up a run of at most 16,384 rows of one column (see `longProduct` for the limit); the partial sums
 * are added up in the same way.
 *
 * @param x [rows, columns] in any shape
 * @param columns how many
 * @param of what is summed: other inputs by name, and `fn value(row : i32, column : i32, i : i32) -> f32`
 *   with i = row * columns + column. Default: x[i].
 * @returns [columns]
 */
export function columnSums(
  gpu: GuardedBackend,
  x: tf.TensorInfo,
  columns: number,
  of: { name: string; inputs: Record<string, tf.TensorInfo>; code: string } = PLAIN,
): tf.TensorInfo {
  const rows = tf.util.sizeFromShape(x.shape) / columns;
  const runs = Math.max(
    1,
    Math.ceil(rows / 16_384),
    Math.min(Math.ceil(rows / 64), Math.ceil(16_384 / columns)),
  );
  const perRun = Math.ceil(rows / runs);
  const used = Math.max(1, Math.ceil(rows / perRun));
  const sums = runEach(gpu, {
    name: `column sums ${of.name}`,
    inputs: { x, ...of.inputs },
    output: [used, columns],
    integers: { rows, columns, perRun },
    code: `${of.code}
      fn element(i : i32) -> f32 {
        let column = i % uniforms.columns;
        let first = i / uniforms.columns * uniforms.perRun;
        var sum = 0.0;
        for (var row = first; row < min(first + uniforms.perRun, uniforms.rows); row++) {
          sum += value(row, column, row * uniforms.columns + column);
        }
        return sum;
      }`,
  });
  if (used === 1) return { ...sums, shape: [columns] };
  const total = columnSums(gpu, sums, columns);
  free(gpu, sums);
  return total;
}

const PLAIN = {
  name: "",
  inputs: {},
  code: "fn value(row : i32, column : i32, i : i32) -> f32 { return x[i]; }",
};
