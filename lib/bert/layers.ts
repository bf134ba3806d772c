import type { tf } from "../backend/mod.ts";
import { geluTanh, layerNorm, linear } from "../nn/mod.ts";
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

  /** [..., I] -> [..., O], and what the configuration's activation makes of it. Default: as it is. */
  forward<T extends tf.Tensor>(x: T, activation?: BertConfig["hiddenAct"]): T {
    const [weight, bias] = [this.weight as tf.Tensor2D, this.bias as tf.Tensor1D];
    if (activation === "gelu" || activation === "relu") {
      return linear(x, weight, bias, activation) as T; // one kernel
    }
    const z = linear(x, weight, bias) as T;
    return activation === undefined ? z : geluTanh(z) as T;
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
