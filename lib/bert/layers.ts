import type { tf } from "../backend/mod.ts";
import { dropout } from "../nn/dropout.ts";
import { gelu, geluTanh } from "../nn/gelu.ts";
import { layerNorm } from "../nn/layer_norm.ts";
import { linear } from "../nn/linear.ts";
import { tf as backend } from "../backend/mod.ts";
import type { Random } from "../random/mod.ts";
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

/** The dropout of one forward pass: does nothing outside training. */
export interface Dropout {
  <T extends tf.Tensor>(x: T, rate: number): T;
}

/** Dropout that draws a new seed from `random` each time it is used in training. */
export function createDropout(training: boolean, random: Random): Dropout {
  if (!training) return (x) => x;
  return (x, rate) => rate === 0 ? x : dropout(x, rate, random.int(2 ** 31));
}

/** The activation that a configuration asks for. */
export function activation(name: BertConfig["hiddenAct"]): <T extends tf.Tensor>(x: T) => T {
  const f = name === "gelu" ? gelu : name === "relu" ? backend.relu : geluTanh;
  return <T extends tf.Tensor>(x: T) => f(x) as T;
}
