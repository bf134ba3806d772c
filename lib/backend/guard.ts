/**
 * WebGPU fails silently: a shader the driver rejects, a buffer larger than may be bound, a lost device, all
 * return zeros. The guard turns each into an exception that names the kernel and the shapes: at once where it can
 * be foreseen (oversize bindings), otherwise at the next kernel or read.
 *
 * @module
 */

import { tf } from "./tf.ts";

/** The parts of tfjs's `WebGPUBackend` that the guard stands in front of. */
export interface GuardedBackend extends tf.KernelBackend {
  device: GPUDevice;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: tf.TypedArray): tf.TensorInfo;
  runWebGPUProgram(
    program: { outputShape: number[]; shaderKey: string },
    inputs: tf.TensorInfo[],
    outputDtype: tf.DataType,
    programDefinedUniform?: unknown,
    output?: tf.TensorInfo,
  ): tf.TensorInfo;
}

/** What went wrong on the device, as an exception. */
export class WebGPUError extends Error {
  override name = "WebGPUError";
}

/**
 * Guards a backend and wraps every kernel registered for it, so that errors can name the kernel.
 *
 * @returns `check`, which throws what went wrong since the last call.
 */
export function guard(backend: GuardedBackend): { check(): void } {
  const { device } = backend;
  const limit = device.limits.maxStorageBufferBindingSize;
  let kernel = "nothing yet";
  let failure: string | undefined;
  let lost: string | undefined;

  device.addEventListener("uncapturederror", (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    failure ??= `WebGPU reported an error in or shortly before ${kernel}: ${
      firstLines(error.message)
    }`;
  });
  device.lost.then(({ message }) => {
    lost =
      `The GPU device was lost in or shortly before ${kernel}${message ? ` (${message})` : ""}. ` +
      "Its tensors are gone: restart, or run with TF_BACKEND=wasm.";
  });

  function check(): void {
    if (lost !== undefined) throw new WebGPUError(lost);
    if (failure !== undefined) {
      const message = failure;
      failure = undefined;
      throw new WebGPUError(`${message}. Results since then are not to be trusted.`);
    }
  }

  function checkSize(shape: readonly number[], dtype: tf.DataType, role: string): void {
    const bytes = tf.util.sizeFromShape([...shape]) * tf.util.bytesPerElement(dtype);
    if (bytes <= limit) return;
    throw new WebGPUError(
      `${kernel} needs ${role} [${shape}] of ${
        megabytes(bytes)
      } in one binding; this device binds at most ` +
        `${megabytes(limit)}. Take a smaller batch or tile, or run with TF_BACKEND=wasm.`,
    );
  }

  /** A call to a device that is gone fails in words of its own, which say nothing: those of `check` come first. */
  function told(error: unknown): never {
    check();
    throw error;
  }

  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (program, inputs, dtype, ...rest) => {
    for (const input of inputs) checkSize(input.shape, input.dtype, "an input");
    checkSize(program.outputShape, dtype, "an output");
    // An empty batch: nothing to compute, and a buffer of no bytes cannot be bound.
    if (!rest[1] && tf.util.sizeFromShape(program.outputShape) === 0) {
      return backend.makeTensorInfo(program.outputShape, dtype, new Float32Array(0));
    }
    try {
      return run(program, inputs, dtype, ...rest);
    } catch (error) {
      return told(error);
    }
  };

  const read = backend.read.bind(backend);
  backend.read = async (dataId: object) => {
    check();
    const values = await read(dataId).catch(told);
    check();
    return values;
  };

  for (const config of tf.getKernelsForBackend("webgpu")) {
    const body = config.kernelFunc;
    if (wrapped.has(body)) continue;
    const wrapper: typeof body = (params) => {
      const outer = kernel;
      const shapes = Object.entries(params.inputs).filter(([, t]) => t)
        .map(([name, t]) =>
          `${name} [${(Array.isArray(t) ? t : [t]).map((x) => x.shape).join("; ")}]`
        );
      kernel = `${config.kernelName}(${shapes.join(", ")})`;
      const result = body(params);
      if (outer.includes("(") && params.backend === backend) check();
      return result;
    };
    wrapped.add(wrapper);
    tf.unregisterKernel(config.kernelName, "webgpu");
    tf.registerKernel({ ...config, kernelFunc: wrapper });
  }
  return { check };
}

const wrapped = new WeakSet<object>();

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function firstLines(message: string): string {
  return message.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 3).join(" ");
}
