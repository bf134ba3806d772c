import { tf } from "../../tf.ts";
import type { Kernel } from "../context.ts";
import { product } from "./product.ts";

const size = tf.util.sizeFromShape;
/** Floats of a block that stays in the L1 cache, or nearly. */
const SMALL = 16_000;

/** y = act(x W^T + b), z = what went into a GELU; see ops/linear.ts. */
export const linear: Kernel = {
  name: "Linear",
  compute(context, { x, weight, bias }, { activation }) {
    const [n, k] = weight.shape, m = size(x.shape) / k;
    const shape = [...x.shape.slice(0, -1), n];
    const y = context.output(shape);
    const gelu = activation === "gelu";
    const z = gelu ? context.output(shape) : undefined;
    const [xAt, weightAt, biasAt, yAt] = [x, weight, bias, y].map((t) => context.address(t));
    const same = { transB: true, m, n, k, a: xAt, b: weightAt };
    if (!z) {
      product(context, { ...same, c: yAt, bias: biasAt, relu: activation === "relu" });
      return [y];
    }
    const zAt = context.address(z);
    product(context, { ...same, c: zAt });
    context.simd("biasGelu", m, SMALL / n, zAt, n, biasAt, zAt, yAt);
    return [y, z];
  },
};

/** dx, dW, db. `z` is what went into a GELU, or y for a rectifier. */
export const linearGradient: Kernel = {
  name: "LinearGradient",
  compute(context, { dy, x, weight, z }, { activation }) {
    const [n, k] = weight.shape, m = size(x.shape) / k;
    const [dx, dw, db] = [x.shape, weight.shape, [n]].map((shape) => context.output(shape));
    const [dyAt, xAt, weightAt, dxAt, dwAt, dbAt] = [dy, x, weight, dx, dw, db].map((t) =>
      context.address(t)
    );
    const grain = Math.max(1, Math.min(m, Math.max(Math.ceil(m / 16), Math.floor(SMALL / n))));
    const chunks = Math.ceil(m / grain);
    const masked = activation !== "none";
    context.withMemory((masked ? m * n : 0) + chunks * n, (memory) => {
      const sums = memory, dz = masked ? memory + 4 * chunks * n : dyAt;
      if (activation === "gelu") {
        context.simd("geluGrad", m, grain, dyAt, context.address(z), n, dz, sums, grain);
      } else if (masked) {
        context.simd("spread", m, grain, dyAt, context.address(z), m, 1, m, 1, n, dz, sums, grain);
      } else context.simd("columnSums", m, grain, dyAt, n, sums, grain);
      context.simd("sumPartials", n, SMALL, sums, n, chunks, dbAt);
      product(context, { m, n: k, k: n, a: dz, b: weightAt, c: dxAt });
      product(context, { transA: true, m: n, n: k, k: m, a: dz, b: xAt, c: dwAt });
    });
    return [dx, dw, db];
  },
};

/** y and the statistics [rows, 2] that the gradient needs. */
export const layerNorm: Kernel = {
  name: "LayerNorm",
  compute(context, { x, gamma, beta }, { epsilon }) {
    const n = gamma.shape[0], rows = size(x.shape) / n;
    const y = context.output(x.shape), stats = context.output([rows, 2]);
    const [xAt, gammaAt, betaAt, yAt, statsAt] = [x, gamma, beta, y, stats].map((t) =>
      context.address(t)
    );
    context.simd(
      "layerNorm",
      rows,
      SMALL / n,
      xAt,
      n,
      gammaAt,
      betaAt,
      epsilon as number,
      yAt,
      statsAt,
    );
    return [y, stats];
  },
};

/** dx, dgamma, dbeta. */
export const layerNormGradient: Kernel = {
  name: "LayerNormGradient",
  compute(context, { dy, x, stats, gamma }) {
    const n = gamma.shape[0], rows = size(x.shape) / n;
    const [dx, dgamma, dbeta] = [x.shape, [n], [n]].map((shape) => context.output(shape));
    const [dyAt, xAt, statsAt, gammaAt, dxAt] = [dy, x, stats, gamma, dx].map((t) =>
      context.address(t)
    );
    const grain = Math.max(1, Math.ceil(rows / 16)), chunks = Math.ceil(rows / grain);
    context.withMemory(chunks * 2 * n, (sums) => {
      context.simd("layerNormGrad", rows, grain, dyAt, xAt, statsAt, n, gammaAt, dxAt, sums, grain);
      context.simd("sumPartials", n, SMALL, sums, 2 * n, chunks, context.address(dgamma));
      context.simd("sumPartials", n, SMALL, sums + 4 * n, 2 * n, chunks, context.address(dbeta));
    });
    return [dx, dgamma, dbeta];
  },
};

