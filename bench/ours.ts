/**
 * This project doing the work named on the command line, in a process of its own: one line with a number on stdin = that
 * many steps, one line of JSON on stdout = the milliseconds of each and the peak memory in MiB. The first line tells the
 * backend and how long `useBackend` took.
 *
 * @module
 */

import process from "node:process";
import { useBackend } from "../lib/backend/mod.ts";
import { startWork } from "./works/mod.ts";

const [name, clock] = Deno.args;
const start = performance.now();
const backend = await useBackend();
const startup = performance.now() - start;
console.log(JSON.stringify({ ...backend, startup }));

const running = name ? await startWork(name) : undefined;
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    const milliseconds: number[] = [];
    for (let i = 0; i < Number(line); i++) {
      const start = now();
      await running!.step();
      milliseconds.push(now() - start);
    }
    console.log(JSON.stringify({ milliseconds, peak: peakMemory() }));
  }
}
Deno.exit(0);

/** Milliseconds, of the clock or of the processor. */
function now(): number {
  if (clock !== "processor") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The process's largest resident memory so far, MiB; where the system does not tell, what it is now. */
function peakMemory(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(status.match(/VmHWM:\s*(\d+) kB/)![1]) / 1024;
  } catch {
    return Deno.memoryUsage().rss / 2 ** 20;
  }
}
