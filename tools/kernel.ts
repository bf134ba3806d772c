/**
 * The notebook's kernel, supervised. Jupyter starts this program as the kernel; it starts the real one,
 * `deno jupyter`, in a process group of its own and stands between the two:
 *
 * - Stop (SIGINT) would kill the Deno kernel, or hang it while a cell awaits. It reaches only this process,
 *   which touches the file named in the kernel's `NOTEBOOK_INTERRUPT_FILE`: loops look at it
 *   (`lib/io/interrupt.ts`) and end by themselves, with every variable intact.
 * - A cell that never looks (an endless synchronous loop) is ended by a second press two seconds later or
 *   more: the kernel is killed, and Jupyter starts a new one and says so. A press while nothing runs does
 *   nothing.
 * - However this process ends, the kernel ends, and with it what its cells started. SIGTERM and SIGHUP are
 *   handled here; SIGKILL cannot be, so a shell waits at a pipe that breaks when this process is gone.
 *   And if Jupyter itself is killed, this process notices that it has another parent.
 *
 * Usage: `deno run -A tools/kernel.ts CONNECTION_FILE`
 *
 * @module
 */
import { watchStatus } from "./kernel_status.ts";

const patienceMilliseconds = 2000;

const [connectionFile] = Deno.args;
if (connectionFile === undefined) {
  console.error("usage: deno run -A tools/kernel.ts CONNECTION_FILE (Jupyter fills it in)");
  Deno.exit(2);
}
const interruptFile = `${connectionFile}.interrupt`;
removeInterruptFile();

const kernel = new Deno.Command(Deno.execPath(), {
  args: ["jupyter", "--quiet", "--kernel", "--conn", connectionFile],
  env: { NOTEBOOK_INTERRUPT_FILE: interruptFile },
  detached: true, // a group of its own, named by its process id
  stdin: "null",
}).spawn();

// Reads until this process is gone, however it went, and then takes the kernel's group along.
const guard = new Deno.Command("sh", {
  args: ["-c", 'read -r _; kill -KILL "-$1"', "guard", String(kernel.pid)],
  detached: true,
  stdin: "piped",
  stdout: "null",
  stderr: "null",
}).spawn();

const status = watchStatus(connectionFile);
let pressed: { cell: string; at: number } | undefined;

Deno.addSignalListener("SIGINT", () => {
  Deno.writeTextFileSync(interruptFile, new Date().toISOString()); // a new time of modification
  const cell = status.runningCell();
  if (cell === undefined) return;
  if (pressed?.cell !== cell) {
    pressed = { cell, at: performance.now() };
    console.error("stop: asked the cell to end; if it does not, stop again to restart the kernel");
  } else if (performance.now() - pressed.at >= patienceMilliseconds) {
    console.error("stop: the cell did not end, so the kernel is restarted");
    killKernel();
  }
});
for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
  Deno.addSignalListener(signal, killKernel);
}
if (Deno.env.has("JPY_PARENT_PID")) {
  const parent = Deno.ppid;
  setInterval(() => Deno.ppid !== parent && killKernel(), 1000);
}

const { code } = await kernel.status;
killKernel(); // what its cells started and left running
guard.kill("SIGKILL");
removeInterruptFile();
Deno.exit(code);

function killKernel() {
  try {
    Deno.kill(-kernel.pid, "SIGKILL"); // the whole group
  } catch {
    // gone already
  }
}

function removeInterruptFile() {
  try {
    Deno.removeSync(interruptFile);
  } catch {
    // never pressed
  }
}
