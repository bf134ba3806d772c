import { assert } from "@std/assert";
import { type BackendOptions, tf, useBackend } from "../../lib/backend/mod.ts";
import { alongDirection, goldenOutcome, runCase, runCases, worst } from "./parity.ts";
import { cases } from "./parity_cases.ts";
import { nativeBlas, testWithBlas } from "./support.ts";
import { testOnWebgpu } from "../support/webgpu.ts";

/** Relative to the largest magnitude of each result or gradient. */
const TOLERANCE = 1e-4;

let reference: ReturnType<typeof runCases> | undefined;

async function agrees(options: BackendOptions): Promise<void> {
  if (!reference) {
    await useBackend({ prefer: "cpu" });
    reference = runCases();
  }
  const expected = await reference;
  await useBackend(options);
  const got = await runCases();
  const wrong: string[] = [];
  for (const { name, golden } of cases) {
    const ours = got.get(name)!;
    const theirs = golden === undefined ? expected.get(name)! : goldenOutcome(golden);
    if (theirs instanceof Error) throw theirs;
    const off = ours instanceof Error ? ours.message : worst(ours, theirs);
    if (!(typeof off === "number" && off < TOLERANCE)) wrong.push(`${name}: ${off}`);
  }
  await useBackend({ prefer: "cpu" });
  assert(wrong.length === 0, wrong.join("\n"));
}

Deno.test("cpu computes PyTorch's cases and their gradients as PyTorch does", async () => {
  await useBackend({ prefer: "cpu" });
  const wrong: string[] = [];
  for (const [i, one] of cases.entries()) {
    if (one.golden === undefined) continue;
    const off = worst(await runCase(one, i), goldenOutcome(one.golden));
    if (!(off < TOLERANCE)) wrong.push(`${one.name}: ${off}`);
  }
  assert(wrong.length === 0, wrong.join("\n"));
});

Deno.test("every gradient agrees with numeric differentiation", async () => {
  await useBackend({ prefer: "wasm" });
  const wrong: string[] = [];
  for (const [i, one] of cases.entries()) {
    // Where several are the largest, or a number lies on a corner, there is no derivative.
    const smooth = one.inputs.every(({ fill }) => fill !== "few") &&
      !/ties|abs|imum/.test(one.name);
    if (one.gradient === false || !smooth) continue;
    const { numeric, gradient, scale } = await alongDirection(one, i, 3e-4);
    const off = Math.abs(numeric - gradient) / Math.max(scale, 0.1);
    if (!(off < 0.03)) wrong.push(`${one.name}: ${gradient}, numerically ${numeric}`);
  }
  await useBackend({ prefer: "cpu" });
  assert(wrong.length === 0, wrong.join("\n"));
});

Deno.test("wasm without OpenBLAS computes every case and its gradients as cpu does", () =>
  agrees({ prefer: "wasm", blas: false }));

Deno.test("wasm on one thread computes every case and its gradients as cpu does", () =>
  agrees({ prefer: "wasm", blas: false, threads: 1 }));

testWithBlas(
  "wasm with OpenBLAS computes every case and its gradients as cpu does",
  () => agrees({ prefer: "wasm", blas: nativeBlas! }),
);

testOnWebgpu(
  import.meta.url,
  "webgpu computes every case and its gradients as cpu does",
  async () => {
    await useBackend({ prefer: "webgpu", allowSoftware: true });
    tf.env().set("WEBGPU_CPU_FORWARD", false); // otherwise small cases would run on the cpu
    await agrees({ prefer: "webgpu", allowSoftware: true });
  },
);

testOnWebgpu(
  import.meta.url,
  "a filter gradient over 98,596 positions is complete on webgpu",
  async () => {
    const gradient = async (options: BackendOptions) => {
      await useBackend(options);
      const dfilter = tf.tidy(() => {
        const x = tf.ones([1, 316, 316, 1]) as tf.Tensor4D;
        const filter = tf.zeros([3, 3, 1, 2]) as tf.Tensor4D;
        return tf.grad((f) => tf.sum(tf.conv2d(x, f as tf.Tensor4D, 1, "valid")))(filter);
      });
      const values = await dfilter.data();
      dfilter.dispose();
      return values;
    };
    const values = await gradient({ prefer: "webgpu", allowSoftware: true });
    // Every tap sees every one of the 314 x 314 outputs once.
    assert(values.every((v) => v === 314 * 314), `${values}`);
  },
);
