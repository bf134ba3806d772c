/**
 * What a kernel of the wasm backend works with: tensors as addresses, working memory, and the threads.
 *
 * @module
 */

import { tf } from "../tf.ts";
import { simdNames } from "./heap.ts";
import type { TfjsWasmModule } from "./load.ts";
import type { Threads } from "./threads.ts";

/** The methods of tfjs's `BackendWasm` that kernels use. */
export interface WasmBackend extends tf.KernelBackend {
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  dataIdMap: { get(dataId: object): { memoryOffset: number; refCount: number } };
}

/** A kernel's inputs, by the names tfjs gives them. */
export type Inputs = Record<string, tf.TensorInfo>;
/** A kernel's attributes; each kernel knows the types of its own. */
export type Attributes = Record<string, unknown>;
/** What a kernel computes from; undefined: not a case of ours, tfjs's own kernel takes it. */
export type KernelBody = (
  context: WasmContext,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[] | undefined;

/** One kernel of this folder. */
export interface Kernel {
  /** tfjs's name for it. */
  name: string;
  compute: KernelBody;
}

/** The running wasm backend. */
export class WasmContext {
  readonly #simd: Map<string, number>;

  constructor(
    readonly backend: WasmBackend,
    readonly module: TfjsWasmModule,
    readonly threads: Threads,
    simd: WebAssembly.Module,
  ) {
    this.#simd = new Map(simdNames(simd).map((name, i) => [name, i]));
  }

  /** The address of a tensor's first element. */
  address({ dataId }: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(dataId).memoryOffset;
  }

  /** A new tensor; its elements are whatever lay there. */
  output(shape: number[], dtype: tf.DataType = "float32"): tf.TensorInfo {
    return this.backend.makeOutput(shape, dtype);
  }

  /** A tensor with the same elements and another shape; costs nothing. */
  reshape(x: tf.TensorInfo, shape: number[]): tf.TensorInfo {
    this.backend.incRef(x.dataId);
    return { dataId: x.dataId, shape, dtype: x.dtype };
  }

  /** Runs `f` with the address of `floats` floats of working memory. */
  withMemory<T>(floats: number, f: (address: number) => T): T {
    const address = this.module._malloc(4 * floats) >>> 0;
    try {
      return f(address);
    } finally {
      this.module._free(address);
    }
  }

  /** Runs a SIMD kernel `name(begin, end, ...numbers)` over 0..count-1, `grain` at a time, on all threads. */
  simd(name: string, count: number, grain: number, ...numbers: number[]): void {
    this.threads.simd(this.#simd.get(name)!, count, Math.max(1, Math.floor(grain)), ...numbers);
  }
}
