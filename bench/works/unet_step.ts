import {
  convolution,
  cropAndConcatenate,
  crossEntropy,
  sgdMomentumStep,
  tf,
  upConvolution,
} from "../../lib/backend/mod.ts";
import type { Running, Work } from "./work.ts";

/** One training step of a U-Net of depth 4 on one tile: weighted cross-entropy, SGD with momentum. */
export function unetStep(base: number, tile: number, must: number, steps: number): Work {
  return {
    name: `unet-step ${base} ${tile}`,
    title: `U-Net base ${base}, tile ${tile}, training step`,
    must,
    steps,
    start: () => start(base, tile),
  };
}

type Image = tf.Tensor4D;

/** The operations of the paper's network, written out: what is timed is the backend. */
function start(base: number, tile: number): Running {
  const variables: tf.Variable[] = [];
  const variable = (shape: number[], fanIn: number) => {
    const v = tf.variable(
      tf.randomNormal(shape, 0, fanIn ? Math.sqrt(2 / fanIn) : 0, "float32", 1),
    );
    variables.push(v);
    return v;
  };
  const layers = new Map<string, [tf.Variable, tf.Variable]>();
  const conv = (name: string, ci: number, co: number, k = 3) =>
    layers.set(name, [variable([k, k, ci, co], k * k * ci), variable([co], 0)]);
  for (let d = 0; d < 5; d++) {
    conv(`down${d}a`, d ? base << (d - 1) : 1, base << d);
    conv(`down${d}b`, base << d, base << d);
  }
  for (let d = 3; d >= 0; d--) {
    const co = base << d;
    layers.set(`up${d}`, [variable([2, 2, co, 2 * co], 2 * co), variable([co], 0)]);
    conv(`up${d}a`, 2 * co, co);
    conv(`up${d}b`, co, co);
  }
  conv("head", base, 2, 1);

  const layer = (name: string) => layers.get(name) as unknown as [Image, tf.Tensor1D];
  const convolve = (x: Image, name: string, activation: "relu" | "none" = "relu") =>
    convolution(x, ...layer(name), { activation });
  const forward = (input: Image) => {
    let x = input;
    const skips: Image[] = [];
    for (let d = 0; d < 5; d++) {
      x = convolve(convolve(x, `down${d}a`), `down${d}b`);
      if (d === 4) break;
      skips.push(x);
      x = tf.maxPool(x, 2, 2, "valid");
    }
    for (let d = 3; d >= 0; d--) {
      x = cropAndConcatenate(skips[d], upConvolution(x, ...layer(`up${d}`)));
      x = convolve(convolve(x, `up${d}a`), `up${d}b`);
    }
    return convolve(x, "head", "none");
  };

  const x = tf.randomNormal([1, tile, tile, 1], 0, 1, "float32", 2) as Image;
  const [, h, w] = tf.tidy(() => forward(x).shape);
  const labels = tf.tidy(() =>
    tf.cast(tf.randomUniform([h * w], 0, 2, "float32", 3).floor(), "int32") as tf.Tensor1D
  );
  const weights = tf.randomUniform([h * w], 0.5, 1.5, "float32", 4);
  const velocities = variables.map((v) => tf.variable(tf.zerosLike(v)));
  return {
    async step() {
      const loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const logits = tf.reshape(forward(x), [h * w, 2]) as tf.Tensor2D;
          return tf.mean(tf.mul(weights, crossEntropy(logits, labels))) as tf.Scalar;
        });
        variables.forEach((v, i) => sgdMomentumStep(v, grads[v.name], velocities[i], 1e-3, 0.99));
        return value;
      });
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
  };
}
