import { assert } from "@std/assert";
import { testWith } from "./needs.ts";

const CHILD = "WEBGPU_TEST_CHILD";

/**
 * A test on WebGPU, in a process of its own.
 *
 * Deno 2.8.1 keeps the handles by which it reads a JavaScript array per operating-system thread, not per isolate; `deno test`
 * runs file after file in new isolates on a few threads, and the second one that hands WebGPU an array is told that it "can
 * not be converted to a sequence". A program or a notebook has one isolate and never meets this.
 *
 * @param file the test file's `import.meta.url`
 */
export function testOnWebgpu(file: string, name: string, fn: () => void | Promise<void>): void {
  if (Deno.env.get(CHILD) !== undefined) {
    if (Deno.env.get(CHILD) === name) Deno.test(name, fn);
    return;
  }
  testWith({ webgpu: true }, name, async () => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--filter", name, file],
      env: { [CHILD]: name, NO_COLOR: "1" },
    }).output();
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
    assert(success && text.includes("1 passed"), text);
  });
}
