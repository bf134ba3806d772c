import { tf } from "../backend/mod.ts";
import { gelu, geluTanh, layerNorm, linear } from "../nn/mod.ts";
import type { BertConfig } from "./config.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/** A dense layer: `weight` [O, I], `bias` [O]. */
export class Dense {
  readonly weight: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;

  constructor(scope: ParameterScope, inputs: number, outputs: number) {
    this.weight = scope.create("weight", [outputs, inputs], "truncatedNormal");
    this.bias = scope.create("bias", [outputs], "zeros");
  }

  /** [..., I] -> [..., O] */
  forward<T extends tf.Tensor>(x: T): T {
    return linear(x, this.weight as tf.Tensor2D, this.bias as tf.Tensor1D) as T;
  }
}

/** Layer normalisation over the last dimension: `weight` (gamma) [H], `bias` (beta) [H]. */
export class LayerNorm {
  readonly weight: tf.Variable<tf.Rank.R1>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  readonly #epsilon: number;

  constructor(scope: ParameterScope, size: number, epsilon: number) {
    this.weight = scope.create("weight", [size], "ones");
    this.bias = scope.create("bias", [size], "zeros");
    this.#epsilon = epsilon;
  }

  /** [..., H] -> [..., H] */
  forward<T extends tf.Tensor>(x: T): T {
    return layerNorm(x, this.weight as tf.Tensor1D, this.bias as tf.Tensor1D, this.#epsilon) as T;
  }
}

/** The activation that a configuration asks for. */
export function activation(name: BertConfig["hiddenAct"]): <T extends tf.Tensor>(x: T) => T {
  const f = name === "gelu" ? gelu : name === "relu" ? tf.relu : geluTanh;
  return <T extends tf.Tensor>(x: T) => f(x) as T;
}
