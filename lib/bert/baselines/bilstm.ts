// B batch, T places of a sequence, I input size, W width (both directions together)
import { tf } from "../../backend/mod.ts";
import { dropout, type ForwardOptions } from "../../nn/mod.ts";
import type { ParameterScope } from "../parameter_scope.ts";
import { Lstm } from "./lstm.ts";

/**
 * A bidirectional LSTM in layers (Graves and Schmidhuber 2005): in every layer one reads forward and one
 * backward, their outputs stand side by side and are what the next layer reads.
 */
export class BiLstm {
  readonly #layers: readonly (readonly [forward: Lstm, backward: Lstm])[];
  readonly #dropout: number;

  /**
   * @param sizes `width` is W: half of it belongs to each direction
   * @throws {RangeError} if the width is odd
   */
  constructor(
    scope: ParameterScope,
    sizes: {
      readonly inputs: number;
      readonly width: number;
      readonly layers: number;
      readonly dropout: number;
    },
  ) {
    const { inputs, width, layers } = sizes;
    if (width % 2 !== 0) {
      throw new RangeError(
        `a BiLSTM's width is shared by two directions: expected an even number, got ${width}`,
      );
    }
    const cells = width / 2;
    this.#dropout = sizes.dropout;
    this.#layers = Array.from({ length: layers }, (_, l) => {
      const own = { inputs: l === 0 ? inputs : width, cells };
      const at = scope.at(`layer.${l}`);
      return [new Lstm(at.at("forward"), own), new Lstm(at.at("backward"), own, true)] as const;
    });
  }

  /**
   * @param x [B, T, I]
   * @param mask [B, T] 1 for a piece, 0 for padding
   * @returns [B, T, W]
   */
  forward(x: tf.Tensor3D, mask: tf.Tensor2D, options: ForwardOptions = {}): tf.Tensor3D {
    let h = x;
    for (const [forward, backward] of this.#layers) {
      const read = dropout(h, this.#dropout, options);
      h = tf.concat([forward.forward(read, mask), backward.forward(read, mask)], 2); // [B, T, W]
    }
    return h;
  }
}
