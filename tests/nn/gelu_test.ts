import { assertAlmostEquals } from "@std/assert";
import { tf } from "../../lib/backend/mod.ts";
import { gelu, geluTanh } from "../../lib/nn/mod.ts";
import { agrees } from "./torch_ops.ts";

Deno.test("exact GELU and its gradient agree with PyTorch", () => agrees("gelu", gelu, ["x"]));

Deno.test("GELU by tanh and its gradient agree with PyTorch", () =>
  agrees("gelu_tanh", geluTanh, ["x"]));

Deno.test("the two GELUs differ by at most 4.73e-4, and have their known values at 1", async () => {
  const x = tf.linspace(-6, 6, 12001);
  const apart = (await tf.max(tf.abs(tf.sub(gelu(x), geluTanh(x)))).data())[0];
  assertAlmostEquals(apart, 4.73e-4, 2e-6);
  assertAlmostEquals((await gelu(tf.scalar(1)).data())[0], 0.841345, 1e-6);
  assertAlmostEquals((await geluTanh(tf.scalar(1)).data())[0], 0.841192, 1e-6);
});
