import { tf } from "../../backend/mod.ts";
import type { SafeTensor } from "../../io/mod.ts";
import { type FCN, VGG16_BLOCKS } from "./fcn.ts";
import { fullyConnectedAsConvolution } from "./fully_connected_as_convolution.ts";

/** What {@linkcode loadVGG16} did. */
export interface LoadedVGG16 {
  /** Parameters of the net that now hold the file's values. */
  readonly loaded: string[];
  /** Parameters that keep their initial values: the score layers. */
  readonly kept: string[];
  /** Tensors of the file without a place in the net: the classifier's last layer. */
  readonly unused: string[];
}

/**
 * Puts the weights of a VGG-16 trained on ImageNet into an FCN: the 13 convolutions as they are, the
 * first two fully connected layers as convolutions ({@linkcode fullyConnectedAsConvolution}), the last
 * one left out ("we decapitate each net by discarding the final classifier layer", Sect. 4.1).
 *
 * Two namings are understood, both without batch normalisation: torchvision's (`features.0.weight` ...
 * `features.28.bias`, `classifier.0.weight`, `classifier.3.weight`) and timm's (`pre_logits.fc1.weight`,
 * `pre_logits.fc2.weight`, already convolutions). The pictures must then be prepared as in that
 * training: RGB in [0, 1], minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225).
 *
 * A net with one input channel gets the sum of conv1_1 over R, G and B, which is the same as showing it
 * the gray picture three times (our choice; exact before the padding).
 *
 * @param net an FCN; its widths must be the file's
 * @param tensors by name, as `readSafetensors` gives them
 * @throws {Error} if a tensor is missing or has another size; the sentence names it
 *
 * @example
 * ```ts
 * import { createRandom } from "../../random/mod.ts";
 * import { FCN, loadVGG16 } from "./mod.ts";
 *
 * // A file has these for real: `(await readSafetensors("vgg16.safetensors")).tensors`, at full width.
 * const ones = (...shape: number[]) => {
 *   const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(1);
 *   return { dtype: "F32" as const, shape, data };
 * };
 * const tensors = new Map(), convolutions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
 * for (const i of convolutions) tensors.set(`features.${i}.weight`, ones(1, 1, 3, 3));
 * tensors.set("classifier.0.weight", ones(1, 49)).set("classifier.3.weight", ones(1, 1));
 * for (const name of [...tensors.keys()]) tensors.set(name.replace("weight", "bias"), ones(1));
 *
 * const net = new FCN(
 *   { variant: "32s", channels: [1, 1, 1, 1, 1], units: 1, inputChannels: 1 },
 *   { random: createRandom(1) },
 * );
 * console.log(loadVGG16(net, tensors).kept); // ["score_fr.weight", "score_fr.bias"]
 * ```
 */
export function loadVGG16(net: FCN, tensors: ReadonlyMap<string, SafeTensor>): LoadedVGG16 {
  const values = new Map<string, Float32Array>(), used = new Set<string>();
  for (const [layer, candidates] of sources()) {
    const source = candidates.find((name) => tensors.has(`${name}.weight`));
    if (source === undefined) {
      throw new Error(
        `${layer}: the file has no ${
          candidates.map((name) => `${name}.weight`).join(" and no ")
        }; ` +
          "a VGG-16 without batch normalisation in torchvision's or timm's names is needed",
      );
    }
    for (const part of ["weight", "bias"] as const) {
      const given = tensors.get(`${source}.${part}`);
      if (given === undefined) throw new Error(`${layer}: the file has no ${source}.${part}`);
      const shape = net.parameters.get(`${layer}.${part}`)!.shape;
      values.set(`${layer}.${part}`, inOurLayout(given, shape, `${source}.${part}`));
      used.add(`${source}.${part}`);
    }
  }
  for (const [name, value] of values) { // only now, so that a bad file leaves the net as it was
    const variable = net.parameters.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(value, variable.shape)));
  }
  return {
    loaded: [...values.keys()],
    kept: [...net.parameters.keys()].filter((name) => !values.has(name)),
    unused: [...tensors.keys()].filter((name) => !used.has(name)),
  };
}

/** Our layer and the names under which a file may have it, in order. */
function* sources(): Generator<[string, string[]]> {
  let feature = 0; // index in the file's list of convolutions, ReLUs and poolings
  for (const [block, convolutions] of VGG16_BLOCKS.entries()) {
    for (let i = 1; i <= convolutions; i++) {
      yield [`conv${block + 1}_${i}`, [`features.${feature}`]];
      feature += 2; // a convolution and its ReLU
    }
    feature += 1; // the pooling
  }
  yield ["fc6", ["classifier.0", "pre_logits.fc1"]];
  yield ["fc7", ["classifier.3", "pre_logits.fc2"]];
}

/** A [out, in, kh, kw] filter, a [units, in kh kw] matrix or a [out] bias as our [kh, kw, in, out] or [out]. */
function inOurLayout(given: SafeTensor, shape: readonly number[], name: string): Float32Array {
  let data = given.data as Float32Array;
  if (shape.length === 4) {
    const [side, , channels, units] = shape;
    const inFile = given.shape[1];
    if (channels === 1 && given.shape.length === 4 && inFile === 3) {
      const area = side * side, gray = new Float32Array(units * area);
      for (let i = 0; i < data.length; i++) {
        gray[Math.floor(i / (3 * area)) * area + i % area] += data[i];
      }
      data = gray;
    } else if (inFile !== channels && inFile !== channels * side * side) mismatch();
    if (given.shape[0] !== units || data.length !== units * channels * side * side) mismatch();
    return fullyConnectedAsConvolution(data, { units, channels, side });
  }
  if (data.length !== shape[0]) mismatch();
  return data;

  function mismatch(): never {
    throw new Error(
      `${name} has shape [${given.shape}] but this FCN needs [${shape}] (rows, columns, in, out): ` +
        "build it with the channels, units and inputChannels of the file",
    );
  }
}
