import { tf } from "../../lib/backend/mod.ts";
import {
  BERT_PRESETS,
  type BertConfig,
  BertForPreTraining,
  BertModel,
  bertOptimizer,
} from "../../lib/bert/mod.ts";
import { sparseCrossEntropy } from "../../lib/nn/mod.ts";
import { createRandom, type Random } from "../../lib/random/mod.ts";
import { constant, train } from "../../lib/train/mod.ts";
import type { Running } from "./work.ts";

const MASKED_SHARE = 160 / 1024;

/** One pre-training step (masked words and next sentence) with BERT's Adam and dropout. */
export function bertStep(
  layers: number,
  hidden: number,
  heads: number,
  vocabulary: number,
  tokens: number,
  batch: number,
): Running {
  const config = sizes(layers, hidden, heads, vocabulary);
  const random = createRandom(1);
  const model = new BertForPreTraining(config, { random });
  const perSequence = Math.round(tokens * MASKED_SHARE);
  const input = {
    ...sequences(config, tokens, batch, random),
    maskedPositions: integers(batch * perSequence, tokens, random),
  };
  const words = integers(batch * perSequence, vocabulary, random);
  const next = integers(batch, 2, random);
  const run = train({
    model,
    batches: () => ({}),
    loss: (_, random) => {
      const { predictionLogits, nextSentenceLogits } = model.forward(input, {
        training: true,
        random,
      });
      return tf.add(
        sparseCrossEntropy(predictionLogits, words),
        sparseCrossEntropy(nextSentenceLogits, next),
      ) as tf.Scalar;
    },
    optimizer: bertOptimizer(),
    schedule: constant(1e-4),
    steps: 1_000_000,
  });
  return { step: () => run.next() };
}

/** One forward pass of the encoder. */
export function bertInference(
  layers: number,
  hidden: number,
  heads: number,
  vocabulary: number,
  tokens: number,
  batch: number,
): Running {
  const config = sizes(layers, hidden, heads, vocabulary);
  const random = createRandom(1);
  const model = new BertModel(config, { random, pooler: false });
  const input = sequences(config, tokens, batch, random);
  return {
    async step() {
      const { lastHiddenState } = model.forward(input);
      await lastHiddenState.data();
      lastHiddenState.dispose();
    },
  };
}

function sizes(layers: number, hidden: number, heads: number, vocabulary: number): BertConfig {
  return {
    ...BERT_PRESETS.mini,
    layers,
    hiddenSize: hidden,
    heads,
    intermediateSize: 4 * hidden,
    vocabSize: vocabulary,
  };
}

function sequences({ vocabSize }: BertConfig, tokens: number, batch: number, random: Random) {
  const n = batch * tokens;
  return {
    batch,
    length: tokens,
    inputIds: integers(n, vocabSize, random),
    tokenTypeIds: new Int32Array(n),
    attentionMask: new Int32Array(n).fill(1),
  };
}

function integers(length: number, below: number, random: Random): Int32Array {
  return Int32Array.from({ length }, () => random.int(below));
}
