import type { tf } from "../../lib/backend/mod.ts";
import { linear } from "../../lib/nn/mod.ts";
import { agrees } from "./torch_ops.ts";

Deno.test("a linear layer and its gradients agree with PyTorch", () =>
  agrees(
    "linear",
    (x, w, b) => linear(x, w as tf.Tensor2D, b as tf.Tensor1D),
    ["x", "w", "b"],
  ));
