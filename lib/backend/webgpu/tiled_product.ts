import type { GuardedBackend } from "../guard.ts";
import type { tf } from "../tf.ts";
import { columnSums } from "./column_sums.ts";
import { free, run } from "./kernel.ts";

/**
 * A matrix product whose factors need not be matrices in memory: a function says where an element lies.
 *
 *     C[z, i, j] = sum over l of A(z, i, l) B(z, l, j)      i < m, j < n, l < k, z < batch
 *
 * A convolution is such a product (rows: positions; l: filter tap and channel), and so are both its gradients,
 * the transposed convolution, a linear layer, and the heads of an attention where they lie.
 */
export interface Product {
  /** Names the pipeline. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Default 1. */
  readonly batch?: number;
  readonly output: readonly number[];
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /**
   * WGSL: `fn a(z : i32, i : i32, l : i32) -> f32`, `fn b(z : i32, l : i32, j : i32) -> f32` and
   * `fn store(z : i32, i : i32, j : i32, sum : f32)`, which writes into `result`. They are only called within
   * the bounds, which are fields of `uniforms`.
   */
  readonly code: string;
}

/**
 * Runs a product. A workgroup of 16 x 16 invocations makes a tile of 64 x 64 results, 4 x 4 each: it walks along l in
 * steps of 16, copies 64 x 16 elements of either factor into workgroup memory, and each of them feeds 64
 * multiplications from there.
 */
export function tiledProduct(gpu: GuardedBackend, product: Product): tf.TensorInfo {
  const { name, inputs, m, n, k, batch = 1, output, integers, floats, code } = product;
  return run(gpu, {
    name: `product ${name}`,
    inputs,
    output,
    integers: { m, n, k, steps: Math.ceil(k / STEP), ...integers },
    floats,
    workgroups: [Math.ceil(n / TILE), Math.ceil(m / TILE), batch],
    workgroupSize: THREADS,
    code: code + FRAME,
  });
}

const TILE = 64, STEP = 16, THREADS = 256;
/** Of a row of a tile in workgroup memory: four more than its elements, so that neighbours fall on other banks. */
const PITCH = TILE + 4;

const FRAME = `
  var<workgroup> tileA : array<f32, ${STEP * PITCH}>; // [l][i]
  var<workgroup> tileB : array<f32, ${STEP * PITCH}>; // [l][j]

  fn main(index : i32) {
    let z = i32(workgroupId.z);
    let i0 = i32(workgroupId.y) * ${TILE};
    let j0 = i32(workgroupId.x) * ${TILE};
    let lane = i32(localIndex);
    let myI = lane / 16 * 4;
    let myJ = lane % 16 * 4;
    var sum = array<vec4<f32>, 4>();
    for (var step = 0; step < uniforms.steps; step++) {
      let l0 = step * ${STEP};
      for (var part = 0; part < 4; part++) {
        let e = part * ${THREADS} + lane;
        let ai = e / ${STEP};
        let al = e % ${STEP};
        var left = 0.0;
        if (i0 + ai < uniforms.m && l0 + al < uniforms.k) { left = a(z, i0 + ai, l0 + al); }
        tileA[al * ${PITCH} + ai] = left;
        let bl = e / ${TILE};
        let bj = e % ${TILE};
        var right = 0.0;
        if (l0 + bl < uniforms.k && j0 + bj < uniforms.n) { right = b(z, l0 + bl, j0 + bj); }
        tileB[bl * ${PITCH} + bj] = right;
      }
      workgroupBarrier();
      for (var l = 0; l < ${STEP}; l++) {
        let at = l * ${PITCH} + myI;
        let bt = l * ${PITCH} + myJ;
        let right = vec4<f32>(tileB[bt], tileB[bt + 1], tileB[bt + 2], tileB[bt + 3]);
        sum[0] += tileA[at] * right;
        sum[1] += tileA[at + 1] * right;
        sum[2] += tileA[at + 2] * right;
        sum[3] += tileA[at + 3] * right;
      }
      workgroupBarrier();
    }
    for (var p = 0; p < 4; p++) {
      for (var q = 0; q < 4; q++) {
        let i = i0 + myI + p;
        let j = j0 + myJ + q;
        if (i < uniforms.m && j < uniforms.n) { store(z, i, j, sum[p][q]); }
      }
    }
  }
`;

/**
 * A product with few results and a long sum (a filter gradient sums over every position): the sum is cut into runs that
 * different workgroups make, and the partial results are added up.
 *
 * No invocation's sum is longer than 16,384: some drivers stop an invocation after 65,535 iterations (Mesa's lavapipe
 * does, without a word), and then most of the sum would be missing.
 *
 * @param product `a` and `b` are given l in the whole sum; there is no `store`, and no `batch`
 */
export function longProduct(
  gpu: GuardedBackend,
  product: Omit<Product, "batch">,
): tf.TensorInfo {
  const { m, n, k, output, integers, code } = product;
  const tiles = Math.ceil(m / TILE) * Math.ceil(n / TILE);
  const forWork = Math.min(Math.ceil(256 / tiles), Math.ceil(k / 256));
  const forMemory = Math.max(1, Math.floor(2 ** 24 / (m * n))); // partial results of at most 64 MiB
  const runs = Math.max(1, Math.ceil(k / 16_384), Math.min(forWork, forMemory));
  const perRun = Math.ceil(k / runs);
  const used = Math.ceil(k / perRun);
  const partials = tiledProduct(gpu, {
    ...product,
    name: `${product.name}, in runs`,
    k: perRun,
    batch: used,
    output: [used, m * n],
    integers: { whole: k, ...integers },
    code: `${code.replaceAll("fn a(", "fn aWhole(").replaceAll("fn b(", "fn bWhole(")}
      fn a(z : i32, i : i32, l : i32) -> f32 {
        let whole = z * uniforms.k + l;
        if (whole >= uniforms.whole) { return 0.0; }
        return aWhole(0, i, whole);
      }
      fn b(z : i32, l : i32, j : i32) -> f32 {
        let whole = z * uniforms.k + l;
        if (whole >= uniforms.whole) { return 0.0; }
        return bWhole(0, whole, j);
      }
      fn store(z : i32, i : i32, j : i32, sum : f32) {
        result[(z * uniforms.m + i) * uniforms.n + j] = sum;
      }`,
  });
  if (used === 1) return { ...partials, shape: [...output] };
  const sum = columnSums(gpu, partials, m * n);
  free(gpu, partials);
  return { ...sum, shape: [...output] };
}
