import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JSDOM } from "jsdom";
import { attentionViewer, chips, html, matrixChart, steps } from "../../lib/plot/mod.ts";

const open = (source: unknown) =>
  // deno-lint-ignore no-explicit-any
  new (JSDOM as any)(String(source), { runScripts: "dangerously" }).window;

Deno.test("a matrix chart has one square a value, in the colours of its range, with its names", () => {
  const chart = matrixChart([{
    title: "a <b>",
    values: [0, 1, 0.5, 0.25],
    rows: ["x", "y"],
    columns: ["<u>", "v"],
  }]);
  const { document } = open(chart.toSvg());
  const squares = [...document.querySelectorAll("rect title")];
  assertEquals(squares.map((t) => t.textContent), [
    "x → <u>: 0",
    "x → v: 1",
    "y → <u>: 0.5",
    "y → v: 0.25",
  ]);
  const colors = squares.map((t) => t.parentElement.getAttribute("fill"));
  assertEquals([colors[0], colors[1]], ["#440154", "#fde725"]); // the ends of viridis
  const texts = [...document.querySelectorAll("text")].map((t) => t.textContent);
  assertEquals(texts, ["a <b>", "<u>", "v", "x", "y"]);
  assertMatch(chart.toString(), /y: largest at <u> \(0\.5\)/);
});

Deno.test("a matrix chart refuses values that do not fit its names", () => {
  assertThrows(
    () => matrixChart([{ values: [1, 2, 3], rows: ["x"], columns: ["u", "v"] }]),
    RangeError,
    "has 3 values",
  );
  assertThrows(() => matrixChart([]), RangeError, "no matrix");
});

Deno.test("chips escape their text and keep it for readers without HTML", () => {
  const markup = chips([{ text: "<script>", below: 7, group: 1 }, { text: "!" }], {
    label: "row",
    legend: ["one", "two"],
  });
  const { document } = open(markup.source);
  assertEquals(document.querySelectorAll("script").length, 0);
  assert(document.body.textContent.includes("<script>"));
  assertEquals(markup.plain, "row: <script> (7) !");
});

Deno.test("steps show one step, and their slider another", () => {
  const { data } = steps([
    html`
      one
    `,
    html`
      <b>two</b>
    `,
  ], { captions: ["first", "second <i>"] }).render();
  const { document, Event } = open(data["text/html"]);
  const shown = () =>
    [...document.querySelectorAll(".step")].filter((f) => !f.hidden).map((f) =>
      f.textContent.replace(/\s+/g, "")
    );
  assertEquals(shown(), ["onefirst"]);
  const slider = document.querySelector("input");
  slider.value = "1";
  slider.dispatchEvent(new Event("input"));
  assertEquals(shown(), ["twosecond<i>"]);
  assertThrows(() => steps([]), RangeError, "at least one");
});

Deno.test("the attention viewer draws the chosen head, and one word's lines when pointed at", () => {
  const heads = [1, 0, 0.5, 0.5, 0, 1, 1, 0]; // 2 heads, 2 words
  const viewer = attentionViewer(["she", "</script>"], [
    { values: heads, heads: 2 },
    { values: [0.3, 0.7, 0.01, 0.99], heads: 1 },
  ]);
  const { data } = viewer.render();
  const { document, Event } = open(`<body>${data["text/html"]}</body>`);
  const lines = () =>
    [...document.querySelectorAll(".lines line")].map((l) => Number(l.getAttribute("opacity")));
  assertEquals(lines(), [1, 0.5, 0.5]);
  const [head, layer] = ["head", "layer"].map((name) => document.querySelector("." + name));
  head.value = "1";
  head.dispatchEvent(new Event("change"));
  assertEquals(lines(), [1, 1]);
  layer.value = "1";
  layer.dispatchEvent(new Event("change"));
  assertEquals(head.options.length, 1);
  assertEquals(lines(), [0.3, 0.7, 0.99]); // below 0.02 nothing is drawn
  document.querySelector('.from[data-t="1"]').dispatchEvent(new Event("mouseenter"));
  assertEquals(lines(), [0.99]);
  assertEquals(document.querySelectorAll(".to")[1].textContent, "</script>");
  assertMatch(String(data["image/svg+xml"]), /^<svg/);
});

Deno.test("the attention viewer refuses numbers that do not fit", () => {
  assertThrows(
    () => attentionViewer(["a"], [{ values: [1, 2], heads: 1 }]),
    RangeError,
    "expected 1 heads x 1 x 1",
  );
  assertThrows(() => attentionViewer(["a"], []), RangeError, "at least one layer");
});
