import { convolution, linear, tf, upConvolution, useBackend } from "../lib/backend/mod.ts";
import { wasmThreadsReady } from "../lib/backend/wasm/start.ts";

/** One kernel's speed. */
export interface KernelSpeed {
  readonly name: string;
  readonly ours_ms: number;
  readonly gflops: number;
}

/** A kernel as it is timed: tensors in, tensors out, and how many multiplications it makes. */
interface Timed {
  readonly name: string;
  readonly multiplications: number;
  readonly start: () => () => tf.Tensor | tf.Tensor[];
}

const normal = (...shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", 1);

function product(m: number, k: number, n: number, batch = 1, transB = false): Timed {
  const lead = batch > 1 ? [batch] : [];
  return {
    name: `matMul ${batch > 1 ? `${batch} x ` : ""}[${m}, ${k}] x [${k}, ${n}]${
      transB ? "^T" : ""
    }`,
    multiplications: batch * m * k * n,
    start: () => {
      const a = normal(...lead, m, k), b = normal(...lead, ...(transB ? [n, k] : [k, n]));
      return () => tf.matMul(a, b, false, transB);
    },
  };
}

/** The three products of a 3 x 3 convolution with bias and rectifier of U-Net. */
function convolutions(side: number, ci: number, co: number): Timed[] {
  const out = side - 2, multiplications = out * out * 9 * ci * co;
  const start = () => {
    const x = normal(1, side, side, ci) as tf.Tensor4D, f = normal(3, 3, ci, co) as tf.Tensor4D;
    return { x, f, dy: normal(1, out, out, co) as tf.Tensor4D, bias: normal(co) as tf.Tensor1D };
  };
  const of = `convolution ${ci} -> ${co} of ${side}^2`;
  return [
    {
      name: `${of}, forward`,
      multiplications,
      start: () => {
        const { x, f, bias } = start();
        return () => convolution(x, f, bias, { activation: "relu" });
      },
    },
    {
      name: `${of}, dX`,
      multiplications,
      start: () => {
        const { x, f, dy } = start();
        const shape = x.shape;
        return () =>
          tf.engine().runKernel("Conv2DBackpropInput", { dy, filter: f }, {
            strides: 1,
            pad: "valid",
            dataFormat: "NHWC",
            inputShape: shape,
          } as never) as tf.Tensor;
      },
    },
    {
      name: `${of}, dW`,
      multiplications,
      start: () => {
        const { x, f, dy } = start();
        return () =>
          tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, {
            strides: 1,
            pad: "valid",
            dataFormat: "NHWC",
            filterShape: f.shape,
          } as never) as tf.Tensor;
      },
    },
  ];
}

const kernels: readonly Timed[] = [
  product(256, 256, 256),
  product(1024, 1024, 1024),
  product(2048, 2048, 2048),
  product(128, 64, 128, 48, true),
  ...convolutions(186, 64, 64),
  ...convolutions(90, 128, 128),
  ...convolutions(42, 256, 256),
  ...convolutions(18, 512, 512),
  ...convolutions(186, 16, 16),
  {
    name: "up-convolution 512 -> 256 of 16^2",
    multiplications: 16 * 16 * 4 * 512 * 256,
    start: () => {
      const x = normal(1, 16, 16, 512) as tf.Tensor4D, f = normal(2, 2, 256, 512) as tf.Tensor4D;
      const bias = normal(256) as tf.Tensor1D;
      return () => upConvolution(x, f, bias);
    },
  },
  {
    name: "linear with GELU [1024, 384] -> 1536",
    multiplications: 1024 * 384 * 1536,
    start: () => {
      const x = normal(1024, 384), w = normal(1536, 384) as tf.Tensor2D;
      const bias = normal(1536) as tf.Tensor1D;
      return () => linear(x, w, bias, "gelu");
    },
  },
];

/** Times every kernel on the backend that the environment chooses; GFLOP/s count a multiplication and an addition as two. */
export async function benchKernels(
  say: (line: string) => void,
  rounds: number,
): Promise<KernelSpeed[]> {
  const { name, threads, blas } = await useBackend();
  await wasmThreadsReady();
  say(`backend ${name}, threads ${threads ?? "-"}, BLAS ${blas ?? "none"}`);
  const speeds: KernelSpeed[] = [];
  for (const { name, multiplications, start } of kernels) {
    const run = start();
    const times: number[] = [];
    for (let i = -2; i < rounds; i++) {
      const begin = performance.now();
      const y = run();
      await (Array.isArray(y) ? y[0] : y).data();
      if (i >= 0) times.push(performance.now() - begin);
      tf.dispose(y);
    }
    tf.disposeVariables();
    const ours_ms = times.sort((a, b) => a - b)[times.length >> 1];
    const gflops = 2 * multiplications / ours_ms / 1e6;
    speeds.push({ name, ours_ms, gflops });
    say(`${name}: ${ours_ms.toFixed(2)} ms, ${gflops.toFixed(1)} GFLOP/s`);
  }
  return speeds;
}
