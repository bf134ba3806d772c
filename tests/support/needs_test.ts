import { assert, assertEquals } from "@std/assert";

const NEEDS = new URL("./needs.ts", import.meta.url).href;

/** What a test file's process has mapped after it has asked for a WebGPU test. */
async function mappedDrivers(ask: string): Promise<string[] | undefined> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--ext=ts",
      `Deno.test = (() => {}) as unknown as typeof Deno.test;
       const { testWith } = await import(${JSON.stringify(NEEDS)});
       ${ask}
       const maps = Deno.readTextFileSync("/proc/self/maps");
       console.log(JSON.stringify([...new Set(maps.match(/lib(?:vulkan|EGL|GLX)[^\\s]*/g) ?? [])]));`,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const text = new TextDecoder().decode(stdout);
  return text === "" ? undefined : JSON.parse(text);
}

// Several isolates of one process that open a software Vulkan driver corrupt the process's heap.
Deno.test({
  name: "asking whether there is a WebGPU adapter loads no graphics driver into the tests' process",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assertEquals(await mappedDrivers('testWith({ webgpu: true }, "on WebGPU", () => {});'), []);
    // The same look at a process that does open a driver, where there is one, finds it.
    const opened = await mappedDrivers(
      "if (await navigator.gpu?.requestAdapter() == null) Deno.exit(0);",
    );
    assert(opened === undefined || opened.length > 0, "an open driver shows in the maps");
  },
});
