import { assertEquals } from "@std/assert";
import type { tf } from "../../lib/backend/mod.ts";
import { attentionSoftmax } from "../../lib/nn/mod.ts";
import { agrees, tensor } from "./torch_ops.ts";

Deno.test("attention's softmax and its gradient agree with PyTorch, masked places getting exactly 0", async () => {
  const softmax = (x: tf.Tensor) => attentionSoftmax(x as tf.Tensor4D, 0.5, tensor("softmax.mask"));
  await agrees("softmax", softmax, ["x"]);
  const weights = await softmax(tensor("softmax.x")).data();
  for (let row = 0; row < 6; row++) assertEquals(weights[4 * row + 3], 0);
});