/** o and the probabilities; see loops/attention.ts. */
export const attention: Kernel = {
  name: "Attention",
  compute(context, { q, k, v, mask }, attributes) {
    const { heads, causal, seed, threshold, scale } = attributes as Record<string, number>;
    const [b, t, h] = q.shape;
    if (8 * t * t > context.threads.heap.scratchBytes) {
      throw new Error(
        `attention over ${t} positions does not fit a thread's working memory; take shorter sequences.`,
      );
    }
    const o = context.output(q.shape), p = context.output([b, heads, t, t]);
    const [qAt, kAt, vAt, oAt, pAt] = [q, k, v, o, p].map((x) => context.address(x));
    const maskAt = mask ? context.address(mask) : 0;
    context.threads.run(
      "attention",
      b * heads,
      ...[qAt, kAt, vAt, maskAt, t, h, h / heads, pAt, oAt, +causal, seed, threshold, scale],
    );
    return [o, p];
  },
};

/** dq, dk, dv. */
export const attentionGradient: Kernel = {
  name: "AttentionGradient",
  compute(context, { dy, q, k, v, p }, attributes) {
    const { heads, seed, threshold, scale } = attributes as Record<string, number>;
    const [b, t, h] = q.shape;
    const outputs = [q, k, v].map((x) => context.output(x.shape));
    const [dyAt, qAt, kAt, vAt, pAt] = [dy, q, k, v, p].map((x) => context.address(x));
    const [dq, dk, dv] = outputs.map((x) => context.address(x));
    context.threads.run(
      "attentionGradient",
      b * heads,
      ...[qAt, kAt, vAt, t, h, h / heads, pAt, dyAt, dq, dk, dv, seed, threshold, scale],
    );
    return outputs;
  },
};

/** loss per row, and log(sum(exp)) per row. */
export const crossEntropy: Kernel = {
  name: "CrossEntropy",
  compute(context, { logits, labels }) {
    const [rows, n] = logits.shape;
    const loss = context.output([rows]), lse = context.output([rows]);
    const [x, l, lossAt, lseAt] = [logits, labels, loss, lse].map((t) => context.address(t));
    context.simd("crossEntropy", rows, SMALL / n, x, l, n, lossAt, lseAt);
    return [loss, lse];
  },
};

/** dlogits. */
export const crossEntropyGradient: Kernel = {
  name: "CrossEntropyGradient",
  compute(context, { dy, logits, labels, lse }) {
    const [rows, n] = logits.shape;
    const dx = context.output([rows, n]);
    const [dyAt, x, l, lseAt, dxAt] = [dy, logits, labels, lse, dx].map((t) => context.address(t));
    context.simd("crossEntropyGrad", rows, SMALL / n, x, l, lseAt, n, dyAt, dxAt);
    return dx;
  },
};

/** y = x times a mask made from the seed; its own transpose. */
export const counterDropout: Kernel = {
  name: "CounterDropout",
  compute(context, { x }, { seed, threshold, scale }) {
    const y = context.output(x.shape);
    const numbers = [seed, 0, threshold, scale] as number[];
    context.simd(
      "dropout",
      size(x.shape),
      SMALL,
      context.address(x),
      ...numbers,
      context.address(y),
    );
    return y;
  },
};

/** y = x Phi(x). */
export const gelu: Kernel = {
  name: "Gelu",
  compute(context, { x }) {
    const y = context.output(x.shape);
    const n = x.shape.at(-1) ?? 1, [xAt, yAt] = [x, y].map((t) => context.address(t));
    context.simd("biasGelu", size(x.shape) / n, SMALL / n, xAt, n, 0, 0, yAt);
    return y;
  },
};

/** dx = dy (Phi(x) + x phi(x)). */
export const geluGradient: Kernel = {
  name: "GeluGradient",
  compute(context, { dy, x }) {
    const dx = context.output(x.shape);
    const n = x.shape.at(-1) ?? 1, [dyAt, xAt, dxAt] = [dy, x, dx].map((t) => context.address(t));
    context.simd("geluGrad", size(x.shape) / n, SMALL / n, dyAt, xAt, n, dxAt, 0, 1);
    return dx;
  },
};

/** Softmax over the last axis; tfjs's kernel is right, on one thread. */
export const softmax: Kernel = {
  name: "Softmax",
  compute(context, { logits }, { dim }) {
    const n = logits.shape.at(-1)!;
    if (logits.dtype !== "float32" || dim !== -1 && dim !== logits.shape.length - 1 || n === 0) {
      return undefined;
    }
    const y = context.output(logits.shape);
    context.simd(
      "softmax",
      size(logits.shape) / n,
      SMALL / n,
      context.address(logits),
      n,
      context.address(y),
    );
    return y;
  },
};
