// B batch, T places of a sequence, H hidden size, I intermediate size, A heads
import type { tf } from "../backend/mod.ts";
import { type Attending, ResidualOutput, SelfAttention } from "./attention.ts";
import type { BertConfig } from "./config.ts";
import { Dense } from "./layers.ts";
import type { ParameterScope } from "./parameter_scope.ts";

/**
 * One layer of the encoder (Vaswani 2017, Fig. 1, left): self-attention, then a feed-forward net on
 * every place, each with a residual connection and the normalisation after it ("post-norm").
 */
export class BertLayer {
  readonly #attention: SelfAttention;
  readonly #attentionOutput: ResidualOutput;
  readonly #intermediate: Dense;
  readonly #activation: BertConfig["hiddenAct"];
  readonly #output: ResidualOutput;

  constructor(scope: ParameterScope, config: BertConfig) {
    const { hiddenSize: H, intermediateSize: I } = config;
    this.#attention = new SelfAttention(scope.at("attention").at("self"), config);
    this.#attentionOutput = new ResidualOutput(scope.at("attention").at("output"), H, config);
    this.#intermediate = new Dense(scope.at("intermediate").at("dense"), H, I);
    this.#activation = config.hiddenAct;
    this.#output = new ResidualOutput(scope.at("output"), I, config);
  }

  /** x [B, T, H] -> hidden [B, T, H], probabilities [B, A, T, T] if they are asked for */
  forward(x: tf.Tensor3D, how: Attending) {
    const { context, probabilities } = this.#attention.forward(x, how); // [B, T, H]
    const attended = this.#attentionOutput.forward(context, x, how.options); // [B, T, H]
    const inner = this.#intermediate.forward(attended, this.#activation); // [B, T, I]
    return { hidden: this.#output.forward(inner, attended, how.options), probabilities }; // [B, T, H]
  }
}

/** L layers, one after the other. */
export class BertEncoder {
  readonly #layers: readonly BertLayer[];

  constructor(scope: ParameterScope, config: BertConfig) {
    this.#layers = Array.from(
      { length: config.layers },
      (_, i) => new BertLayer(scope.at("layer").at(`${i}`), config),
    );
  }

  /**
   * @param x [B, T, H]
   * @returns the input and the output of every layer, L + 1 times [B, T, H], and the attention of every
   *   layer, L times [B, A, T, T], if it is asked for
   */
  forward(x: tf.Tensor3D, how: Attending) {
    const hiddenStates = [x];
    const attentions: tf.Tensor4D[] = [];
    for (const layer of this.#layers) {
      const { hidden, probabilities } = layer.forward(hiddenStates.at(-1)!, how);
      hiddenStates.push(hidden);
      if (probabilities) attentions.push(probabilities);
    }
    return { hiddenStates, attentions };
  }
}
