import { tf } from "../tf.ts";
import { rectifierGradient } from "./biased_convolution.ts";
import { columnSums } from "./column_sums.ts";
import { gelu, throughGelu } from "./gelu.ts";
import { free, type WebgpuKernel } from "./kernel.ts";
import { longProduct, tiledProduct } from "./tiled_product.ts";

/** y = act(x W^T + b), and z, what went into a GELU; see ops/transformer.ts. */
export const linear: WebgpuKernel = ({ x, weight, bias }, gpu, { activation }) => {
  const [n, k] = weight.shape, m = tf.util.sizeFromShape(x.shape) / k;
  const z = tiledProduct(gpu, {
    name: "linear",
    inputs: { x, weight, bias },
    ...{ m, n, k },
    output: [...x.shape.slice(0, -1), n],
    integers: { relu: activation === "relu" ? 1 : 0 },
    code: `
      fn a(z : i32, i : i32, l : i32) -> f32 { return x[i * uniforms.k + l]; }
      fn b(z : i32, l : i32, j : i32) -> f32 { return weight[j * uniforms.k + l]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) {
        let y = sum + bias[j];
        result[i * uniforms.n + j] = select(y, 0.0, uniforms.relu == 1 && y < 0.0);
      }`,
  });
  return activation === "gelu" ? [gelu({ x: z }, gpu, {}) as tf.TensorInfo, z] : [z];
};

/** dx, dW, db. `z` is what went into a GELU, or y for a rectifier. */
export const linearGradient: WebgpuKernel = ({ dy, x, weight, z }, gpu, { activation }) => {
  const [n, k] = weight.shape, m = tf.util.sizeFromShape(x.shape) / k;
  const dz = activation === "none"
    ? dy
    : activation === "gelu"
    ? throughGelu(gpu, dy, z)
    : rectifierGradient(gpu, dy, z);
  const dx = tiledProduct(gpu, {
    name: "linear input gradient",
    inputs: { dz, weight },
    ...{ m, n: k, k: n },
    output: x.shape,
    code: `
      fn a(z : i32, i : i32, l : i32) -> f32 { return dz[i * uniforms.k + l]; }
      fn b(z : i32, l : i32, j : i32) -> f32 { return weight[l * uniforms.n + j]; }
      fn store(z : i32, i : i32, j : i32, sum : f32) { result[i * uniforms.n + j] = sum; }`,
  });
  const dw = longProduct(gpu, {
    name: "linear weight gradient",
    inputs: { dz, x },
    ...{ m: n, n: k, k: m },
    output: weight.shape,
    code: `
      fn a(z : i32, i : i32, l : i32) -> f32 { return dz[l * uniforms.m + i]; }
      fn b(z : i32, l : i32, j : i32) -> f32 { return x[l * uniforms.n + j]; }`,
  });
  const db = columnSums(gpu, dz, n);
  if (dz !== dy) free(gpu, dz);
  return [dx, dw, db];
};
