import { assert, assertEquals, assertRejects } from "@std/assert";
import { type BackendName, tf, useBackend } from "../../lib/backend/mod.ts";
import { testOnWebgpu } from "../support/webgpu.ts";

const MOD = new URL("../../lib/backend/mod.ts", import.meta.url).href;

/** Runs a few lines in a fresh process. */
async function run(code: string, env: Record<string, string> = {}) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", `import { tf, useBackend } from ${JSON.stringify(MOD)};\n${code}`],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = new TextDecoder();
  return { success, out: text.decode(stdout).trim(), err: text.decode(stderr).trim() };
}

Deno.test("the first tensor of a process prints no notice about Node", async () => {
  const { out, err } = await run(
    "await useBackend(); console.log((await tf.ones([2]).data()).length);",
  );
  assertEquals([out, err], ["2", ""]);
});

Deno.test("a software adapter is never chosen by itself, and the reason is told", async () => {
  const { out } = await run("const c = await useBackend(); console.log(c.name, '|', c.reason);", {
    TF_BACKEND: "",
  });
  const [name, reason] = out.split(" | ");
  if (name === "webgpu") assert(reason.includes("hardware"), reason);
  else assert(name === "wasm" && reason.includes("WebGPU adapter"), out);
});

Deno.test("TF_BACKEND chooses the backend", async () => {
  const { out } = await run("const c = await useBackend(); console.log(c.name, '|', c.reason);", {
    TF_BACKEND: "cpu",
  });
  assertEquals(out, "cpu | TF_BACKEND asked for it");
});

Deno.test("an unknown backend is refused with the names there are", async () => {
  await assertRejects(
    () => useBackend({ prefer: "webgl" as BackendName }),
    Error,
    `prefer is "webgl"; the backends are "webgpu", "wasm" and "cpu".`,
  );
});

Deno.test("a BLAS that is none is refused with its path", async () => {
  await assertRejects(
    () => useBackend({ prefer: "wasm", blas: "/no/such/blas.so" }),
    Error,
    `"/no/such/blas.so" has no usable cblas_sgemm`,
  );
});

Deno.test("the process ends by itself while the threads of the wasm backend wait", async () => {
  const { success, out } = await run(
    "await useBackend({ prefer: 'wasm', threads: 3 }); console.log(tf.getBackend());",
  );
  assert(success);
  assertEquals(out, "wasm");
});

Deno.test("one thread and three give the same bits", async () => {
  const results: Float32Array[] = [];
  for (const threads of [1, 3]) {
    await useBackend({ prefer: "wasm", blas: false, threads });
    await new Promise((resolve) => setTimeout(resolve, 300)); // the threads come up
    const [y, ...gradients] = tf.tidy(() => {
      const x = tf.sin(tf.range(0, 2 * 40 * 40 * 8).reshape([2, 40, 40, 8])) as tf.Tensor4D;
      const f = tf.cos(tf.range(0, 9 * 8 * 24).reshape([3, 3, 8, 24])) as tf.Tensor4D;
      const net = (x: tf.Tensor, f: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, "valid")));
      return [net(x, f), ...tf.grads(net)([x, f])];
    });
    results.push(Float32Array.from([y, ...gradients].flatMap((t) => [...t.dataSync()])));
    tf.dispose([y, ...gradients]);
  }
  assertEquals(results[0], results[1]);
  await useBackend({ prefer: "cpu" });
});

testOnWebgpu(
  import.meta.url,
  "a software adapter serves when it is asked for by name",
  async () => {
    const choice = await useBackend({ prefer: "webgpu", allowSoftware: true });
    assertEquals([choice.name, tf.getBackend()], ["webgpu", "webgpu"]);
    assert(choice.adapter);
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    assertEquals([...await tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).data()], [3, 3, 3, 3]);
    await useBackend({ prefer: "cpu" });
  },
);
