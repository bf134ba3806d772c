import {
  adamStep,
  attention,
  crossEntropy,
  dropout,
  layerNorm,
  linear,
  tf,
} from "../../lib/backend/mod.ts";
import type { Running, Work } from "./work.ts";

/** The sizes of a BERT. */
interface Sizes {
  layers: number;
  hidden: number;
  heads: number;
  vocabulary: number;
  tokens: number;
  batch: number;
}

const MASKED_SHARE = 160 / 1024;

/** One pre-training step (masked words and next sentence) with Adam. */
export function bertStep(sizes: Sizes, must: number, steps: number): Work {
  const { layers, hidden, heads, vocabulary, tokens, batch } = sizes;
  return {
    name: `bert-step ${layers} ${hidden} ${heads} ${vocabulary} ${tokens} ${batch}`,
    title: `BERT L${layers} H${hidden} V${vocabulary}, ${tokens} x ${batch}, pre-training step`,
    must,
    steps,
    start: () => start(sizes),
  };
}

/** One forward pass of the encoder. */
export function bertInference(sizes: Sizes, must: number, steps: number): Work {
  const { layers, hidden, heads, vocabulary, tokens, batch } = sizes;
  return {
    name: `bert-inference ${layers} ${hidden} ${heads} ${vocabulary} ${tokens} ${batch}`,
    title: `BERT L${layers} H${hidden}, ${tokens} x ${batch}, inference`,
    must,
    steps,
    start: () => startInference(sizes),
  };
}

function build({ layers, hidden, heads, vocabulary, tokens, batch }: Sizes) {
  const variables: tf.Variable[] = [];
  const variable = (shape: number[], deviation = 0.02) => {
    const v = tf.variable(tf.randomNormal(shape, 0, deviation, "float32", variables.length + 1));
    variables.push(v);
    return v;
  };
  const dense = (out: number, depth: number) =>
    [variable([out, depth]), variable([out], 0)] as unknown as [tf.Tensor2D, tf.Tensor1D];
  const norm = () => {
    const gamma = tf.variable(tf.ones([hidden]));
    variables.push(gamma);
    return [gamma, variable([hidden], 0)] as unknown as [tf.Tensor1D, tf.Tensor1D];
  };
  const words = variable([vocabulary, hidden]) as unknown as tf.Tensor2D;
  const positions = variable([tokens, hidden]), types = variable([2, hidden]);
  const embeddingNorm = norm();
  const blocks = Array.from({ length: layers }, () => ({
    q: dense(hidden, hidden),
    k: dense(hidden, hidden),
    v: dense(hidden, hidden),
    o: dense(hidden, hidden),
    attentionNorm: norm(),
    up: dense(4 * hidden, hidden),
    down: dense(hidden, 4 * hidden),
    outputNorm: norm(),
  }));
  const random = tf.randomUniform([batch, tokens], 0, vocabulary, "float32", 5);
  const ids = tf.cast(tf.floor(random), "int32") as tf.Tensor2D;
  const mask = tf.ones([batch, tokens]) as tf.Tensor2D;
  let seed = 0;
  const drop = (x: tf.Tensor, rate: number) => rate ? dropout(x, rate, seed++) : x;
  const encoder = (rate: number) => {
    let x: tf.Tensor = tf.add(
      tf.add(tf.gather(words, ids), positions),
      tf.slice(types, [0, 0], [1, hidden]),
    );
    x = drop(layerNorm(x, ...embeddingNorm, 1e-12), rate); // [B, T, H]
    for (const block of blocks) {
      const [q, k, v] = [block.q, block.k, block.v].map((d) => linear(x, ...d) as tf.Tensor3D);
      const context = attention(q, k, v, { heads, mask, dropout: rate, seed: seed++ });
      x = layerNorm(
        tf.add(x, drop(linear(context, ...block.o), rate)),
        ...block.attentionNorm,
        1e-12,
      );
      const inner = linear(x, ...block.up, "gelu");
      x = layerNorm(
        tf.add(x, drop(linear(inner, ...block.down), rate)),
        ...block.outputNorm,
        1e-12,
      );
    }
    return x;
  };
  return { variables, dense, norm, words, encoder };
}

function start(sizes: Sizes): Running {
  const { hidden, vocabulary, tokens, batch } = sizes;
  const { variables, dense, norm, words, encoder } = build(sizes);
  const pooler = dense(hidden, hidden), isNext = dense(2, hidden);
  const transform = dense(hidden, hidden), transformNorm = norm();
  const wordBias = tf.variable(tf.zeros([vocabulary]));
  variables.push(wordBias);
  const masked = Math.round(tokens * batch * MASKED_SHARE);
  const integers = (count: number, below: number, seed: number) =>
    tf.cast(tf.floor(tf.randomUniform([count], 0, below, "float32", seed)), "int32") as tf.Tensor1D;
  const places = integers(masked, tokens * batch, 6), truth = integers(masked, vocabulary, 7);
  const next = integers(batch, 2, 8), first = tf.range(0, batch * tokens, tokens, "int32");
  const moments = variables.map((v) => [0, 1].map(() => tf.variable(tf.zerosLike(v))));
  let step = 0;
  return {
    async step() {
      const loss = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const x = tf.reshape(encoder(0.1), [batch * tokens, hidden]);
          const pooled = tf.tanh(linear(tf.gather(x, first), ...pooler));
          const sentence = crossEntropy(linear(pooled, ...isNext) as tf.Tensor2D, next);
          const hiddenMasked = layerNorm(
            linear(tf.gather(x, places), ...transform, "gelu"),
            ...transformNorm,
            1e-12,
          );
          const logits = linear(
            hiddenMasked,
            words,
            wordBias as unknown as tf.Tensor1D,
          ) as tf.Tensor2D;
          return tf.add(tf.mean(crossEntropy(logits, truth)), tf.mean(sentence)) as tf.Scalar;
        });
        step++;
        variables.forEach((v, i) => {
          const [m, s] = moments[i];
          adamStep(v, grads[v.name], m, s, { learningRate: 1e-4, step, weightDecay: 0.01 });
        });
        return value;
      });
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
  };
}

function startInference(sizes: Sizes): Running {
  const { encoder } = build(sizes);
  return {
    async step() {
      const y = tf.tidy(() => encoder(0));
      await y.data();
      y.dispose();
    },
  };
}
