import { assert, assertEquals } from "@std/assert";
import { testOnWebgpu } from "../support/webgpu.ts";
import { compareBackends, tf } from "../../lib/backend/mod.ts";

// In a process of its own: it asks for a WebGPU adapter.
testOnWebgpu(
  import.meta.url,
  "every backend does the same work side by side, and a software adapter is named, not run",
  async () => {
    const sums: number[] = [];
    const rows = await compareBackends({
      rounds: 1,
      work: () => {
        const a = tf.range(0, 64).reshape([8, 8]);
        return () => {
          const y = tf.sum(tf.matMul(a, a));
          if (tf.getBackend() !== "webgpu") sums.push(y.dataSync()[0]);
          return y;
        };
      },
    });
    assertEquals(rows.map(({ name }) => name), ["cpu", "wasm", "wasm", "webgpu"]);
    for (const { milliseconds, note, name } of rows) {
      assert(name === "webgpu" || milliseconds! > 0, note);
      assert(milliseconds !== undefined || note.includes("WebGPU"), note);
    }
    assert(sums.length >= 6 && sums.every((sum) => sum === sums[0]), `${sums}`);
  },
);
