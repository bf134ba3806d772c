/**
 * What a kernel for the webgpu backend is, and how its shader is run.
 *
 * @module
 */

import type { GuardedBackend } from "../guard.ts";
import { tf } from "../tf.ts";

/** A kernel for the webgpu backend: inputs and attributes by tfjs's names. */
export type WebgpuKernel = (
  inputs: Record<string, tf.TensorInfo>,
  gpu: GuardedBackend,
  attributes: Record<string, unknown>,
) => tf.TensorInfo | tf.TensorInfo[];

/** A shader, what it reads and what it writes. */
export interface Shader {
  /** Names the pipeline: two shaders with the same name must have the same code. */
  readonly name: string;
  /** Arrays of the shader by name; an element is an f32 or an i32. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  /** Shape of the array `result`, f32. */
  readonly output: readonly number[];
  /** i32 fields of the struct `uniforms`. */
  readonly integers?: Readonly<Record<string, number>>;
  /** f32 fields of the struct `uniforms`. */
  readonly floats?: Readonly<Record<string, number>>;
  /** Workgroups along x, y, z. */
  readonly workgroups: readonly [number, number, number];
  /** Invocations of a workgroup. */
  readonly workgroupSize: number;
  /** WGSL with `fn main(index : i32)`; `localIndex` and `workgroupId` (u32) are variables of tfjs's frame. */
  readonly code: string;
}

/** Runs a shader: `result` as a new tensor. */
export function run(gpu: GuardedBackend, shader: Shader): tf.TensorInfo {
  const { name, inputs, integers = {}, floats = {}, workgroups, workgroupSize, code } = shader;
  const size = tf.util.sizeFromShape([...shader.output]);
  const program = {
    variableNames: Object.keys(inputs),
    variableComponents: Object.keys(inputs).map(() => 1),
    outputComponent: 1,
    outputShape: [size],
    workgroupSize: [workgroupSize, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [...workgroups],
    uniforms: Object.keys(integers).map((field) => `${field} : i32,`).join(" ") +
      Object.keys(floats).map((field) => `${field} : f32,`).join(" "),
    shaderKey: `ours ${name}`,
    getUserCode: () => code,
  };
  const uniforms = [
    ...Object.values(integers).map((value) => ({ type: "int32", data: [value] })),
    ...Object.values(floats).map((value) => ({ type: "float32", data: [value] })),
  ];
  // All arrays flat: tfjs then adds no code for coordinates, and one pipeline serves every shape.
  const flat = Object.values(inputs).map((x) => ({
    ...x,
    shape: [tf.util.sizeFromShape(x.shape)],
  }));
  const { dataId, dtype } = gpu.runWebGPUProgram(program, flat, "float32", uniforms);
  return { dataId, dtype, shape: [...shader.output] };
}

/** What {@linkcode runEach} is given. */
export type ElementShader = Omit<Shader, "workgroups" | "workgroupSize">;

/**
 * Runs a shader once for each element of its output.
 *
 * @param shader `code` declares `fn element(i : i32) -> f32`, and whatever that calls
 */
export function runEach(gpu: GuardedBackend, shader: ElementShader): tf.TensorInfo {
  const elements = tf.util.sizeFromShape([...shader.output]);
  return run(gpu, {
    ...shader,
    integers: { elements, ...shader.integers },
    workgroups: [Math.ceil(elements / EACH), 1, 1],
    workgroupSize: EACH,
    code: `${shader.code}
      fn main(index : i32) {
        if (index < uniforms.elements) { result[index] = element(index); }
      }`,
  });
}

const EACH = 128;

/**
 * Runs a shader with a workgroup for each row, which may ask for sums and maxima over the row.
 *
 * @param shader `code` declares `fn row(r : i32, lane : i32, live : bool)`: 64 lanes share the row and step
 *   through it by `LANES`; `rowSum(lane, x)` and `rowMax(lane, x)` combine a number of each lane, and
 *   must be called by all of them, outside of any branch; where `live` is false nothing may be written
 * @param rows how many
 */
export function runRows(gpu: GuardedBackend, shader: ElementShader, rows: number): tf.TensorInfo {
  return run(gpu, {
    ...shader,
    integers: { rows, ...shader.integers },
    // Two dimensions: a device takes 65,535 along one.
    workgroups: [Math.min(rows, 32_768), Math.ceil(rows / 32_768), 1],
    workgroupSize: LANES,
    code: `
      const LANES = ${LANES};
      var<workgroup> shared_numbers : array<f32, ${LANES}>;

      fn rowSum(lane : i32, x : f32) -> f32 {
        workgroupBarrier();
        shared_numbers[lane] = x;
        for (var half = ${LANES / 2}; half > 0; half /= 2) {
          workgroupBarrier();
          if (lane < half) { shared_numbers[lane] += shared_numbers[lane + half]; }
        }
        workgroupBarrier();
        return shared_numbers[0];
      }

      fn rowMax(lane : i32, x : f32) -> f32 {
        workgroupBarrier();
        shared_numbers[lane] = x;
        for (var half = ${LANES / 2}; half > 0; half /= 2) {
          workgroupBarrier();
          if (lane < half) {
            shared_numbers[lane] = max(shared_numbers[lane], shared_numbers[lane + half]);
          }
        }
        workgroupBarrier();
        return shared_numbers[0];
      }

      ${shader.code}

      fn main(index : i32) {
        let r = i32(workgroupId.y) * i32(numWorkgroups.x) + i32(workgroupId.x);
        row(min(r, uniforms.rows - 1), i32(localIndex), r < uniforms.rows);
      }`,
  });
}

const LANES = 64;

/** Frees what only a kernel has seen. */
export function free(gpu: GuardedBackend, ...tensors: tf.TensorInfo[]): void {
  for (const { dataId } of tensors) gpu.disposeData(dataId);
}
