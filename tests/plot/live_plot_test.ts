import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { livePlot } from "../../lib/plot/mod.ts";
import { createClock, Recorder } from "./recorder.ts";

const PLOTLY = "application/vnd.plotly.v1+json";
type Trace = { name: string; x: number[]; y: number[]; yaxis?: string };
const tracesOf = (data: unknown) => (data as { [PLOTLY]: { data: Trace[] } })[PLOTLY].data;

async function train(steps: number, milliseconds: number, options = {}) {
  const clock = createClock();
  const output = new Recorder();
  const live = livePlot({ output, now: clock.now, ...options });
  for (let step = 1; step <= steps; step++) {
    clock.milliseconds += milliseconds;
    await live.add({ step, loss: 1 / step, learningRate: 0.1, gradientNorm: step, seconds: step });
  }
  return { live, output };
}

Deno.test("a live plot is sent at most every 250 ms, as a light picture", async () => {
  const { output } = await train(1000, 10);
  assertEquals(output.sent.length, 40); // ten seconds
  for (const { rendered } of output.sent) {
    assertEquals(Object.keys(rendered.data).sort(), ["text/html", "text/plain"]);
  }
  assertEquals(new Set(output.sent.map(({ display }) => display)).size, 1);
});

Deno.test("the finished curve is one output with all points and a static picture", async () => {
  const { live, output } = await train(1000, 10);
  await live.done();
  await live.done();
  const saved = output.saved();
  assertEquals(saved.length, 1);
  assertEquals(Object.keys(saved[0].data).sort(), [PLOTLY, "image/svg+xml", "text/plain"]);
  const [raw, smooth] = tracesOf(saved[0].data);
  assertEquals(raw.x, Array.from({ length: 1000 }, (_, k) => k + 1));
  assertEquals(raw.y[499], 0.002);
  assertEquals(smooth.y.length, 1000);
  const svg = saved[0].data["image/svg+xml"] as string;
  const lines = [...svg.matchAll(/class="js-line"[^>]*? d="([^"]*)"/g)].map(([, d]) => d.length);
  assertEquals(lines.filter((length) => length > 100).length, 2, "both curves are in the picture");
});

Deno.test("messages stay small however long training lasts", async () => {
  const { output } = await train(20_000, 10);
  const size = JSON.stringify(output.sent.at(-1)!.rendered.data).length;
  assert(size < 30_000, `${size} characters`);
});

Deno.test("a picture on its way holds up neither the loop nor later pictures", async () => {
  const clock = createClock();
  let arrive = () => {};
  let sent = 0;
  const output = {
    live: true,
    send: () => (sent++, new Promise<void>((resolve) => arrive = resolve)),
  };
  const live = livePlot({ output, now: clock.now, every: 1 });
  const waits: Promise<void>[] = [];
  for (let step = 1; step <= 10; step++) {
    clock.milliseconds += 10;
    waits.push(live.add({ step, loss: 1 }));
  }
  assertEquals(sent, 1);
  arrive();
  await Promise.all(waits);
  clock.milliseconds += 10;
  const next = live.add({ step: 11, loss: 1 });
  assertEquals(sent, 2);
  arrive();
  await next;
  assertEquals(live.steps.length, 11);
});

Deno.test("the smoothed line starts at the first loss and survives a NaN", async () => {
  const live = livePlot({ output: new Recorder(), smoothing: 0.5 });
  for (const loss of [4, 2, NaN, 2]) await live.add({ step: live.steps.length + 1, loss });
  const smooth = live.figure().json.data[1] as unknown as Trace;
  // m1 = 4; m2 = (0.5·2 + 0.25·4) / 0.75; the NaN changes nothing; m3 = (0.5·2 + 0.25·2 + 0.125·4) / 0.875
  assertEquals(smooth.y, [4, 2.6667, 2.6667, 2.2857]);
});

Deno.test("held-out values get a panel of their own", async () => {
  const live = livePlot({ output: new Recorder(), panelLabel: "error" });
  await live.add({ step: 1, loss: 1 });
  assertEquals(live.figure().json.layout.yaxis2, undefined);
  await live.addValidation(1, { "pixel <b> error": 0.2, other: 0.4 });
  const { data, layout } = live.figure().json;
  const panel = (data as unknown as Trace[]).filter(({ yaxis }) => yaxis === "y2");
  assertEquals(panel.map(({ name, x, y }) => [name, x, y]), [
    ["pixel &lt;b&gt; error", [1], [0.2]],
    ["other", [1], [0.4]],
  ]);
  assert(layout.yaxis2);
});

Deno.test("the learning rate or the gradient's length can stand in the second panel", async () => {
  const { live } = await train(3, 10, { panel: "gradientNorm" });
  const line = (live.figure().json.data as unknown as Trace[]).at(-1)!;
  assertEquals([line.name, line.y], ["gradient norm", [1, 2, 3]]);
});

Deno.test("the state in words has step, loss, speed and time left", async () => {
  const { live } = await train(4, 10, { steps: 10, title: "U-Net" });
  assertStringIncludes(String(live), "U-Net: step 4 of 10, loss 1 → ");
  assertStringIncludes(String(live), "0:04 (1 steps/s), 0:06 left");
});

Deno.test("outside a notebook only the end is printed", async () => {
  const output = new Recorder(false);
  const live = livePlot({ output });
  for (let step = 1; step <= 5; step++) await live.add({ step, loss: 1 });
  assertEquals(output.sent.length, 0);
  await live.done();
  assertEquals(output.sent.length, 1);
});

Deno.test("using finishes the curve also after an error", async () => {
  const output = new Recorder();
  try {
    await using live = livePlot({ output });
    await live.add({ step: 1, loss: 1 });
    throw new Error("out of memory");
  } catch {
    // expected
  }
  assert("image/svg+xml" in output.saved()[0].data);
});

Deno.test("smoothing outside [0, 1) is refused", () => {
  assertThrows(() => livePlot({ smoothing: 1 }), RangeError, "smoothing 1");
});
