import { assert, assertEquals } from "@std/assert";
import { JSDOM } from "jsdom";
import { logTicks, movingSvg, ticks } from "../../lib/plot/moving_chart.ts";

const line = { color: "#0072B2", width: 2, opacity: 1, markers: false };
const chart = (panel: { x: number[]; y: number[]; name?: string }, log = false) => ({
  title: "T",
  subtitle: "S",
  xLabel: "step",
  xRange: [0, 10] as const,
  height: 380,
  panels: [{
    label: "loss",
    log,
    fromZero: !log,
    share: 1,
    lines: [{ name: "a", ...line, ...panel }],
  }],
});

/** Corners of the drawn line. */
function points(svg: string): number[][] {
  const d = /class="line" d="([^"]*)"/.exec(svg)![1];
  return [...d.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

Deno.test("a moving chart is well-formed and places equal steps at equal distances", () => {
  const svg = movingSvg(chart({ x: [0, 5, 10], y: [2, 1, 0] }));
  new JSDOM(svg, { contentType: "image/svg+xml" });
  const [[x0, y0], [x1, y1], [x2, y2]] = points(svg);
  assertEquals([x0, x1, x2], [76, 384, 692]);
  assert(Math.abs((y1 - y0) - (y2 - y1)) <= 0.1 && y1 > y0);
});

Deno.test("on a logarithmic axis equal factors have equal distances, zero leaves a gap", () => {
  const drawn = points(movingSvg(chart({ x: [0, 1, 2, 3], y: [100, 10, 1, 0] }, true)));
  assertEquals(drawn.length, 3);
  const [a, b, c] = drawn.map(([, y]) => y);
  assert(Math.abs((b - a) - (c - b)) <= 0.2);
});

Deno.test("what is not finite interrupts the line", () => {
  const d = /class="line" d="([^"]*)"/.exec(movingSvg(chart({ x: [0, 1, 2], y: [1, NaN, 1] })))![1];
  assertEquals(d.match(/M/g)?.length, 2);
  assert(!d.includes("NaN"));
});

Deno.test("names are escaped", () => {
  const svg = movingSvg(chart({ x: [0], y: [1], name: "<script>" }));
  assert(svg.includes("&lt;script&gt;") && !svg.includes("<script"));
});

Deno.test("ticks are round numbers inside the range", () => {
  assertEquals(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assertEquals(ticks(0, 0.3, 6), [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]);
  assertEquals(ticks(-3, 7, 5), [-2, 0, 2, 4, 6]);
  assertEquals(logTicks(0.03, 1.1), [0.05, 0.1, 0.2, 0.5, 1]);
  assertEquals(logTicks(1e-5, 1), [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
});
