/**
 * `deno run tools/start.ts TASK ...`: starts a task with the permissions that `permissions.ts` gives it. This file
 * may start programs, and starts one: Deno.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "./command.ts";
import { permissionFlags, TASKS } from "./permissions.ts";

const [task, ...words] = Deno.args;
if (!Object.hasOwn(TASKS, task ?? "")) {
  console.error(`error: ${task ?? "no task"} is none of ${Object.keys(TASKS).join(", ")}`);
  Deno.exit(1);
}
const flags = await permissionFlags(task, words, await packageFolder());
const child = new Deno.Command(Deno.execPath(), {
  args: ["run", ...flags, join(root, TASKS[task].program), ...words],
}).spawn();
// The task decides what a signal means; Ctrl-C in a terminal reaches it by itself, too.
const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
for (const signal of signals) {
  Deno.addSignalListener(signal, () => {
    try {
      child.kill(signal);
    } catch { /* it has ended */ }
  });
}
const { code } = await child.status;
Deno.exit(code);

/** Where Deno keeps npm packages: files of theirs are read while a task runs. */
async function packageFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    cwd: root,
  })
    .output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}
