import { tf } from "../../tf.ts";
import type { Kernel, WasmContext } from "../context.ts";
import { product } from "./product.ts";

/** C = op(A) op(B) with broadcast batches. tfjs's kernel is naive where a side is transposed. */
export const batchMatMul: Kernel = {
  name: "BatchMatMul",
  compute(context, { a, b }, { transposeA, transposeB }) {
    return multiply(context, a, b, !!transposeA, !!transposeB, 0, false);
  },
};

/** C = act(op(A) op(B) + bias). tfjs's kernel adds the bias more than once where a side is transposed. */
export const fusedMatMul: Kernel = {
  name: "_FusedMatMul",
  compute(context, { a, b, bias, preluActivationWeights }, attributes) {
    const { transposeA, transposeB, activation } = attributes as Record<string, unknown>;
    if (preluActivationWeights) return undefined;
    const n = b.shape.at(transposeB ? -2 : -1);
    const relu = activation === "relu";
    const simpleBias = !bias ||
      (bias.dtype === "float32" && tf.util.sizeFromShape(bias.shape) === n);
    if (simpleBias && (relu || activation === "linear" || activation === undefined)) {
      const at = bias ? context.address(bias) : 0;
      return multiply(context, a, b, !!transposeA, !!transposeB, at, relu);
    }
    return composed(context, a, b, bias, !!transposeA, !!transposeB, activation as string);
  },
};

function multiply(
  context: WasmContext,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transA: boolean,
  transB: boolean,
  bias: number,
  relu: boolean,
): tf.TensorInfo | undefined {
  if (a.dtype !== "float32" || b.dtype !== "float32") return undefined;
  const [m, k] = transA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = b.shape.at(transB ? -2 : -1)!;
  const aLead = a.shape.slice(0, -2), bLead = b.shape.slice(0, -2);
  const lead = tf.broadcast_util.assertAndGetBroadcastShape(aLead, bLead);
  const [batch, aCount, bCount] = [lead, aLead, bLead].map((s) => tf.util.sizeFromShape(s));
  // Batches that broadcast otherwise than "one for all" are rare: tfjs's own kernel takes them.
  if (aCount !== batch && aCount !== 1 || bCount !== batch && bCount !== 1) return undefined;
  const c = context.output([...lead, m, n]);
  const at = { a: context.address(a), b: context.address(b), c: context.address(c) };
  if (k === 0) context.simd("clear", batch * m * n, batch * m * n, at.c);
  if (bCount === 1 && !transA && aCount === batch) {
    // One right side for all: a single, taller product.
    product(context, { ...at, transA, transB, m: batch * m, n, k, bias, relu });
  } else {
    const aBatch = aCount === 1 ? 0 : 4 * m * k, bBatch = bCount === 1 ? 0 : 4 * k * n;
    product(context, { ...at, transA, transB, m, n, k, aBatch, bBatch, batch, bias, relu });
  }
  return c;
}

/** The rare activations, and biases that are not one number per column: product, then single operations. */
function composed(
  context: WasmContext,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  transA: boolean,
  transB: boolean,
  activation: string,
): tf.TensorInfo | undefined {
  const c = multiply(context, a, b, transA, transB, 0, false);
  if (!c) return undefined;
  const run = (name: string, inputs: Record<string, tf.TensorInfo>) =>
    tf.getKernel(name, "wasm").kernelFunc({
      inputs,
      backend: context.backend,
    }) as tf.TensorInfo;
  const sum = bias ? run("Add", { a: c, b: bias }) : c;
  if (sum !== c) context.backend.disposeData(c.dataId);
  const kernel = { relu: "Relu", relu6: "Relu6", elu: "Elu", sigmoid: "Sigmoid" }[activation];
  if (activation === "linear") return sum;
  if (!kernel) {
    throw new Error(
      `The wasm backend has no fused activation "${activation}" after a matrix product.`,
    );
  }
  const y = run(kernel, { x: sum });
  context.backend.disposeData(sum.dataId);
  return y;
}
