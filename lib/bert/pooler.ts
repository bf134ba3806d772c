// B batch, T places of a sequence, H hidden size
import { tf } from "../backend/mod.ts";
import type { BertConfig } from "./config.ts";
import { Dense } from "./layers.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/** The whole text in one vector: tanh(W h + b) of the first place, [CLS] (C in Devlin 2019). */
export class BertPooler {
  readonly #dense: Dense;

  constructor(scope: ParameterScope, config: BertConfig) {
    this.#dense = new Dense(scope.at("dense"), config.hiddenSize, config.hiddenSize);
  }

  /** [B, T, H] -> [B, H] */
  forward(hidden: tf.Tensor3D): tf.Tensor2D {
    const [B, , H] = hidden.shape;
    const first = tf.slice(hidden, [0, 0, 0], [B, 1, H]).reshape<tf.Tensor2D>([B, H]); // [B, H]
    return tf.tanh(this.#dense.forward(first));
  }
}
