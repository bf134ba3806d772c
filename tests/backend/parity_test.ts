import { assert } from "@std/assert";
import { type BackendOptions, tf, useBackend } from "../../lib/backend/mod.ts";
import { runCases, worst } from "./parity.ts";
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
  for (const { name } of cases) {
    const [ours, theirs] = [got.get(name)!, expected.get(name)!];
    if (theirs instanceof Error) throw theirs;
    const off = ours instanceof Error ? ours.message : worst(ours, theirs);
    if (!(typeof off === "number" && off < TOLERANCE)) wrong.push(`${name}: ${off}`);
  }
  await useBackend({ prefer: "cpu" });
  assert(wrong.length === 0, wrong.join("\n"));
}

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
