import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { progress } from "../../lib/plot/mod.ts";
import { createClock, Recorder } from "./recorder.ts";

Deno.test("the time left is the time so far times what is left over what is done", async () => {
  const clock = createClock();
  const bar = progress(100, "Tiles", { output: new Recorder(), now: clock.now });
  assert(Number.isNaN(bar.left));
  clock.milliseconds = 30_000;
  await bar.update(25);
  assertEquals([bar.elapsed, bar.left], [30, 90]);
  assertEquals(String(bar), "Tiles: 25 of 100 (25 %), 0:30 so far, 1:30 left");
});

Deno.test("a bar is one output, updated at most every 200 ms, saved in its last state", async () => {
  const clock = createClock();
  const output = new Recorder();
  const bar = progress(1000, "Slices <x>", { output, now: clock.now });
  for (let k = 0; k < 1000; k++) {
    clock.milliseconds += 1;
    await bar.add();
  }
  await bar.finish("done");
  await bar.finish("twice");
  assertEquals(output.sent.length, 6); // at 1, 201, 401, 601, 801 ms and the end
  assertEquals(output.sent.map(({ update }) => update), [false, true, true, true, true, true]);
  const [saved, ...others] = output.saved();
  assertEquals(others, []);
  assertEquals(saved.data["text/plain"], "Slices <x>: 1000 of 1000 (100 %), took 0:01, done");
  assertStringIncludes(saved.data["text/html"] as string, `value="1.0000"`);
  assertStringIncludes(saved.data["text/html"] as string, "Slices &lt;x&gt;");
});

Deno.test("in a terminal the bar stays on its line", async () => {
  const clock = createClock();
  let written = "";
  const terminal = { write: (text: string) => void (written += text), columns: 60 };
  const output = new Recorder(false);
  const bar = progress(2, "Epochs", { output, terminal, now: clock.now, every: 0 });
  await bar.add();
  await bar.add();
  await bar.finish();
  assertEquals(output.sent, []);
  const lines = written.split("\r").slice(1);
  assertEquals(lines.length, 3);
  for (const line of lines) assertEquals([...line.replace("\n", "")].length <= 60, true);
  assertStringIncludes(lines[0], "██████████░░░░░░░░░░ Epochs: 1 of 2 (50 %)");
  assert(written.endsWith("\n"));
});

Deno.test("where output goes to a file only the end is printed", async () => {
  const output = new Recorder(false);
  const bar = progress(0, "Nothing", { output, terminal: undefined, now: () => 0 });
  await bar.finish();
  if (!Deno.stderr.isTerminal()) assertEquals(output.sent.length, 1);
  assertStringIncludes(String(bar), "0 of 0 (100 %)");
});

Deno.test("a total that is no count is refused", () => {
  assertThrows(() => progress(NaN, "x"), RangeError, "total of NaN");
});
