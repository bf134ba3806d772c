import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { setUp } from "../../tools/setup.ts";
import { onUnix, root } from "./run_tool.ts";

/** Plays a scenario of kernel_session.py and returns what it found. */
async function play(scenario: string): Promise<Record<string, unknown>> {
  const { python, env } = await setUp();
  const { stdout, stderr } = await new Deno.Command(python, {
    args: [join(root, "tests/tools/kernel_session.py"), scenario, join(root, "tests/notebooks")],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  try {
    return JSON.parse(decoder.decode(stdout));
  } catch {
    throw new Error(`${scenario} told nothing: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  }
}

Deno.test({
  ...onUnix(
    "stop ends a loop that looks, the next cell finds its variables, shutdown leaves nothing",
  ),
  async fn() {
    assertEquals(await play("stop_a_loop_that_looks"), {
      stopped: { status: "ok", printed: "stopped after a step: true\n" },
      next: { status: "ok", printed: "true 3\n" },
      processes: 3, // supervisor, kernel, guard
      left: 0,
    });
  },
});

for (const scenario of ["stop_tokenizing", "stop_downloading"]) {
  Deno.test({
    ...onUnix(`${scenario.replace("_", " ")}: the cell ends with an error, the kernel lives on`),
    async fn() {
      assertEquals(await play(scenario), {
        stopped: "error",
        next: { status: "ok", printed: "alive\n" },
      });
    },
  });
}

Deno.test({
  ...onUnix("a loop that never looks survives a double press and ends at a later second one"),
  async fn() {
    assertEquals(await play("stop_a_loop_that_never_looks"), {
      survives_double_press: true,
      dead: true,
      left: 0,
      next: { status: "ok", printed: "undefined\n" },
    });
  },
});

Deno.test({
  ...onUnix("stop pressed three times while nothing runs changes nothing"),
  async fn() {
    assertEquals(await play("stop_while_nothing_runs"), {
      next: { status: "ok", printed: "42\n" },
    });
  },
});

Deno.test({
  ...onUnix("a restart leaves nothing of the old kernel, not even what its cells started"),
  async fn() {
    assertEquals(await play("restart"), { left: 0, next: { status: "ok", printed: "again\n" } });
  },
});

for (const scenario of ["kill_supervisor", "terminate_supervisor", "kill_jupyter"]) {
  Deno.test({
    ...onUnix(`${scenario.replace("_", " ")}: the kernel and what its cells started end too`),
    async fn() {
      assertEquals(await play(scenario), { processes: 4, left: 0 });
    },
  });
}
