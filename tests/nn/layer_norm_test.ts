import type { tf } from "../../lib/backend/mod.ts";
import { layerNorm } from "../../lib/nn/mod.ts";
import { agrees } from "./torch_ops.ts";

Deno.test("layer normalisation and its gradients agree with PyTorch", () =>
  agrees(
    "layer_norm",
    (x, gamma, beta) => layerNorm(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-12),
    ["x", "gamma", "beta"],
  ));
