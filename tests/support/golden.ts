/**
 * Reference tensors made by PyTorch, and the layout changes between PyTorch and tfjs.
 *
 * @module
 */
import { fromFileUrl } from "@std/path";
import { readSafetensors } from "../../lib/io/mod.ts";
import { tf } from "../../lib/backend/mod.ts";

/** Values and shape of one reference tensor. */
export interface Golden {
  readonly shape: number[];
  readonly data: Float32Array;
}

/** The tensors of `tests/golden/<path>` as 32-bit floats. */
export async function readGolden(path: string): Promise<Map<string, Golden>> {
  const file = await readSafetensors(fromFileUrl(new URL(`../golden/${path}`, import.meta.url)));
  return new Map(
    [...file.tensors].map(([name, { shape, data }]) => [
      name,
      { shape: [...shape], data: Float32Array.from(data as Float32Array, Number) },
    ]),
  );
}

/** PyTorch's [out, in, kh, kw] (or [in, out, kh, kw] of a transposed convolution) as tfjs's [kh, kw, in, out] (or [kh, kw, out, in]). */
export function filterFromTorch({ shape, data }: Golden): tf.Tensor {
  return tf.tidy(() => tf.transpose(tf.tensor(data, shape), [2, 3, 1, 0]));
}

/** PyTorch's [B, C, h, w] as tfjs's [B, h, w, C]. */
export function imageFromTorch({ shape, data }: Golden): tf.Tensor4D {
  return tf.tidy(() =>
    tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1])
  );
}

/** The largest |a - b| divided by the largest |b|: how far off in relation to the tensor's own size. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let worst = 0, largest = 0;
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Number.isNaN(a[i]) ? Infinity : Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return worst / (largest || 1);
}
