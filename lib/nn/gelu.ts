import { gelu as fusedGelu, tf } from "../backend/mod.ts";
import { withGradient } from "./with_gradient.ts";

/**
 * The Gaussian error linear unit x Phi(x) (Hendrycks and Gimpel 2016), exactly, with erf. BERT's first
 * release and Hugging Face's `"gelu"`. Derivative: Phi(x) + x phi(x).
 *
 * @param x any shape
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { gelu } from "./mod.ts";
 *
 * console.log(gelu(tf.scalar(1)).dataSync()[0].toFixed(6)); // 0.841345
 * ```
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return fusedGelu(x);
}

/**
 * The approximation 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))): google-research/bert since
 * 2019-02-07, GPT, and Hugging Face's `"gelu_new"` and `"gelu_pytorch_tanh"`. At most 4.73e-4 from
 * {@linkcode gelu}.
 *
 * @param x any shape
 *
 * @example
 * ```ts
 * import { tf } from "../backend/mod.ts";
 * import { geluTanh } from "./mod.ts";
 *
 * console.log(geluTanh(tf.scalar(1)).dataSync()[0].toFixed(6)); // 0.841192
 * ```
 */
export function geluTanh(x: tf.Tensor): tf.Tensor {
  const c = Math.sqrt(2 / Math.PI);
  return withGradient([x], (x) => {
    const t = tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), c));
    return {
      value: tf.mul(tf.mul(x, tf.add(t, 1)), 0.5),
      saved: [x, t],
      gradient(dy, [x, t]) {
        const inner = tf.mul(tf.add(tf.mul(tf.square(x), 3 * 0.044715), 1), c); // d/dx inside tanh
        const slope = tf.mul(tf.mul(tf.sub(1, tf.square(t)), inner), x);
        return [tf.mul(dy, tf.mul(tf.add(tf.add(t, 1), slope), 0.5))];
      },
    };
  });
}
