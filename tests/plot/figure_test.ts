import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { JSDOM } from "jsdom";
import {
  barChart,
  Figure,
  figure,
  heatmap,
  histogram,
  lineChart,
  scatter,
} from "../../lib/plot/mod.ts";
import { thin } from "../../lib/plot/line_chart.ts";

const PLOTLY = "application/vnd.plotly.v1+json";

/** The static picture as an XML document; parsing fails where the SVG is not well formed. */
async function svgOf(chart: Figure) {
  const { data } = await chart.render();
  assertEquals(Object.keys(data).sort(), [PLOTLY, "image/svg+xml", "text/plain"]);
  const text = data["image/svg+xml"] as string;
  const { window } = new JSDOM(text, { contentType: "image/svg+xml" });
  return { text, all: (selector: string) => [...window.document.querySelectorAll(selector)] };
}

Deno.test("a line chart's static picture has every line, title and axis", async () => {
  const { text, all } = await svgOf(lineChart([
    { name: "training", y: [3, 2, 1] },
    { name: "validation", y: [3, 2.5, 2], band: { low: [2, 2, 1], high: [4, 3, 3] } },
  ], { title: "Loss", xLabel: "step", yLabel: "nats", annotations: [{ y: 2.2, text: "chance" }] }));
  const lines = all(".scatterlayer path.js-line").filter((path) =>
    path.getAttribute("stroke-width") === "2px"
  );
  assertEquals(lines.length, 2);
  assertEquals(all(".points path.point").length, 6);
  const words = all("text").map((node) => node.textContent);
  for (const word of ["Loss", "step", "nats", "chance", "training", "validation"]) {
    assert(words.includes(word), `"${word}" is not in the picture`);
  }
  assert(!text.includes("style="), "a site that drops styles would paint this black");
});

Deno.test("a falling line falls in the static picture", async () => {
  const { all } = await svgOf(lineChart([{ name: "a", y: [3, 2, 1], markers: false }]));
  const numbers = all("path.js-line")[0].getAttribute("d")!.match(/[\d.]+/g)!.map(Number);
  const heights = numbers.filter((_: number, k: number) => k % 2 === 1);
  assert(heights.at(-1)! > heights[0] + 100, `${heights} does not go down the page`);
});

Deno.test("the same figure gives the same static picture", async () => {
  const make = async () => (await svgOf(lineChart([{ name: "a", y: [1, 2] }]))).text;
  assertEquals(await make(), await make());
});

Deno.test("two figures on one page do not share clip paths", async () => {
  const identity = async (y: number[]) =>
    /id="(clip[^"]*)"/.exec((await svgOf(lineChart([{ name: "a", y }]))).text)![1];
  assert(await identity([1, 2]) !== await identity([2, 1]));
});

Deno.test("text from a data set never becomes markup in a chart", async () => {
  const evil = "<script>alert(1)</script><b>&";
  const { text, all } = await svgOf(
    lineChart([{ name: evil, y: [1, 2] }, { name: "b", y: [1, 1] }], {
      title: evil,
      annotations: [{ x: 1, y: 1, text: evil }],
    }),
  );
  assertEquals(all("script").length, 0);
  assert(!text.includes("<script"));
  assertEquals(all("text").filter((node) => node.textContent === evil).length, 3);
});

Deno.test("bars have the heights of their values", async () => {
  const { all } = await svgOf(barChart({ a: 1, b: 2, c: 4 }));
  const heights = all(".bars .point path").map((path) => {
    const ys = path.getAttribute("d")!.match(/[\d.]+/g)!.map(Number);
    return Math.abs(ys[1] - ys[2]); // M x y V y2 …
  });
  assertEquals(heights.map((h) => Math.round(10 * h / heights[0]) / 10), [1, 2, 4]);
});

Deno.test("thousands of points stay a small picture", async () => {
  const x = Array.from({ length: 3000 }, (_, k) => Math.sin(k));
  const { text, all } = await svgOf(scatter([{ name: "p", x, y: x.toReversed() }]));
  const dots = all("path.points")[0].getAttribute("d")!.match(/M/g)!.length;
  assertEquals(dots, 3000);
  assert(text.length < 80_000, `${text.length} characters`);
});

Deno.test("a histogram counts every value once, the upper end included", () => {
  const chart = histogram([0, 0.5, 1, 1, 2, NaN], { bins: 2, range: [0, 1] });
  assertEquals(chart.json.data[0].y, [1, 3]);
  assertStringIncludes(chart.summary, "2 outside");
});

Deno.test("a small heat map's static picture has a path of its own colour for every value", async () => {
  const { text, all } = await svgOf(heatmap([[0, 0.5], [1, 0.25]], { range: [0, 1] }));
  const channels = (hex: string) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const fills = all("g.cells path").map((path) => channels(path.getAttribute("fill")!));
  assertEquals(fills.length, 4);
  // matplotlib.colormaps["viridis"]([0, 0.25, 0.5, 1])
  for (const expected of ["#440154", "#3b528b", "#21918c", "#fde725"].map(channels)) {
    const near = fills.some((fill) => fill.every((v, c) => Math.abs(v - expected[c]) <= 3));
    assert(near, `no cell has the colour ${expected}`);
  }
  assert(!text.includes("<image"), "a site that drops embedded pictures would show nothing");
});

Deno.test("a large matrix goes into the notebook as a picture", async () => {
  const data = Float32Array.from({ length: 600 * 500 }, (_, k) => Math.sin(k * k));
  const { data: bundle } = await heatmap({ data, width: 600, height: 500 }).render();
  assertEquals(Object.keys(bundle).sort(), [PLOTLY, "image/png", "text/plain"]);
  const size = JSON.stringify(bundle).length;
  assert(size < 300_000, `noise of 600 × 500 takes ${size} characters`);
});

Deno.test("what is not finite becomes a gap, fractions keep five digits", () => {
  const { data } = figure([{ y: Float32Array.of(1 / 3, NaN, Infinity) }]).json;
  assertEquals(data[0].y, [0.33333, null, null]);
});

Deno.test("long lines are thinned, but no extreme is lost", () => {
  const y = Float64Array.from({ length: 50_000 }, (_, k) => Math.sin(k / 100));
  y[31_234] = 9;
  y[12_345] = -9;
  const kept = thin(y)!;
  assert(kept.length <= 3000);
  for (const k of [0, 12_345, 31_234, 49_999]) assert(kept.includes(k), `${k} was dropped`);
});

Deno.test("charts say what does not fit", () => {
  assertThrows(
    () => lineChart([{ name: "loss", x: [1], y: [1, 2] }]),
    RangeError,
    `series "loss" has 1 values in x but 2 in y`,
  );
  assertThrows(
    () => barChart({ categories: ["a"], series: [{ name: "s", values: [1, 2] }] }),
    RangeError,
    "2 values for 1 categories",
  );
  assertThrows(() => heatmap([[1, 2], [3]]), RangeError, "row 1 has 1 numbers, row 0 has 2");
});
